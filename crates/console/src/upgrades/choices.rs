//! The charts that a release can be upgraded to.

use crate::{Console, Error, jobs::basis_of, releases::key_of, repositories::REPOSITORY_TIMEOUT};
use catalog::{Entry, Listing, is_newer};
use std::cmp::Reverse;
use wire::{
    ChartName, Repository, Revision,
    release::ReleaseRef,
    upgrade::{UpgradeChoicesView, UpgradeSource, UpgradeVersion, VersionAge},
};

impl Console {
    pub(super) async fn choices(&self, at: &ReleaseRef) -> Result<UpgradeChoicesView, Error> {
        let connection = self.connections.get(&at.cluster)?;
        let key = key_of(at);
        let (newest, mut listings, origin, _) = tokio::join!(
            release::latest(&connection.user, &key),
            self.catalog.listings(REPOSITORY_TIMEOUT),
            self.origin(at),
            self.catalog.read_istio_charts(REPOSITORY_TIMEOUT),
        );
        // It has charts of the names base, istiod and gateway only; its problem concerns no other release.
        let istio = self.catalog.istio_listing();
        let has_chart = |listing: &Listing, chart: &str| {
            let index = listing.index.as_ref();
            index.is_some_and(|index| index.charts.keys().any(|name| name.as_str() == chart))
        };
        let (newest, origin) = (newest?, origin?);
        let chart = newest.chart.metadata("name").to_owned();
        let version = basis_of(&newest).version;
        listings.extend(istio.filter(|istio| has_chart(istio, &chart)));
        let mut sources = sources(&listings, &chart, &version, origin.as_ref());
        sources.sort_by_key(|source| Reverse(source.is_origin));
        let failing = listings.iter().filter(|listing| listing.problem.is_some());
        Ok(UpgradeChoicesView {
            at: at.clone(),
            revision: Revision(newest.version),
            state: newest.info.status.into(),
            chart,
            version,
            sources,
            unread: failing.map(|listing| listing.repository.clone()).collect(),
        })
    }

    /// The repository from which this console installed a release; none when another tool did.
    async fn origin(&self, at: &ReleaseRef) -> Result<Option<Repository>, Error> {
        let draft = self.last_draft(at).await?;
        Ok(draft.map(|draft| draft.chart.repository))
    }
}

/// The charts of a name.
fn sources(
    listings: &[Listing],
    chart: &str,
    installed: &str,
    origin: Option<&Repository>,
) -> Vec<UpgradeSource> {
    let Ok(name) = ChartName::new(chart) else {
        return Vec::new();
    };
    let found = listings.iter().filter_map(|listing| {
        let versions = listing.index.as_ref()?.charts.get(&name)?;
        Some(UpgradeSource {
            repository: listing.repository.clone(),
            chart: name.clone(),
            is_origin: origin == Some(&listing.repository),
            versions: versions
                .iter()
                .map(|entry| of_entry(entry, installed))
                .collect(),
        })
    });
    found.collect()
}

fn of_entry(entry: &Entry, installed: &str) -> UpgradeVersion {
    UpgradeVersion {
        version: entry.version.clone(),
        app_version: entry.app_version.clone(),
        age: if entry.version == installed {
            VersionAge::Same
        } else if is_newer(&entry.version, installed) {
            VersionAge::Newer
        } else {
            VersionAge::Older
        },
    }
}
