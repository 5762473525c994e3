//! The finding of a check, and the [`Tally`] that collects it over several clusters and joins.
//!
//! A fault outweighs a missing fact, and a missing fact outweighs a success: a check without its facts is
//! skipped and never passed. The lines of a finding are codes with arguments (`detail!`).

use crate::facts::Fact;
use wire::check::{CheckCode, CheckStatus, Detail, Remedy, SkipReason};

/// A line of a finding: `detail!(TokenExpires { secret, hours: left / 3600 })`.
///
/// The compiler rejects a missing or unknown argument.
macro_rules! detail {
    ($code:ident { $($argument:ident $(: $value:expr)?),* $(,)? }) => {
        ::wire::check::Detail::from(::wire::check::detail::$code {
            $($argument: detail!(@value $argument $(, $value)?)),*
        })
    };
    (@value $argument:ident) => { $argument.to_string() };
    (@value $argument:ident, $value:expr) => { $value.to_string() };
}
pub(crate) use detail;

/// The finding of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The result.
    pub status: CheckStatus,
    /// Why the check was skipped, when it was.
    pub skipped: Option<SkipReason>,
    /// The arguments of its title and summary.
    pub args: Vec<(String, String)>,
    /// The lines.
    pub details: Vec<Detail>,
    /// The remedies, the most important first.
    pub remedies: Vec<Remedy>,
}

impl Finding {
    pub(crate) fn new(status: CheckStatus) -> Self {
        Self {
            status,
            skipped: None,
            args: Vec::new(),
            details: Vec::new(),
            remedies: Vec::new(),
        }
    }

    /// A finding that passes without details and has this status with any.
    pub(crate) fn from_details(status: CheckStatus, details: Vec<Detail>) -> Self {
        let status = if details.is_empty() {
            CheckStatus::Passed
        } else {
            status
        };
        Self::new(status).with_details(details)
    }

    pub(crate) fn skipped(reason: SkipReason) -> Self {
        Self {
            skipped: Some(reason),
            ..Self::new(CheckStatus::Skipped)
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn with_details(mut self, details: Vec<Detail>) -> Self {
        self.details = details;
        self
    }

    pub(crate) fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }
}

/// Collects the finding of a check over clusters and joins.
#[derive(Debug)]
pub(crate) struct Tally {
    status: CheckStatus,
    details: Vec<Detail>,
    unknown: Vec<Detail>,
    remedies: Vec<Remedy>,
    applicable: bool,
    /// Whether a fact is unknown because a cluster does not answer.
    unreachable: bool,
}

impl Tally {
    /// A tally that passes when nothing is reported.
    pub(crate) fn new() -> Self {
        Self {
            applicable: true,
            ..Self::if_applicable()
        }
    }

    /// A tally that is skipped unless [`applies`](Self::applies) is called.
    pub(crate) fn if_applicable() -> Self {
        Self {
            status: CheckStatus::Passed,
            details: Vec::new(),
            unknown: Vec::new(),
            remedies: Vec::new(),
            applicable: false,
            unreachable: false,
        }
    }

    /// An object that the check inspects exists.
    pub(crate) fn applies(&mut self) {
        self.applicable = true;
    }

    /// The fact, or a detail that says why it is unknown.
    pub(crate) fn known<'a, T>(
        &mut self,
        subject: impl ToString,
        fact: &'a Fact<T>,
    ) -> Option<&'a T> {
        match fact {
            Ok(fact) => Some(fact),
            Err(unknown) => {
                let detail = if let Some(cluster) = &unknown.unreachable {
                    self.unreachable = true;
                    let check = CheckCode::ClusterReachable.id();
                    detail!(SkippedBecause { check }).on(cluster)
                } else {
                    detail!(Unknown {
                        subject,
                        reason: unknown
                    })
                };
                self.unknown(detail);
                None
            }
        }
    }

    /// Whether a fact was unknown because a cluster does not answer.
    pub(crate) fn lacks_cluster(&self) -> bool {
        self.unreachable
    }

    /// A detail about an object that could not be inspected.
    pub(crate) fn unknown(&mut self, detail: Detail) {
        if !self.unknown.contains(&detail) {
            self.unknown.push(detail);
        }
    }

    /// A fault that has to be fixed first.
    pub(crate) fn fail(&mut self, detail: Detail, remedy: Remedy) {
        self.report(CheckStatus::Failed, detail, remedy);
    }

    /// A finding that an operator has to accept.
    pub(crate) fn warn(&mut self, detail: Detail, remedy: Remedy) {
        self.report(CheckStatus::Warning, detail, remedy);
    }

    /// Information that needs no confirmation.
    pub(crate) fn inform(&mut self, detail: Detail, remedy: Remedy) {
        self.report(CheckStatus::Info, detail, remedy);
    }

    /// A detail of this status.
    pub(crate) fn report(&mut self, status: CheckStatus, detail: Detail, remedy: Remedy) {
        self.applicable = true;
        self.status = self.status.max(status);
        if !self.details.contains(&detail) {
            self.details.push(detail);
        }
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
    }

    /// The finding, with the number of details as argument `count`.
    pub(crate) fn finding(self) -> Finding {
        let count = self.details.len();
        let finding = if count > 0 {
            Finding::new(self.status)
        } else if self.unreachable {
            Finding::skipped(SkipReason::ClusterUnreachable)
        } else if !self.unknown.is_empty() {
            Finding::skipped(SkipReason::Unknown)
        } else if !self.applicable {
            Finding::skipped(SkipReason::NotApplicable)
        } else {
            Finding::new(CheckStatus::Passed)
        };
        let finding = Finding {
            details: self.details.into_iter().chain(self.unknown).collect(),
            remedies: self.remedies,
            ..finding
        };
        finding.with("count", count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Unknown;

    #[test]
    fn a_missing_fact_is_skipped_and_not_passed() {
        let mut tally = Tally::new();
        let fact: Fact<u8> = Err(Unknown::because("forbidden"));
        assert_eq!(tally.known("east", &fact), None);
        let finding = tally.finding();
        assert_eq!(finding.status, CheckStatus::Skipped);
        assert_eq!(finding.skipped, Some(SkipReason::Unknown));
        let expected = detail!(Unknown {
            subject: "east",
            reason: "forbidden"
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_fact_of_a_silent_cluster_is_attributed_to_its_check() {
        let mut tally = Tally::new();
        let west = wire::ClusterName::new("west").expect("a name");
        let fact: Fact<u8> = Err(Unknown::of_unreachable(&west, "no answer in 6 s"));
        assert_eq!(tally.known("west: Pods", &fact), None);
        assert_eq!(tally.known("west: Nodes", &fact), None);
        let finding = tally.finding();
        assert_eq!(finding.skipped, Some(SkipReason::ClusterUnreachable));
        let expected = detail!(SkippedBecause { check: "P32" }).on("west");
        assert_eq!(finding.details, [expected], "once a cluster");
    }

    #[test]
    fn a_fault_outweighs_a_missing_fact() {
        let mut tally = Tally::new();
        let unknown = detail!(ControlPlaneNotQueried {}).on("west");
        let failed = detail!(RoleMissing { role: "reader" }).on("east");
        let warning = detail!(ManagedByTool {
            object: "Deployment istiod",
            tool: "Flux"
        });
        tally.unknown(unknown.clone());
        tally.fail(failed.clone(), Remedy::CreateRole);
        tally.warn(warning.clone(), Remedy::CreateRole);
        let finding = tally.finding();
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.details, [failed, warning, unknown]);
        assert_eq!(finding.remedies, [Remedy::CreateRole]);
    }

    #[test]
    fn a_check_without_an_object_is_skipped() {
        let finding = Tally::if_applicable().finding();
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
        assert_eq!(Tally::new().finding().status, CheckStatus::Passed);
    }
}
