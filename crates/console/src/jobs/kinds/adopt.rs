//! Adopts the join of another tool.

use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::adopt;
use serde::{Deserialize, Serialize};
use wire::job::JobKind;

/// The adoption of a join.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Adopt(pub(crate) MeshMember);

impl Job for Adopt {
    const KIND: JobKind = JobKind::Adopt;
    type Plan = (Box<MemberConnections>, Box<adopt::Plan>);

    of_member!();

    fn audit_target(&self) -> String {
        format!("adopt the join of {} in mesh {}", self.0.member.remote, self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.adoption(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        adopt::adopt(primary, remote, &plan, &context.stop, context.on_event).await?;
        Ok(())
    }
}
