//! Rotates the token by which a primary reads a remote cluster.

use crate::{
    Console, Error,
    jobs::{
        Job, JobContext, MemberConnections, MeshMember,
        phases::{member_steps, pending},
    },
};
use ::mesh::{endpoint_sync::proof::ProofTiming, rotate, step::Step};
use cluster::ObjectRef;
use serde::{Deserialize, Serialize};
use std::{ops::Deref, time::Duration};
use wire::job::{JobKind, PhaseName, PhaseView};

/// How long the control plane may take to sync the remote cluster afterwards.
const SYNC_TIMEOUT: Duration = Duration::from_mins(1);

/// The times of a rotation, and of the way back.
pub(super) fn timing(context: &JobContext<'_>) -> rotate::Timing {
    rotate::Timing {
        sync_timeout: SYNC_TIMEOUT,
        proof: ProofTiming::default(),
        clock: context.clock,
    }
}

/// The phases of steps and of the proof that follows, which is that of the Deployment of istiod.
pub(super) fn proven_phases(steps: &[Step], istiod: Option<&ObjectRef>) -> Vec<PhaseView> {
    let mut phases = member_steps(steps);
    phases.extend(istiod.map(|istiod| pending(PhaseName::Endpoints, vec![istiod.clone()])));
    phases
}

/// The rotation of a token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rotate(Rotated);

/// A remote whose token is rotated.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rotated {
    #[serde(flatten)]
    remote: MeshMember,
    /// What its remote Secret says besides the token; none in a job of an older version.
    #[serde(default)]
    remote_secret: Option<rotate::RemoteServer>,
    /// Whether istiod may lose the endpoints of the remote: then the operator types its name.
    #[serde(default)]
    loses_endpoints: bool,
}

impl Deref for Rotated {
    type Target = MeshMember;

    fn deref(&self) -> &MeshMember {
        &self.remote
    }
}

impl Rotate {
    /// The rotation of a plan.
    pub(crate) fn planned(member: MeshMember, plan: &rotate::Plan) -> Self {
        Self(Rotated {
            remote: member,
            remote_secret: Some(plan.remote_server()),
            loses_endpoints: plan.effect == rotate::Effect::Lost,
        })
    }

    async fn plan_with(
        &self,
        console: &Console,
        kept: Option<&rotate::RemoteServer>,
    ) -> Result<(Box<MemberConnections>, Box<rotate::Plan>), Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.rotation(&connections, kept).await?;
        Ok((connections, Box::new(plan)))
    }
}

impl Job for Rotate {
    const KIND: JobKind = JobKind::Rotate;
    type Plan = (Box<MemberConnections>, Box<rotate::Plan>);

    of_member!(phases);

    fn phases((_, plan): &Self::Plan) -> Vec<PhaseView> {
        proven_phases(&plan.steps, plan.istiod.as_ref())
    }

    fn confirmation(&self) -> Option<&str> {
        let remote = self.0.member.remote.as_str();
        self.0.loses_endpoints.then_some(remote)
    }

    fn audit_target(&self) -> String {
        format!("rotate the token of {} in mesh {}", self.0.member.remote, self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        self.plan_with(console, None).await
    }

    async fn resume(&self, console: &Console) -> Result<Self::Plan, Error> {
        let kept = self.0.remote_secret.as_ref();
        self.plan_with(console, kept).await
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        let (timing, stop) = (timing(context), &context.stop);
        rotate::rotate(primary, remote, &plan, &timing, stop, context.on_event).await?;
        Ok(())
    }
}
