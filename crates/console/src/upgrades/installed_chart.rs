//! The chart of an installed revision: the archive that was deployed, else the same version in a repository or among the
//! uploads, else what the record has.

use crate::{Console, draft::Draft};
use catalog::{Digest, OpenedChart, UPLOADED};
use chart::{Chart, Values};
use release::Release;
use std::{borrow::Cow, sync::Arc};
use wire::{ChartRef, Repository, release::ReleaseRef, values_merge::DefaultsSource};

/// The chart of a revision, with its subcharts.
pub(crate) struct InstalledChart {
    pub(crate) chart: Arc<Chart>,
    pub(crate) source: DefaultsSource,
}

impl Console {
    /// The chart of a revision with its subcharts; none when only the record has it. `next` is the chart of which it is
    /// another version.
    pub(crate) async fn installed_chart(
        &self,
        at: &ReleaseRef,
        release: &Release,
        next: &ChartRef,
    ) -> Option<InstalledChart> {
        let version = release.chart.metadata("version").to_owned();
        let (name, wanted) = (next.chart.clone(), version.clone());
        let deployed = self.job_draft(at, move |draft| {
            draft.chart.chart == name && draft.chart.version == wanted
        });
        let deployed = deployed.await.ok().flatten();
        if let Some(installed) = self.deployed_archive(deployed.as_ref(), release).await {
            return Some(installed);
        }
        let origin = deployed.map(|draft| draft.chart.repository);
        let uploads = Repository::new(UPLOADED).ok();
        let mut repositories: Vec<Repository> = Vec::new();
        for repository in origin
            .into_iter()
            .chain([next.repository.clone()])
            .chain(uploads)
        {
            if !repositories.contains(&repository) {
                repositories.push(repository);
            }
        }
        for repository in repositories {
            let reference = ChartRef {
                repository,
                chart: next.chart.clone(),
                version: version.clone(),
            };
            let opened = self.catalog.chart(&reference).await.ok();
            if let Some(chart) = opened.and_then(|opened| same_chart(opened, release)) {
                let source = DefaultsSource::Catalog(reference);
                return Some(InstalledChart { chart, source });
            }
        }
        None
    }

    /// The archive with which this console deployed a revision.
    async fn deployed_archive(
        &self,
        deployed: Option<&Draft>,
        release: &Release,
    ) -> Option<InstalledChart> {
        let draft = deployed?;
        let digest = Digest::parse(draft.digest.as_deref()?).ok()?;
        let opened = self
            .catalog
            .pinned_chart(&draft.chart, &digest)
            .await
            .ok()?;
        let chart = same_chart(opened, release)?;
        let source = DefaultsSource::Archive(draft.chart.clone());
        Some(InstalledChart { chart, source })
    }
}

/// A chart for the version of Helm of a release, unless its default values are not those of the record. The record of a
/// chart with dependencies has merged ones, which say nothing.
fn same_chart(opened: OpenedChart, release: &Release) -> Option<Arc<Chart>> {
    let chart = match opened.chart.for_helm(release.helm).ok()? {
        Cow::Borrowed(_) => opened.chart,
        Cow::Owned(chart) => Arc::new(chart),
    };
    let has_dependencies = !chart.metadata().dependencies.is_empty();
    let defaults = Values::parse_documents(chart.values_text(), release.helm).ok()?;
    (has_dependencies || defaults.to_json() == release.chart.values).then_some(chart)
}
