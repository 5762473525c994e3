//! Where charts are installed: the releases of all clusters, read concurrently.
//!
//! The catalog is requested with each typed word, so the result is cached for a few seconds.

use crate::{Console, last_known::Outcome};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use wire::{ClusterName, catalog::InstalledView};

/// How long the result is cached.
const CACHE_TTL: Duration = Duration::from_secs(3);

/// The charts that are installed on all clusters.
#[derive(Debug, Default)]
pub(crate) struct InstalledCharts {
    /// The releases of each chart, by its name.
    pub(crate) releases: BTreeMap<String, Vec<InstalledView>>,
    /// Clusters whose releases are not current, or that cannot be used.
    pub(crate) unread: Vec<ClusterName>,
}

impl InstalledCharts {
    /// Where a chart is installed.
    pub(crate) fn of(&self, chart: &str) -> &[InstalledView] {
        self.releases.get(chart).map_or(&[], Vec::as_slice)
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

    /// The installed charts now: the last known ones of a cluster that does not answer.
    async fn installed(&self) -> InstalledCharts {
        let connections = self.connections.all();
        let listed = connections
            .iter()
            .map(async |connection| (connection, self.complete_releases(connection).await));
        let unusable = self.connections.unusable().into_iter();
        let mut installed = InstalledCharts {
            unread: unusable.map(|cluster| cluster.name).collect(),
            ..InstalledCharts::default()
        };
        for (connection, seen) in futures::future::join_all(listed).await {
            if seen.outcome != Outcome::Current {
                installed.unread.push(connection.name.clone());
            }
            for release in seen.value.iter().flat_map(|known| known.value.iter()) {
                let Some(content) = &release.content else {
                    continue;
                };
                let (chart, version) = content.chart_version.clone();
                let view = InstalledView {
                    cluster: connection.name.clone(),
                    namespace: release.head.key.namespace.clone(),
                    release: release.head.key.release.clone(),
                    version,
                };
                installed.releases.entry(chart).or_default().push(view);
            }
        }
        installed
    }
}
