//! Where charts are installed: the releases of all clusters, read concurrently.
//!
//! The catalog is requested with each typed word, so the result is cached for a few seconds.

use crate::{Console, connections::ClusterConnection};
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use wire::{ClusterName, Namespace, ReleaseName, catalog::InstalledView};

/// How long a page waits for one cluster.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(4);
/// How long the result is cached.
const CACHE_TTL: Duration = Duration::from_secs(3);

/// The charts that are installed on all clusters.
#[derive(Debug, Default)]
pub(crate) struct InstalledCharts {
    /// The name of the chart, and the release.
    pub(crate) releases: Vec<(String, InstalledView)>,
    /// Clusters that did not answer in time, or that cannot be used.
    pub(crate) unread: Vec<ClusterName>,
}

impl InstalledCharts {
    /// Where a chart is installed.
    pub(crate) fn of(&self, chart: &str) -> Vec<InstalledView> {
        let releases_of_chart = self.releases.iter().filter(|(name, _)| name == chart);
        releases_of_chart.map(|(_, view)| view.clone()).collect()
    }
}

/// The cached result.
#[derive(Default)]
pub(crate) struct InstalledChartsCache(Mutex<Option<(Instant, Arc<InstalledCharts>)>>);

impl InstalledChartsCache {
    /// Drops the cached result, after a release changed.
    pub(crate) fn invalidate(&self) {
        *self.0.lock() = None;
    }
}

impl Console {
    /// The installed charts, at most a few seconds old.
    pub(crate) async fn cached_installed_charts(&self) -> Arc<InstalledCharts> {
        let last = self.installed.0.lock().clone();
        if let Some((at, known)) = last
            && at.elapsed() < CACHE_TTL
        {
            return known;
        }
        let known = Arc::new(self.installed().await);
        let mut last = self.installed.0.lock();
        *last = Some((Instant::now(), known.clone()));
        known
    }

    /// The installed charts now.
    pub(crate) async fn installed(&self) -> InstalledCharts {
        let asked =
            self.connections
                .all()
                .into_iter()
                .map(async |connection: ClusterConnection| {
                    let found = tokio::time::timeout(
                        CLUSTER_TIMEOUT,
                        // The result is shared by all operators.
                        release::list(&connection.console),
                    )
                    .await;
                    (connection.name, found.ok().and_then(Result::ok))
                });
        let unusable = self.connections.unusable().into_iter();
        let mut installed = InstalledCharts {
            unread: unusable.map(|cluster| cluster.name).collect(),
            ..InstalledCharts::default()
        };
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
