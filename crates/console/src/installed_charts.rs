//! Where charts are installed: the releases of all clusters, asked at the same time.
//!
//! A person who types asks for the catalog with each word, so an answer serves for a few seconds.

use crate::{Console, connections::ClusterConnection};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use wire::{ClusterName, Namespace, ReleaseName, catalog::InstalledView};

/// How long a page waits for one cluster.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(4);
/// How long an answer serves.
const CACHE_TTL: Duration = Duration::from_secs(3);

/// What is installed on all clusters.
#[derive(Debug, Default)]
pub(crate) struct InstalledCharts {
    /// The chart's name, and where it is.
    pub(crate) releases: Vec<(String, InstalledView)>,
    /// Clusters that did not answer.
    pub(crate) unread: Vec<ClusterName>,
}

impl InstalledCharts {
    /// Where a chart is installed.
    pub(crate) fn of(&self, chart: &str) -> Vec<InstalledView> {
        let mine = self.releases.iter().filter(|(name, _)| name == chart);
        mine.map(|(_, view)| view.clone()).collect()
    }
}

/// The last answer.
#[derive(Default)]
pub(crate) struct InstalledChartsCache(Mutex<Option<(Instant, Arc<InstalledCharts>)>>);

impl InstalledChartsCache {
    /// Forgets the answer: something was installed or taken away.
    pub(crate) fn invalidate(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Console {
    /// What is installed, as it was a few seconds ago at most.
    pub(crate) async fn cached_installed_charts(&self) -> Arc<InstalledCharts> {
        let last = self
            .installed
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((at, known)) = last
            && at.elapsed() < CACHE_TTL
        {
            return known;
        }
        let known = Arc::new(self.installed().await);
        let mut last = self
            .installed
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some((Instant::now(), known.clone()));
        known
    }

    /// What is installed now.
    pub(crate) async fn installed(&self) -> InstalledCharts {
        let asked =
            self.connections
                .all()
                .into_iter()
                .map(async |connection: ClusterConnection| {
                    let found =
                        tokio::time::timeout(CLUSTER_TIMEOUT, release::list(&connection.user))
                            .await;
                    (connection.name, found.ok().and_then(Result::ok))
                });
        let mut installed = InstalledCharts::default();
        for (cluster, releases) in futures::future::join_all(asked).await {
            let Some(releases) = releases else {
                installed.unread.push(cluster);
                continue;
            };
            let views = releases.into_iter().filter_map(|release| {
                let view = InstalledView {
                    cluster: cluster.clone(),
                    namespace: Namespace::new(release.namespace).ok()?,
                    release: ReleaseName::new(release.name).ok()?,
                    version: release.chart.metadata("version").to_owned(),
                };
                Some((release.chart.metadata("name").to_owned(), view))
            });
            installed.releases.extend(views);
        }
        installed
    }
}
