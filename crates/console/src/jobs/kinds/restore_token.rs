//! Puts the token back that a primary had before its last rotation, and restarts istiod.

use super::rotate::{proven_phases, timing};
use crate::{
    Console, Error,
    jobs::{Job, JobContext, MemberConnections, MeshMember},
};
use ::mesh::rotate::restore;
use serde::{Deserialize, Serialize};
use wire::job::{JobKind, PhaseView};

/// The way back from a rotation.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RestoreToken(pub(crate) MeshMember);

impl Job for RestoreToken {
    const KIND: JobKind = JobKind::RestoreToken;
    type Plan = (Box<MemberConnections>, Box<restore::RestorePlan>);

    of_member!(phases);

    fn phases((_, plan): &Self::Plan) -> Vec<PhaseView> {
        proven_phases(&plan.steps, plan.istiod.as_ref())
    }

    fn audit_target(&self) -> String {
        let (remote, mesh) = (&self.0.member.remote, &self.0.mesh);
        format!("restore the previous token of {remote} in mesh {mesh}")
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.restoration(&connections).await?;
        Ok((connections, Box::new(plan)))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        let (timing, stop) = (timing(context), &context.stop);
        restore::restore(primary, remote, &plan, &timing, stop, context.on_event).await?;
        Ok(())
    }
}
