//! What a timeline shows of its entries, without any look: a window of time, and repeated entries as one.
//!
//! Start at [`grouped`].

use crate::parts::Condition;
use std::cmp::Reverse;
use wire::Time;

/// Entries that are this close repeat each other, in seconds.
const REPEATED_WITHIN: i64 = 900;

/// A change in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimelineEntry {
    /// When it happened.
    pub(crate) at: Time,
    /// The cluster; none for a change of the console itself.
    pub(crate) cluster: Option<String>,
    /// What happened.
    pub(crate) title: String,
    /// The object, the duration and other facts.
    pub(crate) detail: String,
    /// The person or the tool.
    pub(crate) actor: String,
    /// How it ended, where it is remarkable.
    pub(crate) condition: Option<Condition>,
}

/// Entries that repeat each other; or a single one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryGroup {
    /// The newest entry.
    pub(crate) entry: TimelineEntry,
    /// The time of the oldest one.
    pub(crate) first: Time,
    /// The number of entries.
    pub(crate) number: u32,
}

/// The entries of the last `seconds`, the newest first, with those that repeat each other as one. Entries repeat
/// each other when they say the same about the same cluster within a short time, whatever happened elsewhere in between.
pub(crate) fn grouped(entries: &[TimelineEntry], now: Time, seconds: i64) -> Vec<EntryGroup> {
    let start = Time(now.0.saturating_sub(seconds));
    let within = entries
        .iter()
        .filter(|entry| entry.at >= start && entry.at <= now);
    let mut sorted: Vec<&TimelineEntry> = within.collect();
    sorted.sort_by_key(|entry| Reverse(entry.at));
    let mut groups: Vec<EntryGroup> = Vec::new();
    for entry in sorted {
        let repeats = |group: &&mut EntryGroup| {
            let newest = &group.entry;
            group.first.0 - entry.at.0 <= REPEATED_WITHIN
                && newest.cluster == entry.cluster
                && newest.title == entry.title
                && newest.actor == entry.actor
                && newest.condition == entry.condition
        };
        match groups.iter_mut().find(repeats) {
            Some(group) => {
                group.first = entry.at;
                group.number += 1;
            }
            None => groups.push(EntryGroup {
                entry: entry.clone(),
                first: entry.at,
                number: 1,
            }),
        }
    }
    groups
}

/// The clusters of the entries in the order of their names: the lanes.
pub(crate) fn lanes(groups: &[EntryGroup]) -> Vec<String> {
    let clusters = groups
        .iter()
        .filter_map(|group| group.entry.cluster.clone());
    let mut lanes: Vec<String> = clusters.collect();
    lanes.sort();
    lanes.dedup();
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: i64, cluster: &str, title: &str) -> TimelineEntry {
        TimelineEntry {
            at: Time(at),
            cluster: Some(cluster.into()),
            title: title.into(),
            detail: String::new(),
            actor: "alice".into(),
            condition: None,
        }
    }

    fn shown(entries: &[TimelineEntry], now: i64, seconds: i64) -> Vec<(String, i64, i64, u32)> {
        let groups = grouped(entries, Time(now), seconds).into_iter();
        groups
            .map(|group| {
                (
                    group.entry.title,
                    group.first.0,
                    group.entry.at.0,
                    group.number,
                )
            })
            .collect()
    }

    #[test]
    fn repeated_entries_are_one_with_their_number_and_times() {
        let entries = [
            entry(100, "west", "istiod restarted"),
            entry(200, "east", "Address changed"),
            entry(300, "west", "istiod restarted"),
            entry(400, "west", "istiod restarted"),
        ];
        let expected = [
            ("istiod restarted".to_owned(), 100, 400, 3),
            ("Address changed".to_owned(), 200, 200, 1),
        ];
        assert_eq!(shown(&entries, 500, 3600), expected);
    }

    #[test]
    fn entries_of_other_clusters_and_of_another_time_are_apart() {
        let other = TimelineEntry {
            actor: "bob".into(),
            ..entry(390, "west", "restarted")
        };
        let entries = [
            entry(100, "east", "restarted"),
            entry(100 - REPEATED_WITHIN - 1, "east", "restarted"),
            entry(100, "west", "restarted"),
            other,
        ];
        assert_eq!(shown(&entries, 500, 7200).len(), 4);
    }

    #[test]
    fn a_window_has_what_happened_in_it() {
        let entries = [
            entry(100, "east", "a"),
            entry(400, "east", "b"),
            entry(600, "east", "c"),
        ];
        let titles: Vec<String> = shown(&entries, 500, 200)
            .into_iter()
            .map(|(title, ..)| title)
            .collect();
        assert_eq!(titles, ["b"]);
        assert_eq!(shown(&[], 500, 200), []);
    }

    #[test]
    fn lanes_are_the_clusters_by_name() {
        let console = TimelineEntry {
            cluster: None,
            ..entry(100, "", "Login")
        };
        let entries = [
            entry(100, "west", "a"),
            entry(100, "east", "b"),
            entry(90, "west", "c"),
            console,
        ];
        assert_eq!(lanes(&grouped(&entries, Time(100), 60)), ["east", "west"]);
    }
}
