//! The entries of an index that are no charts to install, and why each is skipped.

use serde::{Deserialize, Serialize};
use wire::repository::{SkippedEntry, SkippedEntryReason};

/// The entries that are kept with their reasons; the others are counted.
const MAX_LISTED: usize = 100;
/// The characters of a name or version that are kept: both are texts of a server.
const MAX_CHARS: usize = 120;

/// The skipped entries of an index: their number, and the first ones with their reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct SkippedEntries {
    /// The number of skipped entries.
    pub count: u32,
    /// The first skipped entries, 100 at most.
    pub listed: Vec<SkippedEntry>,
}

/// The stored form: earlier versions stored the number only.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Count(u32),
    Entries {
        count: u32,
        listed: Vec<SkippedEntry>,
    },
}

impl From<Stored> for SkippedEntries {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Count(count) => Self {
                count,
                listed: Vec::new(),
            },
            Stored::Entries { count, listed } => Self { count, listed },
        }
    }
}

impl SkippedEntries {
    /// Adds an entry: the chart and the version as the repository writes them, "" where it has none.
    pub(crate) fn add(&mut self, chart: &str, version: &str, reason: SkippedEntryReason) {
        self.count = self.count.saturating_add(1);
        if self.listed.len() < MAX_LISTED {
            self.listed.push(SkippedEntry {
                chart: shortened(chart),
                version: shortened(version),
                reason,
            });
        }
    }

    /// Adds the skipped entries of a part of the index.
    pub(crate) fn extend(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        let free = MAX_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(other.listed.into_iter().take(free));
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_hundred_are_listed_with_short_texts() {
        let mut skipped = SkippedEntries::default();
        for _ in 0..90 {
            skipped.add(&"é".repeat(500), "1", SkippedEntryReason::ChartName);
        }
        skipped.extend(skipped.clone());
        assert_eq!((skipped.count, skipped.listed.len()), (180, 100));
        assert_eq!(skipped.listed[0].chart.chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn the_number_that_earlier_versions_stored_is_read() {
        let skipped: SkippedEntries = serde_json::from_str("7").expect("a number");
        assert_eq!((skipped.count, skipped.listed.len()), (7, 0));
        let stored = serde_json::to_string(&skipped).expect("JSON");
        assert_eq!(
            serde_json::from_str::<SkippedEntries>(&stored).ok(),
            Some(skipped)
        );
    }
}
