//! The contexts of a kubeconfig: their states, and the names of their clusters.

use super::state::{Filter, Row};
use crate::live::stream;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wire::{
    BadName, ClusterName, Problem,
    cluster::{ContextView, ProbeLine},
};

/// Why a name cannot be the name of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NameFault {
    Invalid(BadName),
    /// A cluster of this console has it.
    Taken,
    /// Another selected context has it.
    Twice,
}

fn name_fault(name: &str, taken: &BTreeSet<String>, selected: &[&str]) -> Option<NameFault> {
    if let Err(error) = ClusterName::new(name) {
        return Some(NameFault::Invalid(error));
    }
    if taken.contains(name) {
        return Some(NameFault::Taken);
    }
    let same = selected.iter().filter(|other| **other == name);
    (same.count() > 1).then_some(NameFault::Twice)
}

/// The contexts of a kubeconfig. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    rows: StoredValue<Vec<RwSignal<Row>>>,
    /// The names of the clusters of this console.
    taken: Memo<BTreeSet<String>>,
}

impl Rows {
    pub(super) fn of(contexts: Vec<ContextView>) -> Self {
        let rows = contexts
            .into_iter()
            .map(|context| RwSignal::new(Row::new(context)));
        let live = stream();
        Self {
            rows: StoredValue::new(rows.collect()),
            taken: Memo::new(move |_| live.cluster_names()),
        }
    }

    pub(super) fn len(self) -> usize {
        self.rows.try_with_value(Vec::len).unwrap_or_default()
    }

    /// The numbers of all rows.
    pub(super) fn all(self) -> std::ops::Range<usize> {
        0..self.len()
    }

    fn signal(self, at: usize) -> Option<RwSignal<Row>> {
        self.rows
            .try_with_value(|rows| rows.get(at).copied())
            .flatten()
    }

    /// The state of a context; none when the list is closed.
    pub(super) fn get(self, at: usize) -> Option<Row> {
        self.signal(at)?.try_get()
    }

    fn each(self) -> impl Iterator<Item = Row> {
        self.all().filter_map(move |at| self.get(at))
    }

    fn update(self, at: usize, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.signal(at) {
            let _ = row.try_update(change);
        }
    }

    pub(super) fn matches(self, at: usize, filter: &Filter) -> bool {
        self.get(at).is_some_and(|row| filter.matches(&row))
    }

    /// The number of contexts whose probe has ended.
    pub(super) fn probed(self) -> usize {
        self.each().filter(|row| row.is_probed).count()
    }

    /// The contexts whose cluster answers and can be added.
    pub(super) fn reachable(self) -> Vec<usize> {
        let is_reachable = |row: &Row| row.is_open() && row.is_reachable();
        self.where_row(is_reachable)
    }

    /// The selected contexts.
    pub(super) fn selected(self) -> Vec<usize> {
        self.where_row(|row| row.is_selected)
    }

    fn where_row(self, is_meant: impl Fn(&Row) -> bool) -> Vec<usize> {
        let all = self.all();
        all.filter(|at| self.get(*at).is_some_and(|row| is_meant(&row)))
            .collect()
    }

    /// Why the name of a selected context is no name of a cluster.
    pub(super) fn name_fault(self, at: usize) -> Option<NameFault> {
        let row = self.get(at)?;
        let selected: Vec<Row> = self.each().filter(|row| row.is_selected).collect();
        let names: Vec<&str> = selected.iter().map(|row| row.name.as_str()).collect();
        let is_selected = row.is_selected;
        is_selected
            .then(|| {
                self.taken
                    .with(|taken| name_fault(&row.name, taken, &names))
            })
            .flatten()
    }

    pub(super) fn invalid_names(self) -> usize {
        self.all()
            .filter(|at| self.name_fault(*at).is_some())
            .count()
    }

    /// The problems of the clusters that could not be added.
    pub(super) fn failures(self) -> Vec<Problem> {
        let outcomes = self.each().filter_map(|row| row.outcome);
        outcomes.filter_map(Result::err).collect()
    }

    pub(super) fn select(self, at: usize, is_selected: bool) {
        self.update(at, |row| row.select(is_selected));
    }

    pub(super) fn rename(self, at: usize, name: String) {
        self.update(at, |row| row.name = name);
    }

    /// Adds the lines of a stage of a probe, or the problem that stopped it.
    pub(super) fn add_lines(self, at: usize, outcome: Result<Vec<ProbeLine>, Problem>) {
        self.update(at, |row| match outcome {
            Ok(lines) => row.lines.extend(lines),
            Err(problem) => row.stopped = Some(problem),
        });
    }

    pub(super) fn end_probe(self, at: usize) {
        self.update(at, Row::end_probe);
    }

    /// Whether a cluster was added, or why not.
    pub(super) fn set_outcome(self, at: usize, outcome: Option<Result<(), Problem>>) {
        self.update(at, |row| {
            if outcome == Some(Ok(())) {
                row.is_selected = false;
            }
            row.outcome = outcome;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_valid_free_and_given_once() {
        let taken = BTreeSet::from(["east".to_owned()]);
        let fault = |name: &str| name_fault(name, &taken, &["west", "north", "north"]);
        assert_eq!(fault("west"), None);
        assert_eq!(fault("east"), Some(NameFault::Taken));
        assert_eq!(fault("north"), Some(NameFault::Twice));
        assert_eq!(
            fault("Not A Name"),
            Some(NameFault::Invalid(BadName::Shape))
        );
        assert_eq!(fault(""), Some(NameFault::Invalid(BadName::Empty)));
    }
}
