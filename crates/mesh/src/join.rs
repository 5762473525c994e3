//! Joins a remote to a primary: the reader in the remote, the remote Secret in the primary.
//!
//! The order is Istio's: the remote's namespace with its annotation and label, the reader and its token,
//! and then the remote Secret, since a control plane reads the annotation once, when it starts to read the
//! remote. Objects that a chart or a script created are adopted: they are shown first, and only extended.
//! Start at [`plan`], which reads, and [`join`], which executes a plan.

pub mod addresses;
mod execute;
mod reveal;
mod steps;

pub use crate::membership::objects::{is_reader_object, is_reader_token, namespace_settings};
pub use crate::membership::{
    Kubeconfig,
    lookup::{ControlPlane, control_plane, injector, installed_generation, joined_as, network},
    names,
};
pub use addresses::{AddressCandidate, Source, addresses, ca_bundle};
pub use execute::join;
pub use reveal::stored;

use crate::{
    error::Error,
    facts::{Access, Fact},
    membership::{
        MemberSpec,
        state::{JoinQuery, JoinState, read_state},
    },
    step::Step,
};
use cluster::{AsUser, Identity as _, ObjectRef};
use wire::{ClusterId, Secret};

/// The wanted join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinSpec {
    /// The remote and its control plane.
    pub member: MemberSpec,
    /// The address of the remote's API server, as the control plane's pods dial it:
    /// `https://host:port`.
    pub server: String,
    /// The name in the server's certificate, when it differs from the address.
    pub tls_server_name: Option<String>,
    /// The CA of the server, as PEM.
    pub ca_bundle: String,
    /// The network of the remote; none leaves its label as it is. istiod only.
    pub network: Option<String>,
    /// The network of the primary; none leaves its label as it is. istiod only.
    pub primary_network: Option<String>,
}

impl JoinSpec {
    /// The wanted kubeconfig with a token.
    pub fn kubeconfig(&self, token: Secret<String>) -> Kubeconfig {
        Kubeconfig {
            server: self.server.clone(),
            tls_server_name: self.tls_server_name.clone(),
            ca_bundle: self.ca_bundle.clone(),
            token,
        }
    }
}

/// A note for the operator about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The remote has joined already, and keeps its ID.
    KnownAs {
        /// The ID.
        name: String,
        /// The remote Secret.
        secret: ObjectRef,
    },
    /// A second key joins the same remote: its endpoints are duplicated.
    JoinedTwice {
        /// The key.
        name: String,
        /// The remote Secret.
        secret: ObjectRef,
    },
    /// The server's address is a loopback address, which a control plane elsewhere cannot dial.
    Loopback {
        /// The address.
        server: String,
    },
    /// The reader may read every Secret of the remote.
    ReadsSecrets,
    /// The role that the reader gets allows more than the control plane needs, and keeps it.
    ExcessRights {
        /// The role.
        role: String,
        /// The rights, a line each: `get, list secrets`.
        rights: Vec<String>,
    },
    /// The remote rejects the stored kubeconfig.
    StoredIsRefused {
        /// The message of the remote.
        reason: String,
    },
    /// The remote Secret is deleted and created again, since the control plane notices no update: until
    /// then the control plane knows no endpoint of the remote.
    Gap,
    /// The kubeconfig is written again without a change, so that the control plane reads the new
    /// annotation of the namespace.
    ReadAgain,
    /// An existing namespace gets a network: running proxies keep their network until they restart.
    NetworkOnRestart {
        /// The new networks.
        networks: Vec<String>,
    },
}

/// The plan of a join.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The wanted join, with the ID that the remote keeps.
    pub spec: JoinSpec,
    /// The reader's ServiceAccount.
    pub account: ObjectRef,
    /// The Secret of its token.
    pub token: ObjectRef,
    /// The remote Secret in the primary.
    pub secret: ObjectRef,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// The notes for the operator.
    pub notes: Vec<Note>,
    /// The UID of the remote.
    cluster_uid: String,
    /// Whether an unchanged kubeconfig is written again.
    rewrites: bool,
}

impl Plan {
    /// Whether the plan changes nothing.
    pub fn is_done(&self) -> bool {
        !self.steps.iter().any(|step| step.action.is_change())
    }
}

/// The outcome of a join.
#[derive(Clone, Debug)]
pub struct JoinReport {
    /// The remote's ID in the mesh.
    pub id: ClusterId,
    /// The remote Secret in the primary.
    pub secret: ObjectRef,
    /// The Secret of the reader's token.
    pub token: ObjectRef,
    /// The answer of the remote to the stored kubeconfig.
    pub access: Fact<Access>,
    /// The rights that the control plane needs and the reader lacks.
    pub missing_rights: Fact<Vec<String>>,
}

/// Reads both clusters and plans a join; changes nothing.
///
/// # Errors
/// [`Error::Cluster`], [`Error::Terminating`], [`Error::NameTaken`], [`Error::OwnName`] or
/// [`Error::SameCluster`].
pub async fn plan(primary: &AsUser, remote: &AsUser, spec: &JoinSpec) -> Result<Plan, Error> {
    if spec.member.id == spec.member.primary_id {
        return Err(Error::OwnName {
            name: spec.member.primary_id.to_string(),
        });
    }
    let query = JoinQuery {
        primary: primary.cluster(),
        remote: remote.cluster(),
        spec: &spec.member,
        server: &spec.server,
    };
    let state = read_state(&query).await?;
    Ok(decide(spec, &state))
}

/// The plan for the existing state; pure.
fn decide(spec: &JoinSpec, state: &JoinState) -> Plan {
    let mut spec = spec.clone();
    let mut notes = Vec::new();
    if let Some(entry) = &state.entry
        && entry.key != spec.member.id.as_str()
        && let Ok(id) = ClusterId::new(entry.key.clone())
    {
        notes.push(Note::KnownAs {
            name: entry.key.clone(),
            secret: entry.secret.reference(),
        });
        spec.member.id = id;
    }
    let decision = steps::decide(&spec, state);
    notes.extend(steps::notes(&spec, state, &decision));
    Plan {
        account: state.reader.account_ref(),
        token: decision.token,
        secret: decision.secret,
        steps: decision.steps,
        rewrites: decision.rewrites,
        cluster_uid: state.cluster_uid.clone(),
        spec,
        notes,
    }
}
