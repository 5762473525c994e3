//! Executes the plan of a rotation, and waits for the control plane and the remote. Start at [`rotate`].

use super::{Effect, Plan, plan_resumed};
use crate::{
    endpoint_sync::{
        ObserveRequest, observe,
        proof::{Change, InstanceEndpoints, ProofTiming, await_endpoints, count},
    },
    error::Error,
    facts::{Access, Fact, Unknown},
    gather::{ShardQuery, Timeouts},
    membership::{
        Kubeconfig, MemberSpec,
        apply::{apply, delete, ensure_unchanged},
        progress::{OnEvent, Progress},
        remote_secret,
        tokens::{ExpectedIdentity, await_acceptance, await_revocation, await_token},
    },
    step::Side,
    verify::{self, SyncState},
};
use cluster::{AsUser, Identity, ObjectRef};
use jiff::Timestamp;
use release::Outcome;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::{ClusterId, job::Awaited};

const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The outcome of a rotation.
#[derive(Clone, Debug)]
pub struct RotateReport {
    /// The Secret of the new token.
    pub token: ObjectRef,
    /// The answer of the remote to the stored kubeconfig.
    pub access: Fact<Access>,
    /// Whether the control plane syncs the remote again; unknown when it does not respond.
    pub synced: Fact<()>,
    /// The endpoints of the remote at each istiod before the new token was written.
    pub before: Fact<Vec<InstanceEndpoints>>,
    /// The same afterwards, all registered; none where no istiod is installed.
    pub after: Option<Vec<InstanceEndpoints>>,
    /// Whether the remote rejects the old token; none when there was no token to delete.
    pub old_is_refused: Option<Fact<bool>>,
}

/// The times of a rotation.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long the control plane may take to sync the remote.
    pub sync_timeout: Duration,
    /// The times of the proof that follows.
    pub proof: ProofTiming,
    /// The time of the caller.
    pub clock: fn() -> Timestamp,
}

/// Executes a plan. The old token is deleted only after the remote accepted the new one, the control plane
/// synced the remote again, and every istiod has registered all endpoints of the remote. An istiod that
/// loses endpoints ([`Effect::Lost`]) is restarted before that.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, [`Error::TokenRejected`],
/// [`Error::NotSynced`], [`Error::EndpointsMissing`], else the error of a step.
pub async fn rotate(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    timing: &Timing,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<RotateReport, Error> {
    let progress = Progress {
        steps: &plan.steps,
        stop,
        on_event,
    };
    let server = plan.remote_server();
    let kept = plan.is_missing.then_some(&server);
    let now = plan_resumed(primary, remote, &plan.spec, kept).await?;
    ensure_unchanged(&plan.steps, &now.steps)?;
    let mut steps = plan.steps.iter().enumerate();
    if let Some((number, step)) = steps.next() {
        progress.started(step)?;
        let outcome = apply(remote.cluster(), step, step.manifest.clone(), None).await?;
        progress.done(number, step, outcome);
    }
    let kubeconfig = Kubeconfig {
        token: await_token(remote.cluster(), &plan.token, &progress).await?,
        ..plan.stored.clone()
    };
    let expected = plan.expected_identity();
    let access = await_acceptance(&kubeconfig, &expected, &progress).await?;
    let observed = observed(primary, remote, &plan.spec, timing.clock);
    let before = endpoints_before(&observed, plan.istiod.as_ref()).await;
    if let Some((number, step)) = steps.next() {
        progress.started(step)?;
        let live = primary.cluster().get(&step.object).await;
        let live = live.map_err(Error::at(Side::Primary))?;
        let id = plan.spec.id.as_str();
        let text = kubeconfig.text(id);
        let written = remote_secret::write(primary.cluster(), step, live.as_ref(), id, &text);
        let outcome = written.await?;
        progress.done(number, step, outcome);
    }
    let synced = await_sync(primary, remote, &plan.spec, &plan.secret, timing, &progress).await?;
    let after = match &plan.istiod {
        Some(istiod) => {
            let restarts = plan.effect == Effect::Lost;
            let before = &before;
            let change = Change {
                before,
                istiod,
                restarts,
            };
            Some(prove(primary, &observed, change, timing, &progress).await?)
        }
        None => None,
    };
    let mut is_deleted = false;
    for (number, step) in steps {
        progress.started(step)?;
        delete(remote.cluster(), step).await?;
        progress.done(number, step, Outcome::Deleted);
        is_deleted = true;
    }
    let old_is_refused = if is_deleted {
        let revoked = await_revocation(&plan.stored, &plan.token, plan.spec.policy, &progress);
        Some(revoked.await?)
    } else {
        None
    };
    Ok(RotateReport {
        token: plan.token.clone(),
        access,
        synced,
        before,
        after,
        old_is_refused,
    })
}

impl Plan {
    fn expected_identity(&self) -> ExpectedIdentity<'_> {
        ExpectedIdentity {
            subject: self.subject.clone(),
            cluster_uid: &self.cluster_uid,
            token: &self.token,
            policy: self.spec.policy,
        }
    }
}

/// What the proof reads.
pub(super) fn observed<'a>(
    primary: &'a AsUser,
    remote: &'a AsUser,
    spec: &'a MemberSpec,
    now: fn() -> Timestamp,
) -> ObserveRequest<'a> {
    ObserveRequest {
        primary,
        namespace: &spec.namespace,
        remote,
        id: &spec.id,
        timeouts: Timeouts::default(),
        now,
    }
}

/// The endpoints at each istiod before a change.
pub(super) async fn endpoints_before(
    observed: &ObserveRequest<'_>,
    istiod: Option<&ObjectRef>,
) -> Fact<Vec<InstanceEndpoints>> {
    if istiod.is_none() {
        return Err(Unknown::because("no istiod is installed"));
    }
    count(&observe(observed).await?)
}

/// Restarts istiod, if the change does, and waits until it has registered all endpoints.
pub(super) async fn prove(
    primary: &AsUser,
    observed: &ObserveRequest<'_>,
    change: Change<'_>,
    timing: &Timing,
    progress: &Progress<'_>,
) -> Result<Vec<InstanceEndpoints>, Error> {
    if change.restarts {
        let now = (timing.clock)();
        let restarted = primary.cluster().restart(change.istiod, now).await;
        restarted.map_err(Error::at(Side::Primary))?;
    }
    await_endpoints(observed, timing.proof, change, progress).await
}

/// Waits until the control plane syncs the remote; returns at once when it does not respond.
pub(super) async fn await_sync(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    secret: &ObjectRef,
    timing: &Timing,
    progress: &Progress<'_>,
) -> Result<Fact<()>, Error> {
    let remotes: [(ClusterId, &dyn Identity); 1] = [(spec.id.clone(), remote)];
    let request = verify::VerifyRequest {
        primary,
        remotes: &remotes,
        generation: spec.generation,
        namespace: &spec.namespace,
        sample: None,
        policy: spec.policy,
        timeouts: verify::Timeouts::default(),
        shards: ShardQuery::Skip,
        now: timing.clock,
    };
    let started = Instant::now();
    loop {
        let report = verify::inspect(&request, &[]).await;
        let state = report.remotes.into_iter().next().map(|remote| remote.sync);
        let reason = match state {
            Some(Ok(SyncState::NotSynced(reason))) => reason,
            Some(Err(unknown)) => return Ok(Err(unknown)),
            Some(Ok(SyncState::Synced | SyncState::NothingToProve)) | None => return Ok(Ok(())),
        };
        if started.elapsed() >= timing.sync_timeout {
            return Err(Error::NotSynced {
                name: spec.id.to_string(),
                waited: timing.sync_timeout,
                reason,
            });
        }
        progress.waiting(secret, Awaited::Synced);
        progress.pause(POLL_INTERVAL).await?;
    }
}
