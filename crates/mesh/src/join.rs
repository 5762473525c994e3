//! One remote joins one primary: the reader in the remote, the Secret in the primary.
//!
//! The order is Istio's: the remote's namespace with its annotation and label, the reader and its token,
//! and only then the Secret, since a control plane reads the annotation once, when it takes the remote
//! up. What a chart or a script made before is adopted: shown first, and only added to. Start at
//! [`plan`], which reads, and [`join`], which does what a plan says.

pub mod addresses;
pub(crate) mod execute;
mod known;
mod kubeconfig;
pub mod names;
pub(crate) mod progress;
mod reveal;
pub mod rules;
pub(crate) mod state;
pub(crate) mod steps;

pub use addresses::{AddressCandidate, Source, addresses, ca_bundle, primary_id};
pub use execute::join;
pub use known::{control_plane, injector, is_known, network};
pub use kubeconfig::Kubeconfig;
pub use reveal::stored;

use crate::{
    error::Error,
    facts::{Access, Fact, IstioGeneration},
    step::Step,
};
use cluster::{AddressPolicy, Cluster, ObjectRef};
use state::{JoinQuery, JoinState};
use wire::ClusterName;

/// Which join is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinSpec {
    /// The remote's name in the mesh.
    pub name: ClusterName,
    /// Which Istio.
    pub generation: IstioGeneration,
    /// The remote's API server, as the control plane's pods dial it: `https://host:port`.
    pub server: String,
    /// The name that its certificate has, where it is another than the address.
    pub tls_server_name: Option<String>,
    /// Its authority, as PEM.
    pub ca_bundle: String,
    /// The namespace of control plane and reader.
    pub namespace: String,
    /// The network that the remote is on; none leaves its label as it is. Today's line.
    pub network: Option<String>,
    /// The network that the primary is on; none leaves its label as it is. Today's line.
    pub primary_network: Option<String>,
    /// The name under which the control plane knows its own cluster.
    pub primary_id: String,
    /// Which addresses the console itself may dial.
    pub policy: AddressPolicy,
}

/// What a person should know of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The remote has joined already, and keeps the name that it has in the mesh.
    KnownAs {
        /// That name.
        name: String,
        /// The Secret.
        secret: ObjectRef,
    },
    /// The same remote is joined a second time, under this key: its endpoints are doubled.
    JoinedTwice {
        /// The key.
        name: String,
        /// The Secret.
        secret: ObjectRef,
    },
    /// The server's address is this machine's own: a control plane elsewhere cannot dial it.
    Loopback {
        /// The address.
        server: String,
    },
    /// The reader may read every Secret of the remote.
    ReadsSecrets,
    /// The remote says no to the stored kubeconfig; its words.
    StoredIsRefused {
        /// Its words.
        said: String,
    },
    /// The Secret is deleted and made again, since the control plane sees no change: until the token is
    /// read again, no endpoint of the remote is known.
    Gap,
    /// The kubeconfig's bytes change although it leads to the same place, so that the control plane
    /// reads the namespace's annotation, which is new.
    ReadAgain,
    /// A namespace that is there already is put on a network: proxies that run keep the one that they
    /// began with until they are restarted.
    NetworkOnRestart {
        /// The networks that come.
        networks: Vec<String>,
    },
}

/// What would be done, decided by looking only.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What was asked for, with the name that the remote has.
    pub wanted: JoinSpec,
    /// The reader's ServiceAccount.
    pub account: ObjectRef,
    /// The Secret of its token.
    pub token: ObjectRef,
    /// The Secret in the primary.
    pub secret: ObjectRef,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// The remote's UID.
    uid: String,
    /// Whether the stored kubeconfig's bytes have to change.
    again: bool,
}

impl Plan {
    /// Whether nothing would be changed.
    pub fn is_done(&self) -> bool {
        !self.steps.iter().any(|step| step.action.changes())
    }
}

/// What a join came to.
#[derive(Clone, Debug)]
pub struct JoinReport {
    /// The remote's name in the mesh.
    pub name: String,
    /// The Secret in the primary.
    pub secret: ObjectRef,
    /// The Secret of the reader's token.
    pub token: ObjectRef,
    /// What the remote says to the stored kubeconfig.
    pub access: Fact<Access>,
    /// Rights that the control plane needs and the reader lacks.
    pub missing: Fact<Vec<String>>,
}

/// Looks at both clusters and decides what a join would do; changes nothing.
///
/// # Errors
/// [`Error::Cluster`], [`Error::Terminating`], [`Error::NameTaken`], [`Error::OwnName`] or
/// [`Error::SameCluster`].
pub async fn plan(primary: &Cluster, remote: &Cluster, wanted: &JoinSpec) -> Result<Plan, Error> {
    if wanted.name.as_str() == wanted.primary_id {
        return Err(Error::OwnName {
            name: wanted.primary_id.clone(),
        });
    }
    let looking = JoinQuery {
        primary,
        remote,
        namespace: &wanted.namespace,
        name: wanted.name.as_str(),
        server: &wanted.server,
        generation: wanted.generation,
        policy: wanted.policy,
    };
    let found = Box::pin(state::look(&looking)).await?;
    Ok(decide(wanted, &found))
}

/// The plan for what was found; pure.
fn decide(wanted: &JoinSpec, found: &JoinState) -> Plan {
    let mut wanted = wanted.clone();
    let mut notes = Vec::new();
    if let Some(entry) = &found.entry
        && entry.key != wanted.name.as_str()
        && let Ok(name) = ClusterName::new(entry.key.clone())
    {
        notes.push(Note::KnownAs {
            name: entry.key.clone(),
            secret: entry.secret.reference(),
        });
        wanted.name = name;
    }
    let decided = steps::of(&wanted, found);
    notes.extend(steps::notes(&wanted, found, &decided));
    Plan {
        account: found.names.account_ref(),
        token: decided.token,
        secret: decided.secret,
        steps: decided.steps,
        uid: found.uid.clone(),
        again: decided.again,
        wanted,
        notes,
    }
}
