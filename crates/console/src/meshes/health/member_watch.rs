//! Watches what the members of a mesh are connected by: the objects of the readers on the remotes, with the
//! Secrets of their tokens, the remote Secrets on the primary, and the namespaces with a label of Istio.
//!
//! A binding or a token that is deleted, or a label that is changed, is found within seconds. Of Secrets and
//! namespaces only the metadata is read: a change of the data changes the resource version. Start at
//! [`MemberWatches::changed`].

use crate::{Console, connections::ClusterConnection, meshes::Mesh};
use ::mesh::{
    istio::MULTI_CLUSTER_LABEL,
    join::{is_reader_object, is_reader_token, namespace_settings},
};
use cluster::{Kind, Object, Snapshot};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::watch;
use wire::ClusterName;

/// How long the first lists of a member may take; a member that does not answer must not delay the checks.
const SYNC_TIMEOUT: Duration = Duration::from_secs(2);

/// What is watched on a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
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
const OF_REMOTE: [Subject; 5] = [
    Subject::Reader(Kind::SERVICE_ACCOUNT),
    Subject::Reader(Kind::CLUSTER_ROLE),
    Subject::Reader(Kind::CLUSTER_ROLE_BINDING),
    Subject::ReaderTokens,
    Subject::Namespaces,
];

/// What is watched on the primary.
const OF_PRIMARY: [Subject; 2] = [Subject::RemoteSecrets, Subject::Namespaces];

/// Namespace and name of each object of a subject, with what is compared of it.
type Seen = BTreeMap<(String, String), String>;

/// The watches on the members of a mesh.
#[derive(Default)]
pub(super) struct MemberWatches(Vec<MemberWatch>);

/// One subject on one member.
struct MemberWatch {
    member: ClusterName,
    subject: Subject,
    receiver: watch::Receiver<Snapshot>,
    seen: Seen,
}

impl Console {
    /// Watches those subjects on the members of a mesh that are not watched yet, and knows their objects before
    /// the checks read them. A member that does not answer soon is tried again the next time.
    pub(super) async fn complete_member_watches(&self, watches: &mut MemberWatches, mesh: &Mesh) {
        let primary = OF_PRIMARY.map(|subject| (&mesh.primary, subject));
        let remotes = mesh.remotes.iter();
        let remotes = remotes.flat_map(|remote| OF_REMOTE.map(|subject| (remote, subject)));
        let missing = primary.into_iter().chain(remotes);
        let missing = missing.filter(|(member, subject)| !watches.contain(member, *subject));
        let missing = missing.filter_map(|(member, subject)| {
            let connection = self.connections.get(member).ok()?;
            Some(watch_on(connection, subject))
        });
        let found = futures::future::join_all(missing).await;
        watches.0.extend(found.into_iter().flatten());
    }
}

/// Watches a subject on a member. A subject that may not be read is watched, too: the watch begins again automatically,
/// and the checks report why.
async fn watch_on(connection: ClusterConnection, subject: Subject) -> Option<MemberWatch> {
    connection.follow_kinds();
    let begin = async {
        let mut receiver = subject.watch(&connection).await.ok()?;
        let read = receiver.wait_for(|snapshot| snapshot.synced || snapshot.problem.is_some());
        read.await.ok()?;
        let mut watch = MemberWatch {
            member: connection.name.clone(),
            subject,
            receiver,
            seen: Seen::new(),
        };
        watch.has_news();
        Some(watch)
    };
    tokio::time::timeout(SYNC_TIMEOUT, begin).await.ok()?
}

impl Subject {
    async fn watch(
        self,
        connection: &ClusterConnection,
    ) -> Result<watch::Receiver<Snapshot>, cluster::Error> {
        let watches = &connection.watches;
        let system = Some(super::ISTIO_NAMESPACE);
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
    fn state_of(self, object: &Object) -> Option<String> {
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

impl MemberWatches {
    fn contain(&self, member: &ClusterName, subject: Subject) -> bool {
        let mut watches = self.0.iter();
        watches.any(|watch| watch.member == *member && watch.subject == subject)
    }

    /// Waits until an object of a subject appears, changes or disappears. Watches that have ended are dropped.
    pub(super) async fn changed(&mut self) {
        loop {
            self.0.retain(|watch| watch.receiver.has_changed().is_ok());
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            if self.0.iter_mut().any(MemberWatch::has_news) {
                return;
            }
            let each = self.0.iter_mut();
            let each = each.map(|watch| Box::pin(watch.receiver.changed()));
            let _ = futures::future::select_all(each).await;
        }
    }
}

impl MemberWatch {
    /// Whether the objects of the subject differ from those that were seen before.
    fn has_news(&mut self) -> bool {
        let snapshot = self.receiver.borrow_and_update();
        if !snapshot.synced {
            return false;
        }
        let objects = snapshot.objects.iter();
        let now: Seen = objects
            .filter_map(|(key, object)| Some((key.clone(), self.subject.state_of(object)?)))
            .collect();
        drop(snapshot);
        let before = std::mem::replace(&mut self.seen, now);
        before != self.seen
    }
}
