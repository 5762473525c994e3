//! Executes the plan of a rotation, and waits for the control plane and the remote. Start at [`rotate`].

use super::{Plan, plan_resumed};
use crate::{
    error::Error,
    facts::{Access, Fact},
    membership::{
        Kubeconfig,
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
    /// Whether the remote rejects the old token; none when there was no token to delete.
    pub old_is_refused: Option<Fact<bool>>,
}

/// Executes a plan. The old token is deleted only after the remote accepted the new one and, where the
/// control plane reports it, the control plane synced the remote again. `clock` is the time of the caller.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, [`Error::TokenRejected`],
/// [`Error::NotSynced`], else the error of a step.
pub async fn rotate(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    sync_timeout: Duration,
    clock: fn() -> Timestamp,
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
    let timing = (sync_timeout, clock);
    let synced = await_sync(primary, remote, plan, timing, &progress).await?;
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

/// Waits until the control plane syncs the remote; returns at once when it does not respond.
async fn await_sync(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    (timeout, now): (Duration, fn() -> Timestamp),
    progress: &Progress<'_>,
) -> Result<Fact<()>, Error> {
    let spec = &plan.spec;
    let remotes: [(ClusterId, &dyn Identity); 1] = [(spec.id.clone(), remote)];
    let request = verify::VerifyRequest {
        primary,
        remotes: &remotes,
        generation: spec.generation,
        namespace: &spec.namespace,
        sample: None,
        policy: spec.policy,
        timeouts: verify::Timeouts::default(),
        now,
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
        if started.elapsed() >= timeout {
            return Err(Error::NotSynced {
                name: spec.id.to_string(),
                waited: timeout,
                reason,
            });
        }
        progress.waiting(&plan.secret, Awaited::Synced);
        progress.pause(POLL_INTERVAL).await?;
    }
}
