//! Joins a remote cluster to its primary.

use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::join;
use serde::{Deserialize, Serialize};
use wire::job::JobKind;

/// The join of a remote cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Join(pub(crate) MeshMember);

impl Job for Join {
    const KIND: JobKind = JobKind::Join;
    type Plan = (Box<MemberConnections>, Box<join::Plan>);

    of_member!();

    fn audit_target(&self) -> String {
        let member = &self.0.member;
        format!("join {} to {}", member.remote, member.primary)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.join_plan(&self.0.mesh, &connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        join::join(primary, remote, &plan, &context.stop, context.on_event).await?;
        Ok(())
    }
}
