//! Watches the objects of the readers on the remotes: a binding that is deleted is found within seconds.
//!
//! The roles and bindings of a cluster are many; only a change of those that belong to a reader counts.

use crate::{Console, connections::ClusterConnection, meshes::Mesh};
use ::mesh::join::is_reader_object;
use cluster::{Kind, Snapshot};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::watch;
use wire::ClusterName;

/// How long the first lists of a remote may take; a remote that does not answer must not delay the checks.
const SYNC_TIMEOUT: Duration = Duration::from_secs(2);

/// The kinds of a reader's objects, with the namespace in which they are watched.
const KINDS: [(Kind<'static>, Option<&str>); 3] = [
    (Kind::SERVICE_ACCOUNT, Some(super::ISTIO_NAMESPACE)),
    (Kind::CLUSTER_ROLE, None),
    (Kind::CLUSTER_ROLE_BINDING, None),
];

/// Namespace and name of each object of a reader, with its resource version.
type Seen = BTreeMap<(String, String), String>;

/// The watches of the readers of a mesh.
#[derive(Default)]
pub(super) struct ReaderWatches(Vec<ReaderWatch>);

/// One kind on one remote.
struct ReaderWatch {
    remote: ClusterName,
    receiver: watch::Receiver<Snapshot>,
    seen: Seen,
}

impl Console {
    /// Watches the readers on those remotes of a mesh that are not watched yet, and knows their objects before
    /// the checks read them. A remote that does not answer soon is tried again the next time.
    pub(super) async fn complete_reader_watches(&self, readers: &mut ReaderWatches, mesh: &Mesh) {
        let is_watched = |remote: &&ClusterName| {
            let mut watches = readers.0.iter();
            watches.any(|watch| watch.remote == **remote)
        };
        let missing = mesh.remotes.iter().filter(|remote| !is_watched(remote));
        let missing = missing.filter_map(|remote| self.connections.get(remote).ok());
        let found = futures::future::join_all(missing.map(watches_on)).await;
        readers.0.extend(found.into_iter().flatten());
    }
}

async fn watches_on(connection: ClusterConnection) -> Vec<ReaderWatch> {
    connection.follow_kinds();
    let kinds = KINDS.map(async |(kind, namespace)| {
        let mut receiver = connection.watches.watch(kind, namespace).await.ok()?;
        receiver.wait_for(|snapshot| snapshot.synced).await.ok()?;
        let mut watch = ReaderWatch {
            remote: connection.name.clone(),
            receiver,
            seen: Seen::new(),
        };
        watch.has_news();
        Some(watch)
    });
    let all = tokio::time::timeout(SYNC_TIMEOUT, futures::future::join_all(kinds)).await;
    all.unwrap_or_default().into_iter().flatten().collect()
}

impl ReaderWatches {
    /// Waits until an object of a reader appears, changes or disappears. Watches that have ended are dropped.
    pub(super) async fn changed(&mut self) {
        loop {
            self.0.retain(|watch| watch.receiver.has_changed().is_ok());
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            if self.0.iter_mut().any(ReaderWatch::has_news) {
                return;
            }
            let each = self.0.iter_mut();
            let each = each.map(|watch| Box::pin(watch.receiver.changed()));
            let _ = futures::future::select_all(each).await;
        }
    }
}

impl ReaderWatch {
    /// Whether the reader's objects differ from those that were seen before.
    fn has_news(&mut self) -> bool {
        let snapshot = self.receiver.borrow_and_update();
        if !snapshot.synced {
            return false;
        }
        let of_reader = snapshot.objects.iter();
        let of_reader = of_reader.filter(|(_, object)| is_reader_object(object));
        let now: Seen = of_reader
            .map(|(key, object)| (key.clone(), object.resource_version().to_owned()))
            .collect();
        drop(snapshot);
        let before = std::mem::replace(&mut self.seen, now);
        before != self.seen
    }
}
