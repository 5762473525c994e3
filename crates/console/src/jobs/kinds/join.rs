//! Joins a remote cluster to its primary, and proves that istiod has registered its endpoints.

use crate::{
    Console, Error,
    jobs::{
        Job, JobContext, MemberConnections, MemberProof, MeshMember, phases::member_steps, proof,
    },
};
use ::mesh::join;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use wire::job::{JobKind, PhaseView};

/// The join of a remote cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Join(pub(crate) MeshMember);

/// The plan of a join, and of the proof that follows where istiod leads.
pub(crate) struct ProvenJoin {
    plan: join::Plan,
    proofs: Vec<MemberProof>,
}

impl ProvenJoin {
    /// A plan with the proof of its remote.
    pub(crate) fn new(plan: join::Plan, proof: Option<MemberProof>) -> Self {
        Self {
            plan,
            proofs: proof.into_iter().collect(),
        }
    }
}

impl Deref for ProvenJoin {
    type Target = join::Plan;

    fn deref(&self) -> &join::Plan {
        &self.plan
    }
}

impl Job for Join {
    const KIND: JobKind = JobKind::Join;
    type Plan = (Box<MemberConnections>, Box<ProvenJoin>);

    of_member!(phases);

    fn phases((_, plan): &Self::Plan) -> Vec<PhaseView> {
        let steps = member_steps(&plan.steps).into_iter();
        steps.chain(proof::phase(&plan.proofs)).collect()
    }

    fn audit_target(&self) -> String {
        let member = &self.0.member;
        format!("join {} to {}", member.remote, member.primary)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connections = console.member_connections(&self.0.member)?;
        let plan = console.join_plan(&self.0.mesh, &connections).await?;
        let proof = console.member_proof(&connections).await;
        Ok((connections, Box::new(ProvenJoin::new(plan, proof))))
    }

    async fn run((connections, plan): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        join::join(primary, remote, &plan.plan, &context.stop, context.on_event).await?;
        proof::prove(&plan.proofs, context).await
    }
}
