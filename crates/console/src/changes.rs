//! What has changed on the clusters and in the console, for the pages that show it.
//!
//! Pages read their views again when their topic changed. While a page follows the changes, each connection has
//! a task that watches the nodes and the release records of its cluster; without a page nothing is watched.
//! Start at [`Console::follow_changes`].

use crate::{Action, Caller, Console, Error, connections::ClusterConnection};
use cluster::Kind;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use wire::{
    ClusterName,
    live::{ChangesView, Topic},
};

/// The label selector of Helm's release records.
const RELEASE_RECORDS: &str = "owner=helm";
/// How long a cluster may take to begin a watch.
pub(crate) const WATCH_TIMEOUT: Duration = Duration::from_secs(6);
/// When a cluster that could not be watched is tried again.
pub(crate) const RETRY_INTERVAL: Duration = Duration::from_secs(15);

/// The task that watches a cluster; it ends when this is dropped.
struct WatchedConnection {
    /// Cancelled when the connection is closed or replaced.
    stop: CancellationToken,
    _task: AbortOnDropHandle<()>,
}

/// The numbers of changes, and the tasks that watch.
pub(crate) struct Changes {
    numbers: watch::Sender<ChangesView>,
    /// Notified when a page begins to follow.
    followed: Notify,
    tasks: TaskTracker,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            numbers: watch::Sender::new(ChangesView::default()),
            followed: Notify::new(),
            tasks: TaskTracker::new(),
        }
    }
}

impl Changes {
    /// Counts a change of each topic.
    pub(crate) fn count(&self, topics: &[Topic]) {
        self.numbers.send_modify(|numbers| {
            for topic in topics {
                numbers.count(*topic);
            }
        });
    }

    /// Waits until a page follows.
    async fn wait_for_follower(&self) {
        while self.numbers.receiver_count() == 0 {
            self.followed.notified().await;
        }
    }

    /// Runs a task that follows something, until it ends or `stop`.
    pub(crate) fn spawn(
        &self,
        stop: &CancellationToken,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let stop = stop.clone();
        self.tasks.spawn(async move {
            let _: Option<()> = stop.run_until_cancelled_owned(task).await;
        });
    }

    /// Waits for the tasks to end, for at most `limit`.
    pub(crate) async fn finish(&self, limit: Duration) {
        self.tasks.close();
        let _ = timeout(limit, self.tasks.wait()).await;
    }
}

impl Console {
    /// The numbers of changes, from now on.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn follow_changes(
        &self,
        caller: &Caller,
    ) -> Result<watch::Receiver<ChangesView>, Error> {
        self.permitted(caller, Action::Read, async {
            let receiver = self.changes.numbers.subscribe();
            self.changes.followed.notify_one();
            Ok(receiver)
        })
        .await
    }

    /// Watches the clusters while a page follows the changes, until the console closes. The server calls
    /// this method once.
    pub fn watch_clusters(&self) {
        let console = self.clone();
        let watching = async move {
            loop {
                console.changes.wait_for_follower().await;
                tokio::select! {
                    () = console.changes.numbers.closed() => {}
                    () = console.watch_all() => {}
                }
            }
        };
        self.changes.spawn(&self.setup.stop, watching);
    }

    /// Watches all clusters and jobs; it never ends.
    async fn watch_all(&self) {
        tokio::join!(self.watch_connections(), self.watch_jobs());
    }

    /// Watches each cluster by a task of its own while it is connected: a cluster that is added or removed
    /// restarts no watch of another. It never ends.
    async fn watch_connections(&self) {
        let mut registered = self.connections.follow();
        let mut watched: BTreeMap<ClusterName, WatchedConnection> = BTreeMap::new();
        loop {
            watched.retain(|_, watch| !watch.stop.is_cancelled());
            for connection in self.connections.all() {
                if let Entry::Vacant(entry) = watched.entry(connection.name.clone()) {
                    entry.insert(self.watched_connection(connection));
                }
            }
            if registered.changed().await.is_err() {
                return std::future::pending().await;
            }
            self.changes
                .count(&[Topic::Clusters, Topic::Releases, Topic::Meshes]);
        }
    }

    /// Starts the task that watches a cluster.
    fn watched_connection(&self, connection: ClusterConnection) -> WatchedConnection {
        let (console, stop) = (self.clone(), connection.stop.clone());
        let watching = async move {
            let watching = console.watch_cluster(&connection);
            let _: Option<()> = connection.stop.run_until_cancelled(watching).await;
        };
        WatchedConnection {
            stop,
            _task: AbortOnDropHandle::new(self.changes.tasks.spawn(watching)),
        }
    }

    /// Counts the starts and ends of jobs; it never ends.
    async fn watch_jobs(&self) {
        let mut running = self.jobs.count();
        while running.changed().await.is_ok() {
            self.changes
                .count(&[Topic::Jobs, Topic::Releases, Topic::Meshes]);
        }
        std::future::pending::<()>().await;
    }

    /// Counts the changes of one cluster; it never ends.
    async fn watch_cluster(&self, connection: &ClusterConnection) {
        loop {
            let watches = &connection.watches;
            let begun = timeout(WATCH_TIMEOUT, async {
                tokio::try_join!(
                    watches.follow_changes(Kind::NODE, None, ""),
                    watches.follow_changes(Kind::SECRET, None, RELEASE_RECORDS),
                )
            });
            if let Ok(Ok((mut nodes, mut records))) = begun.await {
                let _watched = (
                    connection.facts.watched(),
                    connection.network.watched(),
                    connection.releases.watched(),
                );
                loop {
                    let topic = tokio::select! {
                        changed = nodes.changed() => changed.map(|()| Topic::Clusters),
                        changed = records.changed() => changed.map(|()| Topic::Releases),
                    };
                    let Ok(topic) = topic else { break };
                    match topic {
                        Topic::Clusters => {
                            connection.facts.count_change();
                            connection.network.count_change();
                        }
                        _ => {
                            connection.releases.count_change();
                            self.installed.invalidate();
                        }
                    }
                    self.changes.count(&[topic]);
                }
            }
            sleep(RETRY_INTERVAL).await;
        }
    }
}
