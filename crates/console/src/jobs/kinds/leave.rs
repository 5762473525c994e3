//! Removes a remote cluster from its mesh.

use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::leave;
use serde::{Deserialize, Serialize};
use wire::job::JobKind;

/// The removal of a remote cluster from its mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Leave(pub(crate) MeshMember);

impl Job for Leave {
    const KIND: JobKind = JobKind::Leave;
    type Plan = (Box<MemberConnections>, Box<leave::Plan>);

    of_member!();

    fn audit_target(&self) -> String {
        format!("remove {} from mesh {}", self.0.member.remote, self.0.mesh)
    }

    fn confirmation(&self) -> Option<&str> {
        Some(self.0.member.remote.as_str())
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.leaving(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn resume(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.leaving_again(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        leave::leave(primary, remote, &plan, &context.stop, context.on_event).await?;
        Ok(())
    }
}
