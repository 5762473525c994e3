//! The state of each context: its probe, whether it is selected, the name of its cluster, and whether it was added.

use crate::live::stream;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wire::{
    BadName, ClusterName, Problem,
    cluster::{ContextView, ProbeItem, ProbeLine, ProbeVerdict},
};

/// The state of a context.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) context: ContextView,
    /// The name of its cluster in this console.
    pub(super) name: String,
    pub(super) is_selected: bool,
    /// Whether the operator selected it, or not: a verdict changes nothing any more.
    is_decided: bool,
    /// The lines of its probe so far.
    pub(super) lines: Vec<ProbeLine>,
    /// The problem that stopped the probe.
    pub(super) stopped: Option<Problem>,
    pub(super) is_probed: bool,
    /// Whether its cluster was added, or why not.
    pub(super) outcome: Option<Result<(), Problem>>,
}

/// The verdict on a context.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Its cluster was added.
    Added,
    /// The kubeconfig has no credentials that the console accepts, or the probe was not possible.
    Rejected(Problem),
    /// The verdict of the probe.
    Probe(ProbeVerdict),
}

impl Verdict {
    /// The message of what failed, in the words of the cluster or of the network.
    pub(super) fn message(&self) -> Option<String> {
        match self {
            Self::Probe(ProbeVerdict::Failed(_, message)) if !message.is_empty() => {
                Some(message.clone())
            }
            _ => None,
        }
    }
}

impl Row {
    fn new(context: ContextView) -> Self {
        Self {
            name: context.suggested.clone(),
            is_selected: false,
            is_decided: false,
            lines: Vec::new(),
            stopped: None,
            is_probed: context.problem.is_some(),
            outcome: None,
            context,
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        if self.outcome == Some(Ok(())) {
            return Verdict::Added;
        }
        let rejected = self.context.problem.as_ref().or(self.stopped.as_ref());
        match rejected {
            Some(problem) => Verdict::Rejected(problem.clone()),
            None => Verdict::Probe(ProbeVerdict::of(&self.lines, self.is_probed)),
        }
    }

    /// Whether its cluster answers.
    pub(super) fn is_reachable(&self) -> bool {
        match self.verdict() {
            Verdict::Added => true,
            Verdict::Rejected(_) => false,
            Verdict::Probe(verdict) => verdict.is_usable(),
        }
    }

    /// Whether its cluster can still be added.
    pub(super) fn is_open(&self) -> bool {
        self.context.problem.is_none() && self.outcome != Some(Ok(()))
    }

    /// Whether its probe need not continue.
    pub(super) fn has_failed(&self) -> bool {
        let verdict = ProbeVerdict::of(&self.lines, false);
        self.stopped.is_some() || matches!(verdict, ProbeVerdict::Failed(..))
    }

    /// The probe has ended: a cluster that can be used is selected.
    fn end_probe(&mut self) {
        self.is_probed = true;
        if !self.is_decided {
            self.is_selected = self.is_reachable();
        }
    }

    fn select(&mut self, is_selected: bool) {
        self.is_selected = is_selected && self.is_open();
        self.is_decided = true;
    }
}

/// What of the contexts is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// A part of the name or of the server.
    pub(super) words: String,
    pub(super) is_reachable_only: bool,
}

impl Filter {
    fn matches(&self, row: &Row) -> bool {
        let words = self.words.trim().to_lowercase();
        let texts = [&row.context.name, &row.context.server, &row.name];
        (!self.is_reachable_only || row.is_reachable())
            && texts
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
    }
}

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

/// The item that failed in a probe.
pub(super) fn failed_item(verdict: &Verdict) -> Option<ProbeItem> {
    match verdict {
        Verdict::Probe(ProbeVerdict::Failed(item, _)) => Some(*item),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Code;

    fn row(name: &str, problem: Option<Problem>) -> Row {
        Row::new(ContextView {
            name: name.to_owned(),
            suggested: name.to_owned(),
            server: format!("https://{name}.example:6443"),
            credentials: "token".to_owned(),
            problem,
        })
    }

    fn line(item: ProbeItem, passed: bool) -> ProbeLine {
        ProbeLine {
            item,
            passed: Some(passed),
            message: String::new(),
        }
    }

    #[test]
    fn a_cluster_that_can_be_used_is_selected_when_its_probe_ends() {
        let mut east = row("east", None);
        assert!(!east.is_selected, "nothing is selected before");
        east.lines = vec![
            line(ProbeItem::Connection, true),
            line(ProbeItem::Rights, true),
        ];
        east.end_probe();
        assert!(east.is_selected && east.is_reachable());

        let mut silent = row("silent", None);
        silent.lines = vec![line(ProbeItem::Connection, false)];
        assert!(silent.has_failed());
        silent.end_probe();
        assert!(!silent.is_selected && !silent.is_reachable());
        silent.select(true);
        assert!(silent.is_selected, "the operator decides");

        let mut unwanted = row("unwanted", None);
        unwanted.select(false);
        unwanted.lines.clone_from(&east.lines);
        unwanted.end_probe();
        assert!(!unwanted.is_selected, "the operator has decided before");
    }

    #[test]
    fn a_rejected_or_added_context_cannot_be_selected() {
        let problem = Problem::new(Code::BadKubeconfig);
        let mut rejected = row("east", Some(problem.clone()));
        rejected.select(true);
        assert!(!rejected.is_selected && rejected.is_probed);
        assert_eq!(rejected.verdict(), Verdict::Rejected(problem));
        let mut added = row("west", None);
        added.outcome = Some(Ok(()));
        added.select(true);
        assert!(!added.is_selected);
        assert_eq!(added.verdict(), Verdict::Added);
    }

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

    #[test]
    fn a_filter_finds_names_and_servers() {
        let mut east = row("east", None);
        let filter = |words: &str, is_reachable_only| Filter {
            words: words.to_owned(),
            is_reachable_only,
        };
        assert!(filter("EAST.ex", false).matches(&east));
        assert!(!filter("west", false).matches(&east));
        assert!(!filter("", true).matches(&east));
        east.lines = vec![line(ProbeItem::Rights, true)];
        east.end_probe();
        assert!(filter("", true).matches(&east));
    }
}
