//! The checks by their results, as the tabs of the page show them. Pure.

use crate::words::{count, doctor, t};
use wire::{
    check::{CheckStatus, CheckView, SkipReason},
    mesh::HealthView,
};

/// A tab of the checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pages::meshes) enum CheckTab {
    /// Failures, warnings, and checks that could not run.
    #[default]
    Problems,
    /// Passed, and information that needs no confirmation.
    Passed,
    /// The checks that do not apply, or wait for a test of the connectivity.
    Skipped,
}

impl CheckTab {
    /// Every tab, in order.
    pub(super) const ALL: [Self; 3] = [Self::Problems, Self::Passed, Self::Skipped];

    /// The tab as it is in the query.
    pub(in crate::pages::meshes) fn as_str(self) -> &'static str {
        match self {
            Self::Problems => "problems",
            Self::Passed => "passed",
            Self::Skipped => "skipped",
        }
    }

    /// The tab of a query; the first one for another text.
    pub(in crate::pages::meshes) fn from_query(text: &str) -> Self {
        let mut tabs = Self::ALL.into_iter();
        tabs.find(|tab| tab.as_str() == text).unwrap_or_default()
    }

    /// The tab of a check.
    fn of(check: &CheckView) -> Self {
        match check.status {
            CheckStatus::Failed | CheckStatus::Warning => Self::Problems,
            CheckStatus::Passed | CheckStatus::Info => Self::Passed,
            // The verdict of the mesh counts it.
            CheckStatus::Skipped if could_not_run(check) => Self::Problems,
            CheckStatus::Skipped => Self::Skipped,
        }
    }

    /// The label with the number of checks.
    pub(super) fn label(self, n: usize) -> String {
        match self {
            Self::Problems => t!(check_tabs.problems, n = n),
            Self::Passed => t!(check_tabs.passed, n = n),
            Self::Skipped => t!(check_tabs.skipped, n = n),
        }
    }

    /// The sentence for a tab without checks.
    pub(super) fn none(self) -> String {
        match self {
            Self::Problems => t!(check_tabs.no_problems),
            Self::Passed => t!(check_tabs.none_passed),
            Self::Skipped => t!(check_tabs.none_skipped),
        }
    }
}

/// Whether facts are missing for a check, which no operator asked to leave out.
fn could_not_run(check: &CheckView) -> bool {
    check.skipped == Some(SkipReason::Unknown) && !HealthView::waits_for_connectivity(check)
}

/// The checks of a tab, the worst first.
pub(super) fn of_tab(tab: CheckTab, checks: &[CheckView]) -> Vec<CheckView> {
    let checks = checks.iter().filter(|check| CheckTab::of(check) == tab);
    let mut checks: Vec<CheckView> = checks.cloned().collect();
    checks.sort_by_key(|check| std::cmp::Reverse(check.status));
    checks
}

/// The number of passed checks with the groups that they belong to: `56 checks passed: network, identity`.
pub(super) fn passed(checks: &[CheckView]) -> Option<String> {
    let passed = of_tab(CheckTab::Passed, checks);
    let mut groups = Vec::new();
    for check in &passed {
        let group = doctor::group(check.group).to_lowercase();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    (!passed.is_empty()).then(|| {
        count!(
            check_tabs.checks_passed,
            n = passed.len(),
            groups = groups.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::check::{CheckCode, Group};

    fn check(code: CheckCode, status: CheckStatus, skipped: Option<SkipReason>) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            status,
            skipped,
            args: Vec::new(),
            details: Vec::new(),
            remedies: Vec::new(),
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn every_check_is_in_one_tab_and_what_the_verdict_counts_is_a_problem() {
        let skipped = CheckStatus::Skipped;
        let checks = [
            check(CheckCode::PodRanges, CheckStatus::Warning, None),
            check(CheckCode::ServiceRanges, CheckStatus::Info, None),
            check(CheckCode::SharedRoot, CheckStatus::Passed, None),
            check(CheckCode::ClusterSynced, skipped, Some(SkipReason::Unknown)),
            check(
                CheckCode::ServerReachable,
                skipped,
                Some(SkipReason::Unknown),
            ),
            check(
                CheckCode::MutualTls,
                skipped,
                Some(SkipReason::MutualTlsOff),
            ),
            check(CheckCode::ProductPage, CheckStatus::Failed, None),
        ];
        let codes = |tab| {
            let checks = of_tab(tab, &checks).into_iter();
            checks.map(|check| check.code).collect::<Vec<_>>()
        };
        assert_eq!(
            codes(CheckTab::Problems),
            [
                CheckCode::ProductPage,
                CheckCode::PodRanges,
                CheckCode::ClusterSynced
            ]
        );
        assert_eq!(
            codes(CheckTab::Passed),
            [CheckCode::ServiceRanges, CheckCode::SharedRoot]
        );
        assert_eq!(
            codes(CheckTab::Skipped),
            [CheckCode::ServerReachable, CheckCode::MutualTls]
        );
        let mut health = HealthView::begun(wire::MeshName::new("shop").expect("a name"));
        health.doctor.checks = checks.to_vec();
        assert_eq!(health.unknown(), 1);
    }

    #[test]
    fn the_passed_checks_are_counted_with_their_groups() {
        let mut other = check(CheckCode::SharedRoot, CheckStatus::Passed, None);
        other.group = Group::Certificates;
        let checks = [
            check(CheckCode::PodRanges, CheckStatus::Passed, None),
            other,
            check(CheckCode::ServiceRanges, CheckStatus::Passed, None),
        ];
        let text = passed(&checks).expect("a text");
        assert_eq!(text, "3 checks passed: network, certificates");
        assert_eq!(passed(&[]), None);
    }

    #[test]
    fn a_tab_is_read_as_it_was_written() {
        for tab in CheckTab::ALL {
            assert_eq!(CheckTab::from_query(tab.as_str()), tab);
        }
        assert_eq!(CheckTab::from_query("other"), CheckTab::Problems);
    }
}
