//! Rotates the token of a remote: a second token Secret, the same remote Secret with the new token, and the
//! deletion of the old token once the new one works.
//!
//! A control plane rejects a second remote Secret, so there is one at all times. Istio 1.0 does not notice
//! an update, so its remote Secret is deleted and created again. Start at [`plan`].

use crate::{
    error::Error,
    facts::{Access, Fact, IstioGeneration},
    gather::read,
    membership::{
        Kubeconfig, MemberSpec,
        apply::{apply, delete, ensure_unchanged},
        names::{PRIMARY_ANNOTATION, secret_ref},
        progress::{OnEvent, Progress},
        remote_secret::{self, Rewrite, remote_secret_step},
        state::{JoinQuery, JoinState, SecretEntry, TokenSecret, read_state},
        tokens::{
            ExpectedIdentity, await_acceptance, await_revocation, await_token, next_token_name,
            token_manifest,
        },
    },
    step::{Action, Side, Step},
    verify::{self, SyncState},
};
use cluster::{Cluster, ObjectRef};
use jiff::Timestamp;
use release::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::job::Awaited;
use wire::{ClusterId, Secret};

const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// A note for the operator about a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The remote Secret is deleted and created again: until the control plane has read the remote again,
    /// it knows no endpoint of it.
    Gap,
    /// The control plane reads the new kubeconfig while it keeps the old connection; versions from before
    /// 2026 close the old connection first.
    NoGapOnNewVersions,
    /// The remote rejects the stored token already.
    StoredIsRefused,
    /// The stored token belongs to no Secret of the remote: it cannot be deleted, and expires on its own.
    TokenWithoutSecret {
        /// When it expires, in seconds since 1970; none for never.
        expires: Option<i64>,
    },
}

/// The plan of a rotation.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The remote, under the ID that its remote Secret has.
    pub spec: MemberSpec,
    /// The Secret of the new token.
    pub token: ObjectRef,
    /// The remote Secret.
    pub secret: ObjectRef,
    /// The steps, in their order: new token, remote Secret, old token.
    pub steps: Vec<Step>,
    /// The notes for the operator.
    pub notes: Vec<Note>,
    /// The stored kubeconfig.
    stored: Kubeconfig,
    /// Whether the remote Secret is missing, because an interrupted rotation deleted it.
    is_missing: bool,
    /// The subject of the reader's tokens.
    subject: String,
    /// The UID of the remote.
    cluster_uid: String,
}

/// What a remote Secret says besides its token. A job keeps it, so that a rotation that was interrupted
/// between the deletion of the remote Secret and its creation can create it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteServer {
    /// The ID of the remote, which is the key of its kubeconfig.
    pub id: String,
    /// The address of the remote's API server, `https://host:port`.
    pub server: String,
    /// The name in its certificate, when it differs from the address.
    #[serde(default)]
    pub tls_server_name: Option<String>,
    /// Its CA, as PEM.
    pub ca_bundle: String,
}

impl From<&RemoteServer> for Kubeconfig {
    /// With an empty token.
    fn from(server: &RemoteServer) -> Self {
        Self {
            server: server.server.clone(),
            tls_server_name: server.tls_server_name.clone(),
            ca_bundle: server.ca_bundle.clone(),
            token: Secret::new(String::new()),
        }
    }
}

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

/// Reads both clusters and plans a rotation; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret joins the remote, else [`Error::Cluster`].
pub async fn plan(primary: &Cluster, remote: &Cluster, spec: &MemberSpec) -> Result<Plan, Error> {
    plan_resumed(primary, remote, spec, None).await
}

/// The same for a rotation that may have deleted the remote Secret, which `kept` describes.
///
/// # Errors
/// As [`plan`].
pub async fn plan_resumed(
    primary: &Cluster,
    remote: &Cluster,
    spec: &MemberSpec,
    kept: Option<&RemoteServer>,
) -> Result<Plan, Error> {
    let query = JoinQuery {
        primary,
        remote,
        spec,
        server: "",
    };
    let state = Box::pin(read_state(&query)).await?;
    let not_joined = || Error::NotJoined {
        name: spec.id.to_string(),
    };
    let entry = state.entry.as_ref();
    let (id, stored) = match (entry, kept) {
        (Some(entry), _) => {
            let stored = entry.kubeconfig.clone().ok_or_else(not_joined)?;
            (entry.key.clone(), stored)
        }
        (None, Some(kept)) => (kept.id.clone(), Kubeconfig::from(kept)),
        (None, None) => return Err(not_joined()),
    };
    Ok(decide(spec, &state, id, stored))
}

fn decide(spec: &MemberSpec, state: &JoinState, id: String, stored: Kubeconfig) -> Plan {
    let entry = state.entry.as_ref();
    let id = ClusterId::new(id);
    let spec = MemberSpec {
        id: id.unwrap_or_else(|_| spec.id.clone()),
        ..spec.clone()
    };
    let token = secret_ref(&state.reader.namespace, &next_token_name(state));
    let wanted = Kubeconfig {
        token: Secret::new(String::new()),
        ..stored.clone()
    };
    let (secret_step, _) =
        remote_secret_step(&spec, &wanted, state, &token.name, Rewrite::OnChange);
    let token_step = Step {
        side: Side::Remote,
        object: token.clone(),
        manifest: token_manifest(&spec, state, &token.name, None),
        action: Action::Create,
        resource_version: None,
    };
    // The Secret of the stored token, and those that an interrupted rotation left.
    let is_old = |token: &&TokenSecret| {
        let primary_id = token.secret.annotation(PRIMARY_ANNOTATION);
        let stored = entry.and_then(|entry| entry.token_secret.as_deref());
        Some(token.secret.name()) == stored || primary_id == Some(spec.primary_id.as_str())
    };
    let old_tokens = state.tokens.iter().filter(is_old).map(|token| Step {
        side: Side::Remote,
        object: token.secret.reference(),
        manifest: Value::Null,
        action: Action::Remove {
            owner: read::owner(&token.secret),
        },
        resource_version: Some(token.secret.resource_version().to_owned()),
    });
    Plan {
        notes: notes(spec.generation, entry, &stored),
        is_missing: entry.is_none(),
        secret: secret_step.object.clone(),
        steps: [token_step, secret_step]
            .into_iter()
            .chain(old_tokens)
            .collect(),
        subject: state.reader.subject(),
        cluster_uid: state.cluster_uid.clone(),
        spec,
        token,
        stored,
    }
}

fn notes(
    generation: IstioGeneration,
    entry: Option<&SecretEntry>,
    stored: &Kubeconfig,
) -> Vec<Note> {
    let mut notes = vec![match generation {
        IstioGeneration::Mixer => Note::Gap,
        IstioGeneration::Istiod => Note::NoGapOnNewVersions,
    }];
    let Some(entry) = entry else { return notes };
    if matches!(entry.access, Ok(Access::Rejected(_))) {
        notes.push(Note::StoredIsRefused);
    } else if entry.token_secret.is_none() {
        let expires = read::claims(stored.token.reveal()).1;
        notes.push(Note::TokenWithoutSecret { expires });
    }
    notes
}

/// Executes a plan. The old token is deleted only after the remote accepted the new one and, where the
/// control plane reports it, the control plane synced the remote again. `clock` is the time of the caller.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, [`Error::TokenRejected`],
/// [`Error::NotSynced`], else the error of a step.
pub async fn rotate(
    primary: &Cluster,
    remote: &Cluster,
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
    let now = Box::pin(plan_resumed(primary, remote, &plan.spec, kept)).await?;
    ensure_unchanged(&plan.steps, &now.steps)?;
    let mut steps = plan.steps.iter().enumerate();
    if let Some((number, step)) = steps.next() {
        progress.started(step)?;
        let outcome = apply(remote, step, step.manifest.clone(), None).await?;
        progress.done(number, step, outcome);
    }
    let kubeconfig = Kubeconfig {
        token: await_token(remote, &plan.token, &progress).await?,
        ..plan.stored.clone()
    };
    let expected = plan.expected_identity();
    let access = Box::pin(await_acceptance(&kubeconfig, &expected, &progress)).await?;
    if let Some((number, step)) = steps.next() {
        progress.started(step)?;
        let live = primary.get(&step.object).await;
        let live = live.map_err(Error::at(Side::Primary))?;
        let id = plan.spec.id.as_str();
        let text = kubeconfig.text(id);
        let written = remote_secret::write(primary, step, live.as_ref(), id, &text);
        let outcome = Box::pin(written).await?;
        progress.done(number, step, outcome);
    }
    let synced = await_sync(primary, remote, plan, (sync_timeout, clock), &progress);
    let synced = Box::pin(synced).await?;
    let mut is_deleted = false;
    for (number, step) in steps {
        progress.started(step)?;
        delete(remote, step).await?;
        progress.done(number, step, Outcome::Deleted);
        is_deleted = true;
    }
    let old_is_refused = if is_deleted {
        let revoked = await_revocation(&plan.stored, &plan.token, plan.spec.policy, &progress);
        Some(Box::pin(revoked).await?)
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
    /// What the remote Secret says besides its token.
    pub fn remote_server(&self) -> RemoteServer {
        RemoteServer {
            id: self.spec.id.to_string(),
            server: self.stored.server.clone(),
            tls_server_name: self.stored.tls_server_name.clone(),
            ca_bundle: self.stored.ca_bundle.clone(),
        }
    }

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
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
    (timeout, now): (Duration, fn() -> Timestamp),
    progress: &Progress<'_>,
) -> Result<Fact<()>, Error> {
    let spec = &plan.spec;
    let remotes = [(spec.id.clone(), remote)];
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
        let report = Box::pin(verify::inspect(&request)).await;
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
