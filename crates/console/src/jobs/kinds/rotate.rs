//! Rotates the token by which a primary reads a remote cluster.

use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::rotate;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wire::job::JobKind;

/// How long the control plane may take to sync the remote cluster afterwards.
const SYNC_TIMEOUT: Duration = Duration::from_mins(1);

/// The rotation of a token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rotate(pub(crate) MeshMember);

impl Job for Rotate {
    const KIND: JobKind = JobKind::Rotate;
    type Plan = (Box<MemberConnections>, Box<rotate::Plan>);

    of_member!();

    fn audit_target(&self) -> String {
        format!("rotate the token of {} in mesh {}", self.0.member.remote, self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = Box::pin(console.rotation(&connections)).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (connections.primary.user.cluster(), connections.remote.user.cluster());
        rotate::rotate(primary, remote, &plan, SYNC_TIMEOUT, &context.stop, context.on_event).await?;
        Ok(())
    }
}
