//! D21: is policy reachable, or may its checks fail open?
//!
//! Mixer's checks fail closed: without policy every request is denied.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::PolicyReachable,
    group: Group::Sync,
    lines: Lines::Mixer,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(config) = tally.known(&primary.name, &plane.config) else {
            continue;
        };
        tally.saw();
        if config.policy_checks_off || config.policy_fails_open {
            continue;
        }
        let policy = plane
            .deployments
            .iter()
            .find(|part| part.name == "istio-policy");
        let name = format!(
            "{}: Deployment {}/istio-policy",
            primary.name, plane.namespace
        );
        match policy {
            Some(policy) if policy.ready > 0 => {}
            Some(policy) => {
                let line = format!(
                    "{name} has 0 of {} ready: requests are denied",
                    policy.desired
                );
                tally.block(line, Remedy::MendPolicy);
            }
            None => {
                let line = format!("{name} is not there: requests are denied");
                tally.block(line, Remedy::MendPolicy);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn without_policy(fails_open: bool) -> Finding {
        let mut facts = legacy();
        let plane = plane_of(&mut facts);
        plane.deployments[1].ready = 0;
        let config = plane.config.as_mut().expect("known");
        config.policy_fails_open = fails_open;
        CHECK.run(&facts)
    }

    #[test]
    fn policy_that_is_not_ready_denies_everything() {
        let finding = without_policy(false);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].contains("has 0 of 1 ready"), "{finding:?}");
    }

    #[test]
    fn checks_that_fail_open_pass() {
        assert_eq!(without_policy(true).verdict, Verdict::Passed);
    }

    #[test]
    fn policy_that_is_ready_passes() {
        assert_eq!(CHECK.run(&legacy()).verdict, Verdict::Passed);
    }
}
