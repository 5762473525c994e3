//! The entries of the palette: which match a query, and in which order.
//!
//! The module is pure: entries and a query in, the best matches out. Start at [`best_matches`].

use super::actions::Command;

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Group {
    /// A page of the navigation.
    Page,
    /// An action.
    Action,
    /// A cluster.
    Cluster,
    /// A mesh.
    Mesh,
    /// A release.
    Release,
    /// A chart.
    Chart,
}

/// An entry that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// Its kind.
    pub(crate) group: Group,
    /// Its name.
    pub(crate) name: String,
    /// Its location in a word or two: cluster and namespace, repository.
    pub(crate) location: String,
    /// Its URL; empty for a command.
    pub(crate) url: String,
    /// What it executes, if it opens no page.
    pub(crate) command: Option<Command>,
    /// Why it cannot be chosen.
    pub(crate) refused: Option<String>,
}

impl Entry {
    /// An entry that opens a page, without a name yet.
    pub(crate) fn opens(url: String) -> Self {
        Self {
            group: Group::Page,
            name: String::new(),
            location: String::new(),
            url,
            command: None,
            refused: None,
        }
    }
}

/// The number of entries that are shown.
const MAX_MATCHES: usize = 24;

/// The entries that match the query, the best first: a prefix of the name, a prefix of a word, a part of the
/// name, letters in the order of the name, words of name and location. Entries with the same rank keep their
/// order.
pub(crate) fn best_matches(entries: &[Entry], query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let mut matches: Vec<(u8, &Entry)> = entries
        .iter()
        .filter_map(|entry| {
            let rank = rank(&entry.name.to_lowercase(), &query);
            let by_words = || has_words(entry, &query).then_some(4);
            Some((rank.or_else(by_words)?, entry))
        })
        .collect();
    matches.sort_by_key(|(rank, entry)| (*rank, entry.group));
    let best = matches.into_iter().take(MAX_MATCHES);
    best.map(|(_, entry)| entry.clone()).collect()
}

fn rank(name: &str, query: &str) -> Option<u8> {
    if name.starts_with(query) {
        return Some(0);
    }
    if name
        .split(['-', ' ', '.', '/'])
        .any(|word| word.starts_with(query))
    {
        return Some(1);
    }
    if name.contains(query) {
        return Some(2);
    }
    let mut letters = name.chars();
    let in_order = query
        .chars()
        .all(|letter| letters.any(|next| next == letter));
    in_order.then_some(3)
}

/// Whether name and location have all words of the query.
fn has_words(entry: &Entry, query: &str) -> bool {
    let text = format!("{} {}", entry.name, entry.location).to_lowercase();
    query.split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(group: Group, name: &str) -> Entry {
        Entry {
            group,
            name: name.to_owned(),
            ..Entry::opens(String::new())
        }
    }

    fn names(query: &str) -> Vec<String> {
        let entries = [
            entry(Group::Page, "Releases"),
            entry(Group::Cluster, "istio-remote1"),
            entry(Group::Release, "ack-istio-remote"),
            entry(Group::Chart, "remote-shell"),
            entry(Group::Chart, "prometheus"),
        ];
        best_matches(&entries, query)
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    #[test]
    fn a_prefix_ranks_before_a_part() {
        assert_eq!(
            names("remo"),
            ["remote-shell", "istio-remote1", "ack-istio-remote"]
        );
    }

    #[test]
    fn letters_in_the_order_of_the_name_match() {
        assert_eq!(names("pmth"), ["prometheus"]);
        assert_eq!(names("zz"), [""; 0]);
    }

    #[test]
    fn words_of_the_location_match() {
        let release = Entry {
            location: "east · shop".to_owned(),
            ..entry(Group::Release, "reviews")
        };
        let entries = [release, entry(Group::Cluster, "east")];
        assert_eq!(best_matches(&entries, "east rev").len(), 1);
        assert_eq!(best_matches(&entries, "east").len(), 2);
        assert_eq!(best_matches(&entries, "west rev").len(), 0);
    }

    #[test]
    fn an_empty_query_matches_every_entry_sorted_by_group() {
        assert_eq!(names("").len(), 5);
        assert_eq!(names(" ").first().map(String::as_str), Some("Releases"));
    }
}
