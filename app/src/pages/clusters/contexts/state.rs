//! The state of a context: its probe, whether it is selected, the name of its cluster, and whether it was added.

use wire::{
    Problem,
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
    pub(super) fn new(context: ContextView) -> Self {
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
    pub(super) fn end_probe(&mut self) {
        self.is_probed = true;
        if !self.is_decided {
            self.is_selected = self.is_reachable();
        }
    }

    pub(super) fn select(&mut self, is_selected: bool) {
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
    pub(super) fn matches(&self, row: &Row) -> bool {
        let words = self.words.trim().to_lowercase();
        let texts = [&row.context.name, &row.context.server, &row.name];
        (!self.is_reachable_only || row.is_reachable())
            && texts
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
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
