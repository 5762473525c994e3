//! P22: no CRD is terminating.

use crate::{
    facts::{CrdFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Detail, Remedy};

/// A detail about a terminating CRD.
pub(crate) fn evaluate(live: &CrdFacts) -> Option<Detail> {
    live.terminating
        .then(|| detail!(CrdTerminating { crd: live.name }))
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(crds) = tally.known(&cluster.name, &cluster.crds) else {
            continue;
        };
        for crd in crds {
            let Some(detail) = evaluate(crd) else {
                continue;
            };
            let mut planned = cluster.planned.crds.iter();
            let status = if planned.any(|planned| planned.name == crd.name) {
                CheckStatus::Failed
            } else {
                CheckStatus::Warning
            };
            tally.report(status, detail.on(&cluster.name), Remedy::WaitForDeletion);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_terminating(name: &str) -> Finding {
        let mut facts = istiod();
        let mut terminating = crd(name, &["v1", "v1beta1"], &["v1"]);
        terminating.terminating = true;
        west(&mut facts).crds = Ok(vec![terminating]);
        run(CheckCode::TerminatingCrds, &facts)
    }

    #[test]
    fn a_terminating_crd_of_the_plan_fails() {
        let finding = with_terminating("gateways.networking.istio.io");
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn another_terminating_crd_is_a_warning() {
        let finding = with_terminating("rules.config.istio.io");
        assert_eq!(finding.status, CheckStatus::Warning);
    }

    #[test]
    fn active_crds_pass() {
        let finding = run(CheckCode::TerminatingCrds, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
