//! A new token for a remote that has joined, in place: a second token Secret, the same remote Secret
//! with it, verified, and only then the old token is deleted.
//!
//! A second remote Secret would be refused by the control plane, so there is one at all times, except on
//! the old line: it does not see a change, and the Secret is deleted and made again. Start at [`plan`].

use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    facts::{Access, Fact, IstioGeneration, read},
    join::{
        JoinSpec, Kubeconfig,
        execute::{Expected, apply, known, put, remove, token_of, unchanged},
        names::{PRIMARY, secret_ref},
        progress::Progress,
        state::{self, Entry, JoinQuery, JoinState, Token, access},
        steps,
    },
    step::{Action, Side, Step},
    verify::{self, SyncState},
};
use cluster::{AddressPolicy, Cluster, ObjectRef};
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

/// How long an API server may remember a token that is deleted.
const FORGOTTEN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// Which remote gets a new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The remote's name in the mesh.
    pub name: ClusterName,
    /// Which Istio.
    pub generation: IstioGeneration,
    /// The namespace of control plane and reader.
    pub namespace: String,
    /// The name under which the control plane knows its own cluster.
    pub primary_id: String,
    /// Which addresses the console may dial.
    pub policy: AddressPolicy,
    /// How long the control plane may take to follow the remote again.
    pub sync_timeout: Duration,
}

/// What a person should know of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The remote Secret is deleted and made again: until the control plane has read the remote anew, it
    /// knows no endpoint of it.
    Gap,
    /// The control plane takes the new kubeconfig while it keeps the old connection; versions from
    /// before 2026 stop first and start again.
    NoGapOnNewVersions,
    /// The remote refuses the stored token already: what is deleted is of no use any more.
    StoredIsRefused,
    /// The stored token is of no Secret in the remote: it cannot be deleted, and ends by itself.
    TokenWithoutSecret {
        /// When it ends, in seconds since 1970; none for ever.
        expires: Option<i64>,
    },
}

/// What would be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What was asked for.
    pub rotation: Rotation,
    /// The new token's Secret.
    pub token: ObjectRef,
    /// The remote Secret.
    pub secret: ObjectRef,
    /// The steps, in their order: new token, remote Secret, old token.
    pub steps: Vec<Step>,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// The kubeconfig that is stored.
    stored: Kubeconfig,
    /// The subject of the reader's tokens.
    subject: String,
    /// The remote's UID.
    uid: String,
}

/// What a rotation came to.
#[derive(Clone, Debug)]
pub struct RotateReport {
    /// The new token's Secret.
    pub token: ObjectRef,
    /// What the remote says to the stored kubeconfig.
    pub access: Fact<Access>,
    /// Whether the control plane follows the remote again, and what was seen; unknown where it does not
    /// answer.
    pub synced: Fact<()>,
    /// Whether the remote refuses the old token; none where there was none to delete.
    pub old_is_refused: Option<Fact<bool>>,
}

impl Rotation {
    fn looking<'a>(&'a self, primary: &'a Cluster, remote: &'a Cluster) -> JoinQuery<'a> {
        JoinQuery {
            primary,
            remote,
            namespace: &self.namespace,
            name: self.name.as_str(),
            server: "",
            generation: self.generation,
            policy: self.policy,
        }
    }
}

/// Looks at both clusters and decides what a rotation would do; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret is about the remote, else [`Error::Cluster`].
pub async fn plan(primary: &Cluster, remote: &Cluster, rotation: &Rotation) -> Result<Plan, Error> {
    let looking = rotation.looking(primary, remote);
    let found = Box::pin(state::look(&looking)).await?;
    let not_joined = || Error::NotJoined {
        name: rotation.name.to_string(),
    };
    let entry = found.entry.as_ref().ok_or_else(not_joined)?;
    let stored = entry.kubeconfig.clone().ok_or_else(not_joined)?;
    Ok(decide(rotation, &found, entry, stored))
}

/// As a join would want it, had it been asked for what is stored.
fn wanted(rotation: &Rotation, entry: &Entry, leads: &Kubeconfig) -> JoinSpec {
    let name = ClusterName::new(entry.key.clone());
    JoinSpec {
        name: name.unwrap_or_else(|_| rotation.name.clone()),
        generation: rotation.generation,
        server: leads.server.clone(),
        tls_server_name: leads.tls_server_name.clone(),
        ca_bundle: leads.ca_bundle.clone(),
        namespace: rotation.namespace.clone(),
        network: None,
        primary_network: None,
        primary_id: rotation.primary_id.clone(),
        policy: rotation.policy,
    }
}

fn decide(rotation: &Rotation, found: &JoinState, entry: &Entry, stored: Kubeconfig) -> Plan {
    let wanted = wanted(rotation, entry, &stored);
    let token = secret_ref(&found.names.namespace, &steps::next_token(found));
    let (secret, _) = steps::secret(&wanted, found, &token.name, false);
    let make = Step {
        side: Side::Remote,
        object: token.clone(),
        manifest: steps::token_manifest(&wanted, found, &token.name, None),
        action: Action::Create,
        seen: None,
    };
    // The stored token's, and what a rotation that was stopped left.
    let is_old = |one: &&Token| {
        Some(one.secret.name()) == entry.token_secret.as_deref()
            || one.secret.annotation(PRIMARY) == Some(rotation.primary_id.as_str())
    };
    let old = found.tokens.iter().filter(is_old).map(|old| Step {
        side: Side::Remote,
        object: old.secret.reference(),
        manifest: Value::Null,
        action: Action::Remove {
            owner: read::owner(&old.secret),
        },
        seen: Some(old.secret.text("/metadata/resourceVersion").to_owned()),
    });
    Plan {
        notes: notes(rotation, entry, &stored),
        rotation: Rotation {
            name: wanted.name.clone(),
            ..rotation.clone()
        },
        secret: secret.object.clone(),
        steps: [make, secret].into_iter().chain(old).collect(),
        subject: found.names.subject(),
        uid: found.uid.clone(),
        token,
        stored,
    }
}

fn notes(rotation: &Rotation, entry: &Entry, stored: &Kubeconfig) -> Vec<Note> {
    let mut notes = vec![match rotation.generation {
        IstioGeneration::Mixer => Note::Gap,
        IstioGeneration::Istiod => Note::NoGapOnNewVersions,
    }];
    if matches!(entry.access, Ok(Access::Rejected(_))) {
        notes.push(Note::StoredIsRefused);
    } else if entry.token_secret.is_none() {
        let expires = read::claims(stored.token.reveal()).1;
        notes.push(Note::TokenWithoutSecret { expires });
    }
    notes
}

/// Does what a plan says. The old token is deleted only after the remote knew the new one, and after the
/// control plane followed the remote again where it says so.
///
/// # Errors
/// [`Error::Changed`] when something is not as it was, [`Error::TokenRejected`],
/// [`Error::NotSynced`], else what a step met.
pub async fn rotate(
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<RotateReport, Error> {
    let progress = Progress { stop, on_event };
    let now = Box::pin(self::plan(primary, remote, &plan.rotation)).await?;
    unchanged(&plan.steps, &now.steps)?;
    let mut steps = plan.steps.iter().enumerate();
    if let Some((number, step)) = steps.next() {
        progress.begins(number, step)?;
        let outcome = apply(remote, step, step.manifest.clone(), None).await?;
        progress.done(number, step, outcome);
    }
    let fresh = Kubeconfig {
        token: token_of(remote, &plan.token, &progress).await?,
        ..plan.stored.clone()
    };
    let access = Box::pin(known(&fresh, &plan.expected(), &progress)).await?;
    if let Some((number, step)) = steps.next() {
        progress.begins(number, step)?;
        let live = primary.get(&step.object).await;
        let live = live.map_err(Error::at(Side::Primary))?;
        let name = plan.rotation.name.as_str();
        let outcome = Box::pin(put(primary, step, live.as_ref(), name, &fresh.text(name))).await?;
        progress.done(number, step, outcome);
    }
    let synced = Box::pin(synced(primary, remote, plan, &progress)).await?;
    let mut old_is_refused = None;
    for (number, step) in steps {
        progress.begins(number, step)?;
        remove(remote, step).await?;
        progress.done(number, step, Outcome::Removed);
        old_is_refused = Some(Ok(false));
    }
    if old_is_refused.is_some() {
        old_is_refused = Some(Box::pin(forgotten(plan, &progress)).await?);
    }
    Ok(RotateReport {
        token: plan.token.clone(),
        access,
        synced,
        old_is_refused,
    })
}

impl Plan {
    fn expected(&self) -> Expected<'_> {
        Expected {
            subject: self.subject.clone(),
            uid: &self.uid,
            token: &self.token,
            policy: self.rotation.policy,
        }
    }
}

/// Waits until the control plane follows the remote; where it does not answer, nothing is waited for.
async fn synced(
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
    progress: &Progress<'_>,
) -> Result<Fact<()>, Error> {
    let rotation = &plan.rotation;
    let remotes = [(rotation.name.as_str(), remote)];
    let question = verify::VerifyRequest {
        primary,
        remotes: &remotes,
        generation: rotation.generation,
        namespace: &rotation.namespace,
        sample: None,
        policy: rotation.policy,
        timeouts: verify::Timeouts::default(),
        now: Timestamp::now,
    };
    let begun = Instant::now();
    loop {
        let verdict = Box::pin(verify::look(&question)).await;
        let found = verdict.remotes.into_iter().next().map(|one| one.sync);
        let reason = match found {
            Some(Ok(SyncState::NotSynced(reason))) => reason,
            Some(Err(unknown)) => return Ok(Err(unknown)),
            Some(Ok(SyncState::Synced | SyncState::NothingToProve)) | None => return Ok(Ok(())),
        };
        if begun.elapsed() >= rotation.sync_timeout {
            return Err(Error::NotSynced {
                name: rotation.name.to_string(),
                waited: rotation.sync_timeout,
                reason,
            });
        }
        progress.waits(Side::Primary, &plan.secret, Awaited::Synced);
        progress.pause(PAUSE).await?;
    }
}

/// Waits until the remote refuses the old token, which it may remember for some seconds.
async fn forgotten(plan: &Plan, progress: &Progress<'_>) -> Result<Fact<bool>, Error> {
    let begun = Instant::now();
    loop {
        match access(&plan.stored, plan.rotation.policy).await {
            Ok(Access::Rejected(_)) => return Ok(Ok(true)),
            Err(unknown) => return Ok(Err(unknown)),
            Ok(_) if begun.elapsed() >= FORGOTTEN => return Ok(Ok(false)),
            Ok(_) => {}
        }
        progress.waits(Side::Remote, &plan.token, Awaited::TokenRevoked);
        progress.pause(PAUSE).await?;
    }
}
