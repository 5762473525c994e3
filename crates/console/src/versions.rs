//! The versions of a chart: those of its repository, and those of Istio for a bundle, with the one that fits the
//! Kubernetes of the registered clusters.

use crate::{Action, Caller, Console, Error, repositories::REPOSITORY_TIMEOUT};
use mesh::{chart_annotations::NEWEST_KUBERNETES, versions::minor};
use std::{cmp::Reverse, time::Duration};
use wire::{
    ChartName, ChartRef, ClusterName, Problem, Repository,
    catalog::{KubernetesRange, VersionView, VersionsView},
};

/// How long a page waits for one cluster.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(4);

impl Console {
    /// The version of a chart for pages that name none: the newest one, or the recommended one of a bundle.
    ///
    /// # Errors
    /// [`Error::Catalog`] or [`Error::NotPermitted`].
    pub async fn newest_chart(
        &self,
        caller: &Caller,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<ChartRef, Error> {
        self.permitted(caller, Action::Read, async {
            let versions = self.versions(repository, chart).await?.versions;
            let mut recommended = versions.into_iter().filter(|row| row.recommended);
            Ok(match recommended.next() {
                Some(row) => ChartRef {
                    repository: repository.clone(),
                    chart: chart.clone(),
                    version: row.version,
                },
                None => self.catalog.newest(repository, chart).await?,
            })
        })
        .await
    }

    /// The versions of a chart, newest first.
    ///
    /// # Errors
    /// [`Error::Catalog`] or [`Error::NotPermitted`].
    pub async fn chart_versions(
        &self,
        caller: &Caller,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<VersionsView, Error> {
        self.permitted(caller, Action::Read, self.versions(repository, chart))
            .await
    }

    pub(crate) async fn versions(
        &self,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<VersionsView, Error> {
        let mut view = self.bundle_versions(repository, chart).await;
        let is_bundle = !view.versions.is_empty();
        let listing = self.catalog.listing(repository, REPOSITORY_TIMEOUT).await?;
        let chart_index = listing.index.unwrap_or_default();
        let own = chart_index.charts.get(chart).into_iter().flatten();
        view.versions.extend(own.map(of_entry));
        if is_bundle {
            recommend(&mut view.versions, &self.kubernetes_versions().await);
        }
        Ok(view)
    }

    /// The versions of Istio that a card of the built-in repository offers; none for any other chart.
    async fn bundle_versions(&self, repository: &Repository, chart: &ChartName) -> VersionsView {
        let is_card = repository.as_str() == catalog::BUILT_IN && catalog::is_bundle(chart);
        if !is_card {
            return VersionsView::default();
        }
        let problem = self.catalog.read_istio_charts(REPOSITORY_TIMEOUT).await;
        let versions = self.catalog.bundle_versions(chart).into_iter();
        let row = |found: catalog::BundleVersion| VersionView {
            app_version: found.version.clone(),
            created: day(&found.created),
            kubernetes: self.istio_kubernetes(&found.version),
            ..version_view(&found.version)
        };
        VersionsView {
            versions: versions.map(row).collect(),
            problem: problem.map(|error| Problem::from(&*error)),
        }
    }

    /// The Kubernetes versions that the documentation of a version of Istio names.
    fn istio_kubernetes(&self, istio: &str) -> Option<KubernetesRange> {
        let row = self.setup.istio_releases.of(istio)?;
        let (oldest, newest) = row.kubernetes.clone()?;
        Some(KubernetesRange {
            oldest: Some(oldest),
            newest,
        })
    }

    /// The Kubernetes versions of the registered clusters that answer in time.
    async fn kubernetes_versions(&self) -> Vec<(ClusterName, String)> {
        let asked = self.connections.all().into_iter().map(async |connection| {
            let version = tokio::time::timeout(CLUSTER_TIMEOUT, connection.user.version());
            Some((connection.name.clone(), version.await.ok()?.ok()?))
        });
        let answered = futures::future::join_all(asked).await;
        answered.into_iter().flatten().collect()
    }
}

fn version_view(version: &str) -> VersionView {
    VersionView {
        version: version.to_owned(),
        app_version: String::new(),
        created: String::new(),
        kubernetes: None,
        fits: Vec::new(),
        recommended: false,
    }
}

fn of_entry(entry: &catalog::Entry) -> VersionView {
    let newest = entry.annotations.get(NEWEST_KUBERNETES);
    VersionView {
        app_version: entry.app_version.clone(),
        created: day(&entry.created),
        kubernetes: newest.map(|newest| KubernetesRange {
            oldest: None,
            newest: newest.clone(),
        }),
        ..version_view(&entry.version)
    }
}

/// The day of a time as repositories write it.
fn day(time: &str) -> String {
    time.chars()
        .take_while(|c| *c != 'T' && *c != ' ')
        .collect()
}

/// Notes which clusters each version fits, and recommends one: of those that fit the most clusters, the newest.
fn recommend(versions: &mut [VersionView], clusters: &[(ClusterName, String)]) {
    for row in versions.iter_mut() {
        let fitting = clusters.iter().filter(|(_, version)| {
            let range = row.kubernetes.as_ref();
            range.is_some_and(|range| is_within(range, version))
        });
        row.fits = fitting.cloned().collect();
    }
    let best = versions
        .iter_mut()
        .enumerate()
        .max_by_key(|(position, row)| (row.fits.len(), Reverse(*position)));
    if let Some((_, row)) = best {
        row.recommended = clusters.is_empty() || !row.fits.is_empty();
    }
}

fn is_within(range: &KubernetesRange, version: &str) -> bool {
    let (Some(version), Some(newest)) = (minor(version), minor(&range.newest)) else {
        return false;
    };
    let oldest = range.oldest.as_deref().and_then(minor);
    version <= newest && oldest.is_none_or(|oldest| oldest <= version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recommended(clusters: &[&str]) -> Option<String> {
        let row = |version: &str, oldest: Option<&str>, newest: &str| VersionView {
            kubernetes: Some(KubernetesRange {
                oldest: oldest.map(str::to_owned),
                newest: newest.to_owned(),
            }),
            ..version_view(version)
        };
        let mut versions = [
            row("1.31.2", Some("1.32"), "1.36"),
            row("1.31.1", Some("1.32"), "1.36"),
            row("1.30.5", Some("1.31"), "1.36"),
            row("1.0.0", None, "1.21"),
        ];
        let clusters: Vec<(ClusterName, String)> = clusters
            .iter()
            .enumerate()
            .map(|(n, version)| {
                let name = ClusterName::new(format!("c{n}")).expect("a name");
                (name, (*version).to_owned())
            })
            .collect();
        recommend(&mut versions, &clusters);
        let mut rows = versions.into_iter().filter(|row| row.recommended);
        rows.next().map(|row| row.version)
    }

    #[test]
    fn the_newest_version_that_fits_the_most_clusters_is_recommended() {
        let expected = |version: &str| Some(version.to_owned());
        assert_eq!(recommended(&["v1.36.3", "v1.35.0"]), expected("1.31.2"));
        assert_eq!(recommended(&["v1.36.3", "v1.31.4"]), expected("1.30.5"));
        assert_eq!(recommended(&["v1.20.1"]), expected("1.0.0"));
        assert_eq!(recommended(&["v1.25.0"]), None, "no version fits");
        assert_eq!(recommended(&[]), expected("1.31.2"));
    }
}
