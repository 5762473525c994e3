//! Removes the marks that an adoption added to the objects of a join.

use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::adopt;
use serde::{Deserialize, Serialize};
use wire::job::JobKind;

/// The undo of an adoption.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UndoAdoption(pub(crate) MeshMember);

impl Job for UndoAdoption {
    const KIND: JobKind = JobKind::UndoAdoption;
    type Plan = (Box<MemberConnections>, Box<adopt::Plan>);

    of_member!();

    fn audit_target(&self) -> String {
        let (remote, mesh) = (&self.0.member.remote, &self.0.mesh);
        format!("undo the adoption of {remote} in mesh {mesh}")
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.undone_adoption(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn resume(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.undone_adoption_again(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        adopt::adopt(primary, remote, &plan, &context.stop, context.on_event).await?;
        Ok(())
    }
}
