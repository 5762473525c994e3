//! The proof that istiod has registered the endpoints of a remote, as the last phase of a job. Start at [`prove`].

use super::{JobContext, MemberConnections, phases::pending};
use crate::Error;
use ::mesh::{
    MemberSpec,
    endpoint_sync::{ProofRequest, proof::ProofTiming, prove_member},
};
use cluster::ObjectRef;
use release::Event;
use wire::job::{PhaseName, PhaseView};

/// A remote whose endpoints are proven at the end of a job.
pub(crate) struct MemberProof {
    pub(crate) connections: MemberConnections,
    pub(crate) spec: MemberSpec,
    /// The Deployment of istiod.
    pub(crate) istiod: ObjectRef,
}

/// The phase of proofs; none without one.
pub(crate) fn phase(proofs: &[MemberProof]) -> Option<PhaseView> {
    let istiod = proofs.first()?.istiod.clone();
    Some(pending(PhaseName::Endpoints, vec![istiod]))
}

/// Proves the endpoints of each remote, one after the other; the phase ends with the last one.
///
/// # Errors
/// [`Error::Mesh`] when an istiod lacks endpoints after the timeout.
pub(crate) async fn prove(proofs: &[MemberProof], context: &JobContext<'_>) -> Result<(), Error> {
    for (number, proof) in proofs.iter().enumerate() {
        let is_last = number + 1 == proofs.len();
        let on_event = |event: Event| {
            let ends = matches!(&event, Event::ObjectDone { .. } | Event::Finished(_));
            if is_last || !ends {
                (context.on_event)(event);
            }
        };
        let request = ProofRequest {
            primary: &proof.connections.primary.user,
            remote: &proof.connections.remote.user,
            spec: &proof.spec,
            istiod: &proof.istiod,
            timing: ProofTiming::default(),
            now: context.clock,
        };
        prove_member(&request, &context.stop, &on_event).await?;
    }
    Ok(())
}
