//! What can go wrong when clusters are joined, rotated or parted.

use crate::step::Side;
use cluster::ObjectRef;
use std::time::Duration;

/// Why clusters could not be joined, rotated or parted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A cluster did not do what it was asked.
    #[error("could not look at or change the {side} cluster")]
    Cluster {
        /// On which side.
        side: Side,
        /// What it met.
        #[source]
        source: cluster::Error,
    },
    /// A namespace is on its way out.
    #[error("namespace {namespace} of the {side} cluster is being deleted")]
    Terminating {
        /// On which side.
        side: Side,
        /// The namespace.
        namespace: String,
    },
    /// The name is another cluster's.
    #[error("{secret} joins another cluster under the name {name}")]
    NameTaken {
        /// The name in the mesh.
        name: String,
        /// The Secret that holds it.
        secret: ObjectRef,
    },
    /// The name is the control plane's own, which it would ignore.
    #[error("{name} is the name under which the control plane knows its own cluster")]
    OwnName {
        /// The name in the mesh.
        name: String,
    },
    /// Both are one cluster.
    #[error("the remote is the cluster that it would join")]
    SameCluster,
    /// An object changed between the look and the act.
    #[error("{object} of the {side} cluster changed since it was looked at")]
    Changed {
        /// On which side.
        side: Side,
        /// The object.
        object: ObjectRef,
    },
    /// The token was not filled in time.
    #[error("{object} was not filled after {} s", waited.as_secs())]
    NoToken {
        /// The Secret.
        object: ObjectRef,
        /// How long was waited.
        waited: Duration,
    },
    /// The remote does not know the token; its words.
    #[error("the remote does not know the token of {object}: {said}")]
    TokenRejected {
        /// The token's Secret.
        object: ObjectRef,
        /// The remote's words.
        said: String,
    },
    /// The remote's certificate is not signed by the authority of the kubeconfig; the reason.
    #[error("the authority does not vouch for {server}: {said}")]
    UntrustedCertificate {
        /// The server's address.
        server: String,
        /// Why.
        said: String,
    },
    /// Another cluster answers at the address.
    #[error("another cluster answers at {server}")]
    OtherCluster {
        /// The server's address.
        server: String,
    },
    /// The control plane did not take the remote up in time.
    #[error("the control plane did not take {name} up after {} s: {reason}", waited.as_secs())]
    NotSynced {
        /// The remote's name in the mesh.
        name: String,
        /// How long was waited.
        waited: Duration,
        /// What was seen last.
        reason: String,
    },
    /// The remote has not joined.
    #[error("no remote Secret joins {name}")]
    NotJoined {
        /// Its name in the mesh.
        name: String,
    },
    /// A control plane still leads the cluster; who it is.
    #[error("the cluster is still led by {}", by.join(", "))]
    InUse {
        /// A Deployment, or the name of a control plane elsewhere.
        by: Vec<String>,
    },
    /// Something lives in a namespace that was to go.
    #[error("namespace {namespace} holds what stays: {}", holds.join(", "))]
    NamespaceNotEmpty {
        /// The namespace.
        namespace: String,
        /// What lives in it, or why that is not known.
        holds: Vec<String>,
    },
    /// The objects of a definition cannot be read, so they can be neither counted nor saved.
    #[error("the objects of {crd} cannot be read: {reason}")]
    Unreadable {
        /// The definition.
        crd: String,
        /// Why.
        reason: String,
    },
    /// What was deleted does not go.
    #[error("{} objects are still there after {} s: {}", stuck.len(), waited.as_secs(), crate::cleanup::describe(stuck))]
    Stuck {
        /// Each of them, and what holds it.
        stuck: Vec<crate::cleanup::Stuck>,
        /// How long was waited.
        waited: Duration,
    },
    /// A backup would be larger than is kept.
    #[error("the backup has more than {limit} bytes")]
    BackupTooLarge {
        /// What is kept.
        limit: usize,
    },
    /// An object could not be written as it has to be.
    #[error("an object of the plan is malformed")]
    Malformed(#[source] cluster::Error),
    /// Somebody asked for the end.
    #[error("stopped")]
    Cancelled,
}

/// The next thing a person could try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Wait until the namespace is gone.
    WaitForNamespace,
    /// Choose another name in the mesh.
    ChooseName,
    /// Choose another cluster.
    ChooseCluster,
    /// Look at the plan again.
    PlanAgain,
    /// Give a credential that may do more.
    AskForRole,
    /// Give another authority, or the name that the certificate has.
    GiveAuthority,
    /// Give the address of the remote's own API server.
    GiveAddress,
    /// Look at the control plane's log and the way to the remote.
    LookAtControlPlane,
    /// Join first.
    JoinFirst,
    /// Take away what leads or uses the cluster first.
    RemoveFirst,
    /// Look at who set the finalizers: they are to be taken off by whoever set them.
    LookAtFinalizers,
    /// Save the objects by hand first.
    SaveByHand,
}

impl Error {
    /// The next thing a person could try, when we know one.
    pub fn hint(&self) -> Option<Hint> {
        Some(match self {
            Self::Terminating { .. } => Hint::WaitForNamespace,
            Self::NameTaken { .. } | Self::OwnName { .. } => Hint::ChooseName,
            Self::SameCluster => Hint::ChooseCluster,
            Self::Changed { .. } | Self::TokenRejected { .. } | Self::NoToken { .. } => {
                Hint::PlanAgain
            }
            Self::UntrustedCertificate { .. } => Hint::GiveAuthority,
            Self::OtherCluster { .. } => Hint::GiveAddress,
            Self::NotSynced { .. } => Hint::LookAtControlPlane,
            Self::NotJoined { .. } => Hint::JoinFirst,
            Self::InUse { .. } | Self::NamespaceNotEmpty { .. } => Hint::RemoveFirst,
            Self::Stuck { .. } => Hint::LookAtFinalizers,
            Self::BackupTooLarge { .. } => Hint::SaveByHand,
            Self::Unreadable { .. } => Hint::AskForRole,
            Self::Cluster { source, .. } if source.is_forbidden() => Hint::AskForRole,
            Self::Cluster { source, .. } if source.is_conflict() => Hint::PlanAgain,
            Self::Cluster { .. } | Self::Malformed(_) | Self::Cancelled => return None,
        })
    }

    /// Names the side of what a cluster met.
    pub(crate) fn at(side: Side) -> impl Fn(cluster::Error) -> Self {
        move |source| match source {
            cluster::Error::Cancelled => Self::Cancelled,
            source => Self::Cluster { side, source },
        }
    }
}
