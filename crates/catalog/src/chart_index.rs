//! The index of a repository: its charts, each with its versions, newest first.

use crate::{digest::Digest, skipped::SkippedEntries, version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::ChartName;

/// The charts of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartIndex {
    /// The versions of each chart, newest first; never empty.
    pub charts: BTreeMap<ChartName, Vec<Entry>>,
    /// The entries that were skipped, with the reasons.
    #[serde(alias = "passed_over")]
    pub skipped: SkippedEntries,
}

/// One version of one chart, as its repository lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The version.
    pub version: String,
    /// The version of the application.
    pub app_version: String,
    /// The description.
    pub description: String,
    /// The keywords.
    pub keywords: Vec<String>,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// When it was published, as the repository writes it.
    pub created: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The digest of its archive.
    pub digest: Option<Digest>,
    /// The URLs of its archive, absolute or relative to the index.
    pub urls: Vec<String>,
}

impl From<&chart::Metadata> for Entry {
    /// The entry of a chart's own Chart.yaml.
    fn from(metadata: &chart::Metadata) -> Self {
        Self {
            version: metadata.version.clone(),
            app_version: metadata.app_version.clone(),
            description: metadata.description.clone(),
            keywords: metadata.keywords.clone(),
            annotations: metadata.annotations.clone(),
            deprecated: metadata.deprecated,
            ..Self::default()
        }
    }
}

impl ChartIndex {
    /// Adds a version of a chart.
    pub(crate) fn add(&mut self, name: ChartName, entry: Entry) {
        self.charts.entry(name).or_default().push(entry);
    }

    /// Sorts the versions of each chart, newest first; of versions that differ in their build metadata only,
    /// the first of the index is the newest, as for Helm. Only the newest keeps its description, keywords and
    /// annotations: an index repeats them hundreds of times.
    pub(crate) fn sorted(mut self) -> Self {
        for versions in self.charts.values_mut() {
            versions.sort_by(|left, right| version::precedence(&right.version, &left.version));
            let newest = newest(versions).map(|entry| entry.version.clone());
            for entry in versions
                .iter_mut()
                .filter(|entry| Some(&entry.version) != newest.as_ref())
            {
                entry.description = String::new();
                entry.keywords = Vec::new();
                entry.annotations = BTreeMap::new();
            }
        }
        self
    }

    /// The default version of a chart.
    pub fn newest(&self, chart: &ChartName) -> Option<&Entry> {
        newest(self.charts.get(chart)?)
    }

    /// One version of a chart.
    pub fn entry(&self, chart: &ChartName, version: &str) -> Option<&Entry> {
        let versions = self.charts.get(chart)?;
        versions.iter().find(|entry| entry.version == version)
    }

    /// The number of versions of all charts.
    pub fn versions(&self) -> usize {
        self.charts.values().map(Vec::len).sum()
    }
}

/// The highest version that is not a prerelease, else the highest.
fn newest(versions: &[Entry]) -> Option<&Entry> {
    let stable = |entry: &&Entry| !version::is_prerelease(&entry.version);
    versions.iter().find(stable).or_else(|| versions.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart_index(versions: &[&str]) -> (ChartIndex, ChartName) {
        let name = ChartName::new("shop").expect("a name");
        let mut chart_index = ChartIndex::default();
        for version in versions {
            let entry = Entry {
                version: (*version).to_owned(),
                description: format!("shop {version}"),
                ..Entry::default()
            };
            chart_index.add(name.clone(), entry);
        }
        (chart_index.sorted(), name)
    }

    #[test]
    fn the_first_of_versions_that_differ_in_build_metadata_is_the_newest() {
        for versions in [
            ["1.0.0+b", "1.0.0+c", "1.0.0+a"],
            ["1.0.0+a", "1.0.0+b", "1.0.0+c"],
        ] {
            let (chart_index, name) = chart_index(&versions);
            let newest = chart_index.newest(&name).expect("a version");
            assert_eq!(newest.version, versions[0]);
        }
    }

    #[test]
    fn the_newest_version_is_no_prerelease_unless_all_are() {
        let (chart_index, name) = chart_index(&["1.9.0", "2.0.0-rc.1", "1.10.0"]);
        let newest = chart_index.newest(&name).expect("a version");
        assert_eq!(
            (newest.version.as_str(), newest.description.as_str()),
            ("1.10.0", "shop 1.10.0")
        );
        let (chart_index, name) = self::chart_index(&["1.0.0-a", "1.0.0-b"]);
        assert_eq!(
            chart_index
                .newest(&name)
                .map(|entry| entry.version.as_str()),
            Some("1.0.0-b")
        );
    }
}
