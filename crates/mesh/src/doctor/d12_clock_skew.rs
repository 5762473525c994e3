//! D12: the clocks of the clusters are synchronized with the clock of the console.
//!
//! Certificates are backdated by two minutes: with a larger difference a fresh one is not yet valid.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Remedy};

const WARNING_SECONDS: i64 = 60;
const FAILURE_SECONDS: i64 = 120;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let name = cluster.name.as_str();
        let skew = tally.known(format!("{name}: kube-apiserver"), &cluster.clock.server);
        if let Some(skew) = skew {
            evaluate(name, "kube-apiserver", *skew, &mut tally);
        }
        // Only a lease that was renewed in the future proves a wrong clock.
        let leases = cluster.clock.leases.as_deref().unwrap_or_default();
        for (node, age) in leases.iter().filter(|(_, age)| *age < 0) {
            evaluate(name, &format!("Node {node}"), -age, &mut tally);
        }
    }
    tally.finding()
}

fn evaluate(cluster: &str, component: &str, skew: i64, tally: &mut Tally) {
    let seconds = skew.abs();
    let status = if seconds > FAILURE_SECONDS {
        CheckStatus::Failed
    } else if seconds > WARNING_SECONDS {
        CheckStatus::Warning
    } else {
        return;
    };
    let detail = if skew > 0 {
        detail!(ClockAhead { component, seconds })
    } else {
        detail!(ClockBehind { component, seconds })
    };
    tally.report(status, detail.on(cluster), Remedy::SynchronizeClocks);
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_skew(seconds: i64) -> Finding {
        let mut facts = istiod();
        west(&mut facts).clock.server = Ok(seconds);
        run(CheckCode::ClockSkew, &facts)
    }

    #[test]
    fn a_minute_is_a_warning_and_two_minutes_fail_in_both_directions() {
        assert_eq!(with_skew(60).status, CheckStatus::Passed);
        assert_eq!(with_skew(61).status, CheckStatus::Warning);
        assert_eq!(with_skew(-121).status, CheckStatus::Failed);
        let expected = detail!(ClockBehind {
            component: "kube-apiserver",
            seconds: 121
        });
        assert_eq!(with_skew(-121).details, [expected.on("west")]);
    }

    #[test]
    fn a_node_with_a_lease_in_the_future_is_ahead() {
        let mut facts = istiod();
        let leases = &mut west(&mut facts).clock.leases;
        *leases = Ok(vec![("west-1".into(), -200), ("west-2".into(), 500)]);
        let finding = run(CheckCode::ClockSkew, &facts);
        let expected = detail!(ClockAhead {
            component: "Node west-1",
            seconds: 200
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn synchronized_clocks_pass() {
        let finding = run(CheckCode::ClockSkew, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
