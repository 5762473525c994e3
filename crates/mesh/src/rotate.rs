//! Rotates the token of a remote: a second token Secret, the same remote Secret with the new token, and the
//! deletion of the old token once the new one works.
//!
//! A control plane rejects a second remote Secret, so there is one at all times. Istio 1.0 does not notice
//! an update, so its remote Secret is deleted and created again. The old token stays until every istiod has
//! registered all endpoints of the remote, and [`restore`] puts it back. Start at [`plan`], then [`rotate`].

mod effect;
mod execute;
pub mod restore;

pub use effect::{Effect, GAP_SECONDS};
pub use execute::{RotateReport, Timing, rotate};

use crate::{
    error::Error,
    facts::{Access, IstioGeneration},
    gather::read,
    membership::{
        Kubeconfig, MemberSpec,
        names::{PRIMARY_ANNOTATION, secret_ref},
        remote_secret::{Rewrite, remote_secret_step},
        state::{JoinQuery, JoinState, SecretEntry, TokenSecret, read_state},
        tokens::{next_token_name, token_manifest},
    },
    step::{Action, Side, Step},
};
use cluster::{AsUser, Identity as _, Kind, ObjectRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{ClusterId, Secret};

/// A note for the operator about a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The remote Secret is deleted and created again: until the control plane has read the remote again,
    /// it knows no endpoint of it.
    Gap,
    /// istiod of this version closes the old connection first: it has no endpoint of the remote for about
    /// [`GAP_SECONDS`].
    GapOfVersion(String),
    /// istiod of this version may lose the endpoints of the remote until it is restarted. The rotation restarts
    /// it, and until then proxies may have no endpoint of the remote.
    LosesEndpoints(String),
    /// istiod of this version keeps the old connection until the new one is synced.
    NoGap(String),
    /// The version of istiod is not known: releases before 1.30 close the old connection first.
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
    /// The Deployment of istiod; none for Istio 1.0, and where no control plane is installed.
    pub istiod: Option<ObjectRef>,
    /// What the new kubeconfig does to the endpoints of the remote.
    pub effect: Effect,
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

/// Reads both clusters and plans a rotation; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret joins the remote, else [`Error::Cluster`].
pub async fn plan(primary: &AsUser, remote: &AsUser, spec: &MemberSpec) -> Result<Plan, Error> {
    plan_resumed(primary, remote, spec, None).await
}

/// The same for a rotation that may have deleted the remote Secret, which `kept` describes.
///
/// # Errors
/// As [`plan`].
pub async fn plan_resumed(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    kept: Option<&RemoteServer>,
) -> Result<Plan, Error> {
    let query = JoinQuery {
        primary: primary.cluster(),
        remote: remote.cluster(),
        spec,
        server: "",
    };
    let state = read_state(&query).await?;
    let istiod = control_plane(primary, spec).await?;
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
    Ok(decide(spec, &state, id, stored, istiod))
}

/// The Deployment of istiod and its version; none for Istio 1.0, and where no control plane is installed.
async fn control_plane(
    primary: &AsUser,
    spec: &MemberSpec,
) -> Result<Option<(ObjectRef, String)>, Error> {
    let namespace = Some(spec.namespace.as_str());
    let deployments = primary
        .cluster()
        .list_objects(Kind::DEPLOYMENT, namespace, "");
    let deployments = deployments.await.map_err(Error::at(Side::Primary))?;
    let plane = read::control_plane(&deployments).map_err(Error::at(Side::Primary))?;
    let plane = plane.filter(|plane| plane.generation == IstioGeneration::Istiod);
    Ok(plane.and_then(|plane| {
        let deployment = &plane.deployments.first()?.name;
        Some((
            Kind::DEPLOYMENT.object(namespace, deployment),
            plane.version,
        ))
    }))
}

fn decide(
    spec: &MemberSpec,
    state: &JoinState,
    id: String,
    stored: Kubeconfig,
    istiod: Option<(ObjectRef, String)>,
) -> Plan {
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
    let version = istiod.as_ref().map(|(_, version)| version.as_str());
    let effect = version.map_or(Effect::Unknown, Effect::of);
    Plan {
        notes: notes(spec.generation, version, entry, &stored),
        effect,
        istiod: istiod.map(|(deployment, _)| deployment),
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
    version: Option<&str>,
    entry: Option<&SecretEntry>,
    stored: &Kubeconfig,
) -> Vec<Note> {
    let version = version.unwrap_or_default();
    let mut notes = vec![match (generation, Effect::of(version)) {
        (IstioGeneration::Mixer, _) => Note::Gap,
        (IstioGeneration::Istiod, Effect::Gap) => Note::GapOfVersion(version.to_owned()),
        (IstioGeneration::Istiod, Effect::Lost) => Note::LosesEndpoints(version.to_owned()),
        (IstioGeneration::Istiod, Effect::Kept) => Note::NoGap(version.to_owned()),
        (IstioGeneration::Istiod, Effect::Unknown) => Note::NoGapOnNewVersions,
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
}
