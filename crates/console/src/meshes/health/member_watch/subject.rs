//! What is watched on a member of a mesh, and what is compared of each object.

use crate::{connections::ClusterConnection, meshes::ISTIO_NAMESPACE};
use ::mesh::{
    istio::MULTI_CLUSTER_LABEL,
    join::{is_reader_object, is_reader_token, namespace_settings},
};
use cluster::{Kind, Object, Snapshot};
use tokio::sync::watch;

/// What is watched on a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The ServiceAccounts, roles and bindings of readers.
    Reader(Kind<'static>),
    /// The Secrets with the tokens of readers.
    ReaderTokens,
    /// The Secrets with the kubeconfigs of remotes.
    RemoteSecrets,
    /// The namespaces with a label of Istio, and that of the control plane.
    Namespaces,
}

/// What is watched on a remote.
pub(super) const OF_REMOTE: [Subject; 5] = [
    Subject::Reader(Kind::SERVICE_ACCOUNT),
    Subject::Reader(Kind::CLUSTER_ROLE),
    Subject::Reader(Kind::CLUSTER_ROLE_BINDING),
    Subject::ReaderTokens,
    Subject::Namespaces,
];

/// What is watched on the primary.
pub(super) const OF_PRIMARY: [Subject; 2] = [Subject::RemoteSecrets, Subject::Namespaces];

impl Subject {
    /// Watches the objects of the subject.
    ///
    /// # Errors
    /// [`cluster::Error`] when the cluster does not serve their kind.
    pub(super) async fn watch(
        self,
        connection: &ClusterConnection,
    ) -> Result<watch::Receiver<Snapshot>, cluster::Error> {
        let watches = &connection.watches;
        let system = Some(ISTIO_NAMESPACE);
        match self {
            Self::Reader(kind) => {
                watches
                    .watch(kind, system.filter(|_| is_account(kind)))
                    .await
            }
            Self::ReaderTokens => watches.watch_metadata(Kind::SECRET, system, "").await,
            Self::RemoteSecrets => {
                let selector = format!("{MULTI_CLUSTER_LABEL}=true");
                watches.watch_metadata(Kind::SECRET, None, &selector).await
            }
            Self::Namespaces => watches.watch_metadata(Kind::NAMESPACE, None, "").await,
        }
    }

    /// What is compared of an object; none for an object that does not belong to the subject.
    pub(super) fn state_of(self, object: &Object) -> Option<String> {
        let version = || object.resource_version().to_owned();
        match self {
            Self::Reader(_) => is_reader_object(object).then(version),
            Self::ReaderTokens => is_reader_token(object).then(version),
            Self::RemoteSecrets => Some(version()),
            Self::Namespaces => namespace_settings(object),
        }
    }
}

/// Roles and bindings have no namespace.
fn is_account(kind: Kind<'_>) -> bool {
    kind == Kind::SERVICE_ACCOUNT
}
