//! What a check found, and the tally by which one over several clusters comes to its finding.
//!
//! A fault counts more than what could not be read, and what could not be read counts more than that all
//! else is well: skipped is not passed.

use crate::facts::Fact;
use wire::check::{Remedy, SkipReason, Verdict};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it ended.
    pub verdict: Verdict,
    /// Why it was not carried out, when it was not.
    pub skipped: Option<SkipReason>,
    /// The arguments of its sentence.
    pub args: Vec<(String, String)>,
    /// What was found, a line each.
    pub found: Vec<String>,
    /// What to do, first things first.
    pub remedies: Vec<Remedy>,
}

impl Finding {
    pub(crate) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            skipped: None,
            args: Vec::new(),
            found: Vec::new(),
            remedies: Vec::new(),
        }
    }

    pub(crate) fn skipped(why: SkipReason) -> Self {
        Self {
            skipped: Some(why),
            ..Self::of(Verdict::Skipped)
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn found(mut self, found: Vec<String>) -> Self {
        self.found = found;
        self
    }

    pub(crate) fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }
}

/// Counts what a check sees on its way over clusters and joins.
#[derive(Debug)]
pub(crate) struct Tally {
    verdict: Verdict,
    found: Vec<String>,
    unknown: Vec<String>,
    remedies: Vec<Remedy>,
    seen: bool,
}

impl Tally {
    /// A tally that is passed when nothing is said.
    pub(crate) fn new() -> Self {
        Self {
            seen: true,
            ..Self::of_things()
        }
    }

    /// A tally that is skipped when nothing was [`saw`](Self::saw).
    pub(crate) fn of_things() -> Self {
        Self {
            verdict: Verdict::Passed,
            found: Vec::new(),
            unknown: Vec::new(),
            remedies: Vec::new(),
            seen: false,
        }
    }

    /// Something of what the check is about is there.
    pub(crate) fn saw(&mut self) {
        self.seen = true;
    }

    /// The fact, or a line that says why it is not known.
    pub(crate) fn known<'a, T>(&mut self, where_: &str, fact: &'a Fact<T>) -> Option<&'a T> {
        match fact {
            Ok(fact) => Some(fact),
            Err(unknown) => {
                self.unknown(format!("{where_}: not known: {unknown}"));
                None
            }
        }
    }

    /// A line about something that could not be looked at.
    pub(crate) fn unknown(&mut self, line: String) {
        if !self.unknown.contains(&line) {
            self.unknown.push(line);
        }
    }

    /// Must be mended first.
    pub(crate) fn block(&mut self, line: String, remedy: Remedy) {
        self.say(Verdict::Blocked, line, remedy);
    }

    /// Has to be accepted.
    pub(crate) fn warn(&mut self, line: String, remedy: Remedy) {
        self.say(Verdict::Warning, line, remedy);
    }

    /// Worth knowing.
    pub(crate) fn note(&mut self, line: String, remedy: Remedy) {
        self.say(Verdict::Noted, line, remedy);
    }

    /// A line of this weight.
    pub(crate) fn say(&mut self, verdict: Verdict, line: String, remedy: Remedy) {
        self.seen = true;
        self.verdict = self.verdict.max(verdict);
        if !self.found.contains(&line) {
            self.found.push(line);
        }
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
    }

    /// The finding that it all comes to.
    pub(crate) fn finding(self) -> Finding {
        let count = self.found.len();
        let found: Vec<String> = self.found.into_iter().chain(self.unknown.clone()).collect();
        let finding = if count > 0 {
            Finding::of(self.verdict)
        } else if !self.unknown.is_empty() {
            Finding::skipped(SkipReason::Unknown)
        } else if !self.seen {
            Finding::skipped(SkipReason::NothingThere)
        } else {
            Finding::of(Verdict::Passed)
        };
        let finding = Finding {
            remedies: self.remedies,
            ..finding
        };
        finding.found(found).with("count", count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Unknown;

    #[test]
    fn what_could_not_be_read_is_not_passed() {
        let mut tally = Tally::new();
        let fact: Fact<u8> = Err(Unknown::because("forbidden"));
        assert_eq!(tally.known("east", &fact), None);
        let finding = tally.finding();
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert_eq!(finding.skipped, Some(SkipReason::Unknown));
        assert_eq!(finding.found, ["east: not known: forbidden"]);
    }

    #[test]
    fn a_fault_counts_more_than_what_could_not_be_read() {
        let mut tally = Tally::new();
        tally.unknown("west: not known".into());
        tally.block("east: broken".into(), Remedy::MakeRole);
        tally.warn("east: odd".into(), Remedy::MakeRole);
        let finding = tally.finding();
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["east: broken", "east: odd", "west: not known"]
        );
        assert_eq!(finding.remedies, [Remedy::MakeRole]);
    }

    #[test]
    fn nothing_to_look_at_is_skipped() {
        let finding = Tally::of_things().finding();
        assert_eq!(finding.skipped, Some(SkipReason::NothingThere));
        assert_eq!(Tally::new().finding().verdict, Verdict::Passed);
    }
}
