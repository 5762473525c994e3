//! Where the charts of bundles come from: the parameters of a card are embedded, Istio's charts come from a
//! repository or from uploaded archives.

use super::{
    Bundle, Part, PartChart,
    istio::{BUNDLES, CHARTS, ISTIO_CHARTS, MINORS},
};
use crate::{
    Address, BUILT_IN, Catalog, Credentials, Entry, Error, Listing, Provenance, RepositoryConfig,
    UPLOADED, builtin, remote::Remote, resolver::AllowedHosts, version,
};
use chart::Chart;
use std::{cmp::Ordering, collections::BTreeSet, sync::Arc, time::Duration};
use wire::{ChartName, ChartRef, Repository};

/// A version of Istio that a bundle installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleVersion {
    /// The version.
    pub version: String,
    /// When it was published, as the repository writes it; "" for uploaded charts.
    pub created: String,
}

impl Catalog {
    /// Sets the repository of Istio's charts. Nothing is dialled yet.
    ///
    /// # Errors
    /// [`Error::Fetch`] when no client can be made for it, [`Error::Name`].
    pub fn set_istio_charts(&self, address: Address) -> Result<(), Error> {
        let config = RepositoryConfig {
            name: repository(ISTIO_CHARTS)?,
            address,
            credentials: Credentials::default(),
            ca_bundle: String::new(),
            provenance: Provenance::Optional,
        };
        let hosts = AllowedHosts::Operator(self.setup.addresses);
        let remote = Remote::of_charts(config, hosts, self.network(), CHARTS)?;
        remote.load_cached(&self.cache);
        *self.istio_charts.write() = Some(Arc::new(remote));
        Ok(())
    }

    /// Reads the index of Istio's charts when it is out of date, and waits for it. Returns the error of the last
    /// read, if it failed.
    pub async fn read_istio_charts(&self, timeout: Duration) -> Option<Arc<Error>> {
        let remote = self.istio_charts.read().clone()?;
        if let Some(reading) = self.start_read(&remote) {
            let _ = tokio::time::timeout(timeout, reading).await;
        }
        remote.state().problem
    }

    /// The repository of Istio's charts, from the cache; none when none is configured.
    pub fn istio_listing(&self) -> Option<Listing> {
        let remote = self.istio_charts.read().clone()?;
        Some(Self::remote_listing(&remote, &remote.state()))
    }

    /// The bundle that a chart of the catalog is; none for any other chart.
    ///
    /// # Errors
    /// [`Error::UnknownIstio`] for the card of a bundle in a version whose charts are not known here.
    pub fn bundle(&self, reference: &ChartRef) -> Result<Option<&'static Bundle>, Error> {
        if reference.repository.as_str() != BUILT_IN || self.local.contains_key(reference) {
            return Ok(None);
        }
        let Some(bundle) = bundle_of_card(reference.chart.as_str()) else {
            return Ok(None);
        };
        if is_known(&reference.version) {
            return Ok(Some(bundle));
        }
        let known = MINORS
            .iter()
            .map(|(major, minor)| format!("{major}.{minor}"));
        Err(Error::UnknownIstio {
            version: reference.version.clone(),
            known: known.collect::<Vec<_>>().join(", "),
        })
    }

    /// The versions of Istio that the card of a bundle offers, newest first: those that the repository lists, as
    /// far as its index was read, and those whose charts are uploaded.
    pub fn bundle_versions(&self, card: &ChartName) -> Vec<BundleVersion> {
        let Some(bundle) = bundle_of_card(card.as_str()) else {
            return Vec::new();
        };
        let charts: BTreeSet<&str> = istio_charts(bundle).collect();
        let entries: Vec<Entry> = self.istio_entries("istiod");
        let listed = |chart: &&str, version: &str| {
            let entries = self.istio_entries(chart);
            entries.iter().any(|entry| entry.version == version)
        };
        let mut versions: Vec<BundleVersion> = entries
            .into_iter()
            .filter(|entry| is_known(&entry.version) && !version::is_prerelease(&entry.version))
            .filter(|entry| charts.iter().all(|chart| listed(chart, &entry.version)))
            .map(|entry| BundleVersion {
                version: entry.version,
                created: entry.created,
            })
            .collect();
        versions.sort_by(newest_first);
        versions.dedup_by(|left, right| left.version == right.version);
        versions
    }

    /// The chart of a part in a version of the bundle: an uploaded one when all charts of that version are
    /// uploaded, else the one of the repository.
    ///
    /// # Errors
    /// [`Error::NoIstioCharts`] when there is neither, [`Error::Name`], [`Error::Chart`].
    pub fn part_chart(
        &self,
        bundle: &Bundle,
        part: &Part,
        version: &str,
    ) -> Result<ChartRef, Error> {
        let PartChart::Istio(name) = part.chart else {
            return self.own_part(part.chart.name());
        };
        let uploaded = |chart: &str| istio_chart(UPLOADED, chart, version);
        let are_uploaded = istio_charts(bundle)
            .all(|chart| uploaded(chart).is_ok_and(|chart| self.upload(&chart).is_some()));
        if are_uploaded {
            return uploaded(name);
        }
        if self.istio_charts.read().is_some() {
            return istio_chart(ISTIO_CHARTS, name, version);
        }
        let files = istio_charts(bundle).map(|chart| format!("{chart}-{version}.tgz"));
        Err(Error::NoIstioCharts {
            version: version.to_owned(),
            files: files
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(", "),
        })
    }

    /// The card of a bundle as a chart: its parameters without templates.
    pub(crate) fn bundle_chart(&self, reference: &ChartRef) -> Result<Option<Chart>, Error> {
        let Some(bundle) = self.bundle(reference)? else {
            return Ok(None);
        };
        builtin::bundle_chart(bundle.card, &reference.version).map(Some)
    }

    /// A chart of this console that is a part of a bundle.
    fn own_part(&self, name: &str) -> Result<ChartRef, Error> {
        let found = self
            .own_parts
            .keys()
            .find(|part| part.chart.as_str() == name);
        found.cloned().ok_or_else(|| Error::Chart {
            folder: name.to_owned(),
            source: Box::new(chart::Error::MissingMetadata),
        })
    }

    /// The entries of a chart of Istio, of the repository and of the uploads.
    fn istio_entries(&self, chart: &str) -> Vec<Entry> {
        let Ok(name) = ChartName::new(chart) else {
            return Vec::new();
        };
        let remote = self.istio_charts.read().clone();
        let index = remote.and_then(|remote| remote.state().cached);
        let listed = index.and_then(|cached| cached.index.charts.get(&name).cloned());
        let uploads = self.uploads.read();
        let uploaded = uploads
            .iter()
            .filter(|(reference, _)| reference.chart == name);
        let uploaded = uploaded.map(|(_, upload)| upload.entry.clone());
        listed.into_iter().flatten().chain(uploaded).collect()
    }
}

/// The bundle of a card.
pub fn bundle_of_card(card: &str) -> Option<&'static Bundle> {
    BUNDLES.iter().find(|bundle| bundle.card == card)
}

/// Whether a built-in chart is the card of a bundle in some of its versions.
pub fn is_bundle(chart: &ChartName) -> bool {
    bundle_of_card(chart.as_str()).is_some()
}

/// The charts of Istio that a bundle needs.
fn istio_charts(bundle: &Bundle) -> impl Iterator<Item = &'static str> {
    bundle.parts.iter().filter_map(|part| match part.chart {
        PartChart::Istio(name) => Some(name),
        PartChart::Own(_) => None,
    })
}

/// Whether the charts of a version of Istio are known.
fn is_known(text: &str) -> bool {
    version::parse(text).is_some_and(|version| MINORS.contains(&(version.major, version.minor)))
}

fn newest_first(left: &BundleVersion, right: &BundleVersion) -> Ordering {
    version::order(&right.version, &left.version)
}

fn repository(name: &str) -> Result<Repository, Error> {
    Repository::new(name).map_err(|source| Error::Name {
        folder: name.to_owned(),
        source,
    })
}

fn istio_chart(in_repository: &str, chart: &str, version: &str) -> Result<ChartRef, Error> {
    Ok(ChartRef {
        repository: repository(in_repository)?,
        chart: ChartName::new(chart).map_err(|source| Error::Name {
            folder: chart.to_owned(),
            source,
        })?,
        version: version.to_owned(),
    })
}
