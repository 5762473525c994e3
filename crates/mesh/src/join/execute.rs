//! Executes the plan of a join: each step is reported, and only planned changes are written.

use super::{JoinReport, Plan};
use crate::{
    error::Error,
    facts::{Access, Fact, Unknown},
    gather::access::rights,
    membership::{
        Kubeconfig,
        apply::{apply, ensure_unchanged},
        progress::{OnEvent, Progress},
        remote_secret,
        state::{ACCESS_TIMEOUT, decoded},
        tokens::{ACCEPTANCE_TIMEOUT, ExpectedIdentity, await_acceptance, await_token},
    },
    step::{Action, Side, Step},
};
use cluster::{AsUser, Cluster, Identity as _};
use release::Outcome;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::Secret;

const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Executes a plan when both clusters are still as planned; steps that are done already are skipped.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, else the error of a step.
pub async fn join(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<JoinReport, Error> {
    let progress = Progress {
        steps: &plan.steps,
        stop,
        on_event,
    };
    let now = super::plan(primary, remote, &plan.spec).await?;
    ensure_unchanged(&plan.steps, &now.steps)?;
    let (primary, remote) = (primary.cluster(), remote.cluster());
    let mut checked = None;
    for (number, (step, now)) in plan.steps.iter().zip(&now.steps).enumerate() {
        progress.started(step)?;
        let cluster = match step.side {
            Side::Primary => primary,
            Side::Remote => remote,
        };
        let is_secret = step.side == Side::Primary && step.object == plan.secret;
        let is_done = now.action == Action::Unchanged && !(is_secret && plan.rewrites);
        let outcome = if is_secret {
            let (kubeconfig, access) = credential(remote, plan, &progress).await?;
            checked = Some((kubeconfig.clone(), access));
            if is_done {
                Outcome::Unchanged
            } else {
                write_secret(cluster, step, plan, &kubeconfig).await?
            }
        } else if is_done {
            Outcome::Unchanged
        } else {
            let version = now.resource_version.as_deref();
            apply(cluster, step, step.manifest.clone(), version).await?
        };
        progress.done(number, step, outcome);
    }
    let (kubeconfig, access) = match checked {
        Some(checked) => checked,
        None => credential(remote, plan, &progress).await?,
    };
    Ok(JoinReport {
        id: plan.spec.member.id.clone(),
        secret: plan.secret.clone(),
        token: plan.token.clone(),
        missing_rights: missing_rights(&kubeconfig, plan, &progress).await?,
        access,
    })
}

/// The kubeconfig to store, once the remote has accepted its token.
async fn credential(
    remote: &Cluster,
    plan: &Plan,
    progress: &Progress<'_>,
) -> Result<(Kubeconfig, Fact<Access>), Error> {
    let token = await_token(remote, &plan.token, progress).await?;
    let kubeconfig = plan.spec.kubeconfig(token);
    let namespace = &plan.spec.member.namespace;
    let expected = ExpectedIdentity {
        subject: format!("system:serviceaccount:{namespace}:{}", plan.account.name),
        cluster_uid: &plan.cluster_uid,
        token: &plan.token,
        policy: plan.spec.member.policy,
    };
    let access = await_acceptance(&kubeconfig, &expected, progress).await?;
    Ok((kubeconfig, access))
}

/// Writes the kubeconfig into the remote Secret.
async fn write_secret(
    primary: &Cluster,
    step: &Step,
    plan: &Plan,
    kubeconfig: &Kubeconfig,
) -> Result<Outcome, Error> {
    let id = plan.spec.member.id.as_str();
    let text = kubeconfig.text(id);
    let live = primary.get(&step.object).await;
    let live = live.map_err(Error::at(Side::Primary))?;
    let stored = live.as_ref().and_then(|live| decoded(live, id));
    let text = match stored {
        Some(stored) if plan.rewrites && stored == *text.reveal() => {
            Secret::new(format!("{}\n", text.reveal()))
        }
        _ => text,
    };
    remote_secret::write(primary, step, live.as_ref(), id, &text).await
}

/// The rights that the reader lacks; new rights may take a moment.
async fn missing_rights(
    kubeconfig: &Kubeconfig,
    plan: &Plan,
    progress: &Progress<'_>,
) -> Result<Fact<Vec<String>>, Error> {
    let started = Instant::now();
    let member = &plan.spec.member;
    let credentials = match kubeconfig.credentials(member.policy) {
        Ok(credentials) => credentials,
        Err(reason) => return Ok(Err(Unknown::because(reason))),
    };
    loop {
        let (missing, _) =
            rights(&credentials, member.policy, ACCESS_TIMEOUT, member.scope()).await;
        let settled = missing.as_ref().map_or(true, Vec::is_empty);
        if settled || started.elapsed() >= ACCEPTANCE_TIMEOUT {
            return Ok(missing);
        }
        progress.pause(POLL_INTERVAL).await?;
    }
}
