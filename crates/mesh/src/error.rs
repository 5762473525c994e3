//! The errors of joins, rotations, leaves and cleanups.

use crate::step::Side;
use cluster::{ObjectRef, StuckObject};
use std::time::Duration;
use wire::ClusterName;

/// Why a join, a rotation, a leave or a cleanup failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request to a cluster failed.
    #[error("could not read or change the {side} cluster")]
    Cluster {
        /// The cluster.
        side: Side,
        /// The cause.
        #[source]
        source: cluster::Error,
    },
    /// A namespace is being deleted.
    #[error("namespace {namespace} of the {side} cluster is being deleted")]
    Terminating {
        /// The cluster.
        side: Side,
        /// The namespace.
        namespace: String,
    },
    /// Another cluster has the ID.
    #[error("{secret} joins another cluster under the name {name}")]
    NameTaken {
        /// The ID in the mesh.
        name: String,
        /// The remote Secret of the other cluster.
        secret: ObjectRef,
    },
    /// The ID is that of the control plane's own cluster, which the control plane ignores.
    #[error("{name} is the ID of the control plane's own cluster")]
    OwnName {
        /// The ID in the mesh.
        name: String,
    },
    /// Primary and remote are the same cluster.
    #[error("the remote and the primary are the same cluster")]
    SameCluster,
    /// An object changed since it was planned.
    #[error("{object} of the {side} cluster changed since it was planned")]
    Changed {
        /// The cluster.
        side: Side,
        /// The object.
        object: ObjectRef,
    },
    /// The cluster wrote no token within the timeout.
    #[error("{object} has no token after {} s", waited.as_secs())]
    NoToken {
        /// The Secret.
        object: ObjectRef,
        /// The timeout.
        waited: Duration,
    },
    /// The remote rejects the token.
    #[error("the remote rejects the token of {object}: {reason}")]
    TokenRejected {
        /// The Secret of the token.
        object: ObjectRef,
        /// The message of the remote.
        reason: String,
    },
    /// The CA of the kubeconfig did not sign the certificate of the remote.
    #[error("the CA did not sign the certificate of {server}: {reason}")]
    UntrustedCertificate {
        /// The server's address.
        server: String,
        /// The reason.
        reason: String,
    },
    /// The address reaches another cluster.
    #[error("another cluster responds at {server}")]
    OtherCluster {
        /// The server's address.
        server: String,
    },
    /// The control plane did not sync the remote within the timeout.
    #[error("the control plane did not sync {name} within {} s: {reason}", waited.as_secs())]
    NotSynced {
        /// The remote's ID in the mesh.
        name: String,
        /// The timeout.
        waited: Duration,
        /// The last state.
        reason: String,
    },
    /// The remote has not joined.
    #[error("no remote Secret joins {name}")]
    NotJoined {
        /// The remote's ID in the mesh.
        name: String,
    },
    /// Two entries join the same remote, so that neither can be adopted.
    #[error("{secret} and {other} both join {name}")]
    JoinedTwice {
        /// The remote's ID in the mesh.
        name: String,
        /// The remote Secret of one entry.
        secret: ObjectRef,
        /// The remote Secret of the other entry.
        other: ObjectRef,
    },
    /// The kubeconfig of a remote Secret has no bearer token, so that no token can be rotated or revoked.
    #[error("the kubeconfig in {secret} has {field} instead of a token")]
    WithoutToken {
        /// The remote Secret.
        secret: ObjectRef,
        /// The field with the credential, such as `exec`.
        field: String,
    },
    /// The token of a remote Secret does not belong to a ServiceAccount of the control plane's namespace.
    #[error("the token in {secret} belongs to {subject}")]
    ForeignReader {
        /// The remote Secret.
        secret: ObjectRef,
        /// The subject of the token.
        subject: String,
        /// The namespace in which the ServiceAccount has to be.
        namespace: String,
    },
    /// It could not be shown that the kubeconfig of a remote Secret reaches the remote.
    #[error("{secret} was not shown to reach {name}: {reason}")]
    JoinUnproven {
        /// The remote's ID in the mesh.
        name: String,
        /// The remote Secret.
        secret: ObjectRef,
        /// The answer of the cluster, or why there is none.
        reason: String,
    },
    /// No object of the join was adopted.
    #[error("no object of the join of {name} was adopted")]
    NotAdopted {
        /// The remote's ID in the mesh.
        name: String,
    },
    /// An istiod has not registered all ready endpoints of a remote.
    #[error("an istiod of {cluster} lacks endpoints of {name} after {} s: {reason}", waited.as_secs())]
    EndpointsMissing {
        /// The ID of the remote in the mesh.
        name: String,
        /// The cluster of the istiod.
        cluster: ClusterName,
        /// The timeout.
        waited: Duration,
        /// The pods and the Services, or why they are not known.
        reason: String,
    },
    /// The remote has no token of the reader besides the stored one.
    #[error("the remote has no earlier token for {name}")]
    NoEarlierToken {
        /// The ID of the remote in the mesh.
        name: String,
    },
    /// A control plane still uses the cluster.
    #[error("the cluster is still used by {}", by.join(", "))]
    InUse {
        /// The Deployments in the cluster, or the IDs of control planes elsewhere.
        by: Vec<String>,
    },
    /// A namespace contains objects that are kept.
    #[error("namespace {namespace} contains objects that are kept: {}", objects.join(", "))]
    NamespaceNotEmpty {
        /// The namespace.
        namespace: String,
        /// The objects, or the reason why they are not known.
        objects: Vec<String>,
    },
    /// The objects of a CRD cannot be read, so they can be neither counted nor backed up.
    #[error("the objects of {crd} cannot be read: {reason}")]
    Unreadable {
        /// The CRD.
        crd: String,
        /// The reason.
        reason: String,
    },
    /// Deleted objects still exist after the timeout.
    #[error("{} objects still exist after {} s: {}", stuck.len(), waited.as_secs(), cluster::describe_stuck(stuck))]
    Stuck {
        /// The objects, with the reason of each.
        stuck: Vec<StuckObject>,
        /// The timeout.
        waited: Duration,
    },
    /// The backup exceeds the size limit.
    #[error("the backup has more than {limit} bytes")]
    BackupTooLarge {
        /// The limit.
        limit: usize,
    },
    /// An object of the plan is malformed.
    #[error("an object of the plan is malformed")]
    Malformed(#[source] cluster::Error),
    /// The injection webhook did not answer within the timeout.
    #[error("{webhook} did not inject a sidecar within {} s: {reason}", waited.as_secs())]
    NotInjecting {
        /// The configuration of the webhook.
        webhook: ObjectRef,
        /// The timeout.
        waited: Duration,
        /// The last answer.
        reason: String,
    },
    /// The caller cancelled the operation.
    #[error("stopped")]
    Cancelled,
}

impl Error {
    /// Adds the cluster to an error of a request.
    pub(crate) fn at(side: Side) -> impl Fn(cluster::Error) -> Self {
        move |source| match source {
            cluster::Error::Cancelled => Self::Cancelled,
            source => Self::Cluster { side, source },
        }
    }
}
