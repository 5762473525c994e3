//! Removes a remote cluster from its mesh.

use crate::{
    Action, Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember, phases},
};
use ::mesh::leave;
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseView, Subject},
};

/// The removal of a remote cluster from its mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Leave(pub(crate) MeshMember);

impl Job for Leave {
    const KIND: JobKind = JobKind::Leave;
    const ACTION: Action = Action::WriteMesh;
    type Plan = (Box<MemberConnections>, Box<leave::Plan>);

    fn subject(&self) -> Subject {
        Subject::Member(self.0.member.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        Some(&self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = Box::pin(console.leaving(&connections)).await?;
        Ok((connections, Box::new(plan)))
    }

    fn phases((_, plan): &Self::Plan) -> Vec<PhaseView> {
        phases::member_steps(&plan.steps)
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (connections.primary.user.cluster(), connections.remote.user.cluster());
        leave::leave(primary, remote, &plan, &context.stop, context.on_event).await?;
        Ok(())
    }
}
