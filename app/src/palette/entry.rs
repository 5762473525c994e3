//! What the palette can find, and in which order.
//!
//! Pure: entries and letters in, the best entries out. Start at [`best`].

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Group {
    /// A page of the rail.
    Page,
    /// A cluster.
    Cluster,
    /// A release.
    Release,
    /// A chart.
    Chart,
}

/// Something that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// What it is.
    pub(crate) group: Group,
    /// Its name.
    pub(crate) name: String,
    /// Where it is, in a word or two.
    pub(crate) place: String,
    /// Its URL.
    pub(crate) to: String,
}

/// How many entries are shown.
const MOST: usize = 12;

/// The entries that fit the letters, the best first: whole beginnings, then beginnings of a word, then
/// parts, then letters in their order. Entries that fit equally well keep their order.
pub(crate) fn best(entries: &[Entry], wanted: &str) -> Vec<Entry> {
    let wanted = wanted.trim().to_lowercase();
    let mut found: Vec<(u8, &Entry)> = entries
        .iter()
        .filter_map(|entry| Some((rank(&entry.name.to_lowercase(), &wanted)?, entry)))
        .collect();
    found.sort_by_key(|(rank, entry)| (*rank, entry.group));
    let best = found.into_iter().take(MOST);
    best.map(|(_, entry)| entry.clone()).collect()
}

fn rank(name: &str, wanted: &str) -> Option<u8> {
    if name.starts_with(wanted) {
        return Some(0);
    }
    if name
        .split(['-', ' ', '.', '/'])
        .any(|word| word.starts_with(wanted))
    {
        return Some(1);
    }
    if name.contains(wanted) {
        return Some(2);
    }
    let mut letters = name.chars();
    let in_order = wanted
        .chars()
        .all(|wanted| letters.any(|letter| letter == wanted));
    in_order.then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(group: Group, name: &str) -> Entry {
        Entry {
            group,
            name: name.to_owned(),
            place: String::new(),
            to: String::new(),
        }
    }

    fn names(wanted: &str) -> Vec<String> {
        let entries = [
            entry(Group::Page, "Releases"),
            entry(Group::Cluster, "istio-remote1"),
            entry(Group::Release, "ack-istio-remote"),
            entry(Group::Chart, "remote-shell"),
            entry(Group::Chart, "prometheus"),
        ];
        best(&entries, wanted)
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    #[test]
    fn a_beginning_comes_before_a_part() {
        assert_eq!(
            names("remo"),
            ["remote-shell", "istio-remote1", "ack-istio-remote"]
        );
    }

    #[test]
    fn letters_in_their_order_are_enough() {
        assert_eq!(names("pmth"), ["prometheus"]);
        assert_eq!(names("zz"), [""; 0]);
    }

    #[test]
    fn without_letters_everything_is_found_in_its_groups() {
        assert_eq!(names("").len(), 5);
        assert_eq!(names(" ").first().map(String::as_str), Some("Releases"));
    }
}
