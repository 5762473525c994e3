//! D21: Mixer policy is reachable, or its checks fail open.
//!
//! The checks of Mixer fail closed by default: without policy every request is denied.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(config) = tally.known(&primary.name, &plane.config) else {
            continue;
        };
        tally.applies();
        if config.policy_checks_off || config.policy_fails_open {
            continue;
        }
        let mut deployments = plane.deployments.iter();
        let policy = deployments.find(|deployment| deployment.name == "istio-policy");
        let deployment = format!("Deployment {}/istio-policy", plane.namespace);
        let detail = match policy {
            Some(policy) if policy.ready > 0 => continue,
            Some(policy) => detail!(PolicyNotReady {
                deployment,
                replicas: policy.desired
            }),
            None => detail!(PolicyMissing { deployment }),
        };
        tally.fail(detail.on(&primary.name), Remedy::FixPolicy);
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn without_policy(fails_open: bool) -> Finding {
        let mut facts = mixer();
        let plane = plane_of(&mut facts);
        plane.deployments[1].ready = 0;
        let config = plane.config.as_mut().expect("known");
        config.policy_fails_open = fails_open;
        run(CheckCode::PolicyReachable, &facts)
    }

    #[test]
    fn policy_without_a_ready_replica_fails() {
        let finding = without_policy(false);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(PolicyNotReady {
            deployment: "Deployment istio-system/istio-policy",
            replicas: 1
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn checks_that_fail_open_pass() {
        assert_eq!(without_policy(true).status, CheckStatus::Passed);
    }

    #[test]
    fn ready_policy_passes() {
        let finding = run(CheckCode::PolicyReachable, &mixer());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
