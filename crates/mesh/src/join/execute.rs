//! Carries out a plan of a join: each step told as it happens, nothing written that was not shown.

use super::{
    JoinReport, Plan,
    kubeconfig::Kubeconfig,
    progress::Progress,
    state::{access, decoded},
    steps,
};
use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    facts::{Access, Fact, Unknown},
    step::{Action, Side, Step},
    stored,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AddressPolicy, Apply, Cluster, MetadataPatch, Object, ObjectRef, Propagation};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::Secret;

/// How long the cluster may take to fill a token Secret.
const FILLED: Duration = Duration::from_secs(20);
/// How long it may take until a new token is known, and until rights that were given hold.
const KNOWN: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(200);
const CALL: Duration = Duration::from_secs(8);

/// Does what a plan says, when both clusters are still as the plan saw them; steps that are done
/// already are passed over.
///
/// # Errors
/// [`Error::Changed`] when something is not as it was, else what a step met.
pub async fn join(
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<JoinReport, Error> {
    let progress = Progress { stop, on_event };
    let now = Box::pin(super::plan(primary, remote, &plan.wanted)).await?;
    unchanged(&plan.steps, &now.steps)?;
    let mut checked = None;
    for (number, (step, now)) in plan.steps.iter().zip(&now.steps).enumerate() {
        progress.begins(number, step)?;
        let cluster = match step.side {
            Side::Primary => primary,
            Side::Remote => remote,
        };
        let is_secret = step.side == Side::Primary && step.object == plan.secret;
        let is_done = now.action == Action::Unchanged && !(is_secret && plan.again);
        let outcome = if is_secret {
            let (kubeconfig, access) = Box::pin(credential(remote, plan, &progress)).await?;
            checked = Some((kubeconfig.clone(), access));
            if is_done {
                Outcome::Unchanged
            } else {
                Box::pin(put_secret(cluster, step, plan, &kubeconfig)).await?
            }
        } else if is_done {
            Outcome::Unchanged
        } else {
            Box::pin(apply(
                cluster,
                step,
                step.manifest.clone(),
                now.seen.as_deref(),
            ))
            .await?
        };
        progress.done(number, step, outcome);
    }
    let (kubeconfig, access) = match checked {
        Some(checked) => checked,
        None => Box::pin(credential(remote, plan, &progress)).await?,
    };
    Ok(JoinReport {
        name: plan.wanted.name.to_string(),
        secret: plan.secret.clone(),
        token: plan.token.clone(),
        missing: Box::pin(missing(&kubeconfig, plan, &progress)).await?,
        access,
    })
}

/// Whether each step is still to be done as planned, or done.
pub(crate) fn unchanged(planned: &[Step], now: &[Step]) -> Result<(), Error> {
    let other = planned.iter().zip(now).find(|(planned, now)| {
        let same = planned.object == now.object
            && planned.side == now.side
            && planned.manifest == now.manifest
            && planned.action == now.action;
        let done = planned.object == now.object && now.action == Action::Unchanged;
        !same && !done
    });
    match other {
        None => Ok(()),
        Some((planned, _)) => Err(Error::Changed {
            side: planned.side,
            object: planned.object.clone(),
        }),
    }
}

/// Writes one object as its step says.
pub(crate) async fn apply(
    cluster: &Cluster,
    step: &Step,
    manifest: Value,
    seen: Option<&str>,
) -> Result<Outcome, Error> {
    let failed = Error::at(step.side);
    let is_namespace = step.object.kind == "Namespace";
    if is_namespace && step.action != Action::Create {
        let marks = marks_of(&manifest);
        let marked = cluster.patch_metadata(&step.object, &marks, seen).await;
        marked.map_err(failed)?;
        return Ok(Outcome::Updated);
    }
    let (how, outcome) = match &step.action {
        Action::Create => (Apply::Persist, Outcome::Created),
        Action::Adopt { .. } => (Apply::Force, Outcome::Adopted),
        Action::Replace { .. } => {
            remove(cluster, step).await?;
            (Apply::Persist, Outcome::Replaced)
        }
        Action::Update { .. } => (Apply::Force, Outcome::Updated),
        _ => return Ok(Outcome::Unchanged),
    };
    let object = Object::new(manifest).map_err(Error::Malformed)?;
    cluster.apply(&object, how).await.map_err(failed)?;
    Ok(outcome)
}

/// Deletes the object of a step, when it is there.
pub(crate) async fn remove(cluster: &Cluster, step: &Step) -> Result<(), Error> {
    let failed = Error::at(step.side);
    let live = cluster.get(&step.object).await.map_err(&failed)?;
    if let Some(live) = live {
        let gone = cluster.delete_by_uid(&live, Propagation::Background).await;
        gone.map_err(failed)?;
    }
    Ok(())
}

fn marks_of(manifest: &Value) -> MetadataPatch {
    let pairs = |pointer: &str| {
        let all = manifest.pointer(pointer).and_then(Value::as_object);
        let all = all.into_iter().flatten();
        all.map(|(key, value)| (key.clone(), value.as_str().map(str::to_owned)))
            .collect()
    };
    MetadataPatch {
        labels: pairs("/metadata/labels"),
        annotations: pairs("/metadata/annotations"),
    }
}

/// The token of a Secret, once the cluster has filled it.
pub(crate) async fn token_of(
    remote: &Cluster,
    secret: &ObjectRef,
    progress: &Progress<'_>,
) -> Result<Secret<String>, Error> {
    let begun = Instant::now();
    let mut waits = false;
    loop {
        let live = remote.get(secret).await.map_err(Error::at(Side::Remote))?;
        let filled = live
            .as_ref()
            .filter(|live| !live.text("/data/ca.crt").is_empty());
        let token = filled.and_then(|live| decoded(live, "token"));
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            return Ok(Secret::new(token));
        }
        if begun.elapsed() >= FILLED {
            return Err(Error::NoToken {
                object: secret.clone(),
                waited: FILLED,
            });
        }
        if !waits {
            progress.waits(Side::Remote, secret, Awaited::Token);
            waits = true;
        }
        progress.pause(PAUSE).await?;
    }
}

/// What a new token must be to the remote.
pub(crate) struct Expected<'a> {
    /// Whose it is.
    pub(crate) subject: String,
    /// The remote's UID.
    pub(crate) uid: &'a str,
    /// Its Secret.
    pub(crate) token: &'a ObjectRef,
    pub(crate) policy: AddressPolicy,
}

/// The kubeconfig that is to be stored, after the remote was asked who it is.
async fn credential(
    remote: &Cluster,
    plan: &Plan,
    progress: &Progress<'_>,
) -> Result<(Kubeconfig, Fact<Access>), Error> {
    let token = token_of(remote, &plan.token, progress).await?;
    let kubeconfig = steps::kubeconfig(&plan.wanted, token);
    let namespace = &plan.wanted.namespace;
    let expected = Expected {
        subject: format!("system:serviceaccount:{namespace}:{}", plan.account.name),
        uid: &plan.uid,
        token: &plan.token,
        policy: plan.wanted.policy,
    };
    let access = known(&kubeconfig, &expected, progress).await?;
    Ok((kubeconfig, access))
}

/// What the remote says to a new kubeconfig; what it must not be given is an error.
pub(crate) async fn known(
    kubeconfig: &Kubeconfig,
    expected: &Expected<'_>,
    progress: &Progress<'_>,
) -> Result<Fact<Access>, Error> {
    let begun = Instant::now();
    loop {
        let said = match access(kubeconfig, expected.policy).await {
            Ok(Access::Rejected(said)) => said,
            Ok(Access::UntrustedCertificate(said)) => {
                return Err(Error::UntrustedCertificate {
                    server: kubeconfig.server.clone(),
                    said,
                });
            }
            Ok(Access::Accepted { uid: Some(uid), .. }) if uid != expected.uid => {
                return Err(Error::OtherCluster {
                    server: kubeconfig.server.clone(),
                });
            }
            Ok(Access::Accepted { who, .. }) if who.user != expected.subject => {
                format!("it is {} there", who.user)
            }
            other => return Ok(other),
        };
        if begun.elapsed() >= KNOWN {
            return Err(Error::TokenRejected {
                object: expected.token.clone(),
                said,
            });
        }
        progress.waits(Side::Remote, expected.token, Awaited::TokenAccepted);
        progress.pause(PAUSE).await?;
    }
}

/// Puts the kubeconfig of a join into the remote Secret.
async fn put_secret(
    primary: &Cluster,
    step: &Step,
    plan: &Plan,
    kubeconfig: &Kubeconfig,
) -> Result<Outcome, Error> {
    let name = plan.wanted.name.as_str();
    let text = kubeconfig.text(name).into_inner();
    let live = primary.get(&step.object).await;
    let live = live.map_err(Error::at(Side::Primary))?;
    let stored = live.as_ref().and_then(|live| decoded(live, name));
    let text = match stored {
        Some(stored) if plan.again && stored == text => format!("{text}\n"),
        _ => text,
    };
    put(primary, step, live.as_ref(), name, &Secret::new(text)).await
}

/// Puts a kubeconfig under its key into a remote Secret; other keys of it stay, and what others wrote on
/// one that is made again.
pub(crate) async fn put(
    primary: &Cluster,
    step: &Step,
    live: Option<&Object>,
    key: &str,
    text: &Secret<String>,
) -> Result<Outcome, Error> {
    let mut manifest = step.manifest.clone();
    if let Some(manifest) = manifest.as_object_mut() {
        manifest.remove("stringData");
    }
    manifest["data"] = json!({ key: STANDARD.encode(text.reveal()) });
    if let (Action::Replace { .. }, Some(live)) = (&step.action, live) {
        for pointer in ["/data", "/metadata/labels", "/metadata/annotations"] {
            keep(&mut manifest, live, pointer);
        }
    }
    apply(primary, step, manifest, None).await
}

/// Adds what `live` has at a pointer and the manifest has not.
fn keep(manifest: &mut Value, live: &Object, pointer: &str) {
    let there = live.value().pointer(pointer).and_then(Value::as_object);
    let own = manifest.pointer_mut(pointer).and_then(Value::as_object_mut);
    let (Some(there), Some(own)) = (there, own) else {
        return;
    };
    for (key, value) in there {
        own.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// Rights that the reader lacks; those that were just given may take a moment to hold.
async fn missing(
    kubeconfig: &Kubeconfig,
    plan: &Plan,
    progress: &Progress<'_>,
) -> Result<Fact<Vec<String>>, Error> {
    let begun = Instant::now();
    let (policy, generation) = (plan.wanted.policy, plan.wanted.generation);
    let credentials = match kubeconfig.credentials(policy) {
        Ok(credentials) => credentials,
        Err(reason) => return Ok(Err(Unknown::because(reason))),
    };
    loop {
        let (missing, _) = stored::rights(&credentials, policy, CALL, generation).await;
        let settled = missing.as_ref().map_or(true, Vec::is_empty);
        if settled || begun.elapsed() >= KNOWN {
            return Ok(missing);
        }
        progress.pause(PAUSE).await?;
    }
}
