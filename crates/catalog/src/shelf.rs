//! What a repository offers: its charts, each with its versions, newest first.

use crate::{digest::Digest, version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::ChartName;

/// The charts of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Each chart with its versions, newest first; never without one.
    pub charts: BTreeMap<ChartName, Vec<Entry>>,
    /// Entries that were passed over: a name or a version that cannot be one.
    pub passed_over: u32,
}

/// One version of one chart, as its repository lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The version.
    pub version: String,
    /// The version of what it installs.
    pub app_version: String,
    /// One sentence about it.
    pub description: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// What its authors say besides.
    pub annotations: BTreeMap<String, String>,
    /// When it was made, as the repository writes it.
    pub created: String,
    /// Whether its authors advise against it.
    pub deprecated: bool,
    /// The digest of its archive.
    pub digest: Option<Digest>,
    /// Where its archive is, absolute or from the index.
    pub urls: Vec<String>,
}

impl From<&chart::Metadata> for Entry {
    /// What a chart's own Chart.yaml says.
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

impl Shelf {
    /// Puts a version on the shelf.
    pub(crate) fn put(&mut self, name: ChartName, entry: Entry) {
        self.charts.entry(name).or_default().push(entry);
    }

    /// Orders the versions of each chart, newest first. Only the newest keeps its sentences: an index
    /// repeats them hundreds of times.
    pub(crate) fn ordered(mut self) -> Self {
        for versions in self.charts.values_mut() {
            versions.sort_by(|one, other| version::order(&other.version, &one.version));
            let newest = newest(versions).map(|entry| entry.version.clone());
            for entry in versions
                .iter_mut()
                .filter(|one| Some(&one.version) != newest.as_ref())
            {
                entry.description = String::new();
                entry.keywords = Vec::new();
                entry.annotations = BTreeMap::new();
            }
        }
        self
    }

    /// The version that is meant when none is named.
    pub fn newest(&self, chart: &ChartName) -> Option<&Entry> {
        newest(self.charts.get(chart)?)
    }

    /// One version.
    pub fn entry(&self, chart: &ChartName, version: &str) -> Option<&Entry> {
        let versions = self.charts.get(chart)?;
        versions.iter().find(|entry| entry.version == version)
    }

    /// How many versions there are of all charts.
    pub fn versions(&self) -> usize {
        self.charts.values().map(Vec::len).sum()
    }
}

/// The highest version that is no prerelease, or the highest at all.
fn newest(versions: &[Entry]) -> Option<&Entry> {
    let stable = |entry: &&Entry| !version::is_prerelease(&entry.version);
    versions.iter().find(stable).or_else(|| versions.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(versions: &[&str]) -> (Shelf, ChartName) {
        let name = ChartName::new("shop").expect("a name");
        let mut shelf = Shelf::default();
        for version in versions {
            let entry = Entry {
                version: (*version).to_owned(),
                description: format!("shop {version}"),
                ..Entry::default()
            };
            shelf.put(name.clone(), entry);
        }
        (shelf.ordered(), name)
    }

    #[test]
    fn the_newest_is_no_prerelease_unless_there_is_nothing_else() {
        let (shelf, name) = shelf(&["1.9.0", "2.0.0-rc.1", "1.10.0"]);
        let newest = shelf.newest(&name).expect("one");
        assert_eq!(
            (newest.version.as_str(), newest.description.as_str()),
            ("1.10.0", "shop 1.10.0")
        );
        let (shelf, name) = self::shelf(&["1.0.0-a", "1.0.0-b"]);
        assert_eq!(
            shelf.newest(&name).map(|one| one.version.as_str()),
            Some("1.0.0-b")
        );
    }
}
