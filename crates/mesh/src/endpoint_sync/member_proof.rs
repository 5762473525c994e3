//! The proof after a join, a repoint or an upgrade: every istiod has registered the endpoints of a remote.
//!
//! Where no pod of the remote has a sidecar, no endpoint of the mesh can be missing, and the proof is skipped with
//! that reason. Start at [`prove_member`].

use super::{
    ObserveRequest,
    proof::{Change, InstanceEndpoints, ProofTiming, await_endpoints},
};
use crate::{
    error::Error,
    facts::{Fact, Unknown},
    gather::Timeouts,
    membership::{
        MemberSpec,
        lookup::joined_as,
        progress::{OnEvent, Progress},
    },
    restart::has_sidecar,
    step::Side,
};
use cluster::{AsUser, Cluster, Identity as _, Kind, ObjectRef, Readiness};
use jiff::Timestamp;
use release::{Event, Outcome};
use tokio_util::sync::CancellationToken;
use wire::job::PhaseName;

/// A remote whose endpoints are proven.
#[derive(Clone, Copy)]
pub struct ProofRequest<'a> {
    /// The cluster with the control plane.
    pub primary: &'a AsUser,
    /// The remote.
    pub remote: &'a AsUser,
    /// The remote in the mesh.
    pub spec: &'a MemberSpec,
    /// The Deployment of istiod, whose progress is that of the proof.
    pub istiod: &'a ObjectRef,
    /// The times.
    pub timing: ProofTiming,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The outcome of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The endpoints at each istiod, all registered.
    Complete(Vec<InstanceEndpoints>),
    /// No pod of the remote has a sidecar.
    NothingMeshed,
    /// No remote Secret joins the remote.
    NotJoined,
}

/// Waits until each istiod has registered all ready endpoints of a remote, in two readings; reports the phase
/// [`PhaseName::Endpoints`].
///
/// # Errors
/// [`Error::EndpointsMissing`] after the timeout, [`Error::Cluster`] when the pods of the remote or the remote
/// Secrets cannot be read, [`Error::Cancelled`].
pub async fn prove_member(
    request: &ProofRequest<'_>,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<Proof, Error> {
    let progress = Progress {
        steps: &[],
        stop,
        on_event,
    };
    on_event(Event::Started(PhaseName::Endpoints));
    let (primary, remote, spec) = (request.primary, request.remote, request.spec);
    let joined = joined_as(primary, remote, &spec.namespace, &spec.id).await;
    let id = joined.map_err(Error::at(Side::Primary))?;
    let name = remote.cluster().name();
    let Some(id) = &id else {
        let reason = format!("{name} has not joined");
        return Ok(skip(request, Proof::NotJoined, &reason, on_event));
    };
    if !has_meshed_pod(remote.cluster()).await? {
        let reason = format!("no pod of {name} has a sidecar");
        return Ok(skip(request, Proof::NothingMeshed, &reason, on_event));
    }
    let observed = ObserveRequest {
        primary,
        namespace: &spec.namespace,
        remote,
        id,
        timeouts: Timeouts::default(),
        now: request.now,
    };
    let before: Fact<Vec<InstanceEndpoints>> = Err(Unknown::because("nothing is compared before"));
    let change = Change {
        before: &before,
        istiod: request.istiod,
        restarts: false,
    };
    let proven = await_endpoints(&observed, request.timing, change, &progress).await?;
    Ok(Proof::Complete(proven))
}

/// Ends the phase of a proof that is skipped, with the reason.
fn skip(request: &ProofRequest<'_>, proof: Proof, reason: &str, on_event: OnEvent<'_>) -> Proof {
    let (phase, object) = (PhaseName::Endpoints, request.istiod.clone());
    let note = format!("skipped: {reason}");
    let ready = Readiness::Ready { note };
    on_event(Event::Status(vec![(object.clone(), ready)], Vec::new()));
    on_event(Event::ObjectDone {
        phase,
        object,
        outcome: Outcome::Unchanged,
    });
    on_event(Event::Finished(phase));
    proof
}

/// Whether a pod of the remote has a sidecar.
async fn has_meshed_pod(remote: &Cluster) -> Result<bool, Error> {
    let pods = remote.list_objects(Kind::POD, None, "").await;
    let pods = pods.map_err(Error::at(Side::Remote))?;
    Ok(pods.iter().any(has_sidecar))
}
