//! D12: do the clusters' clocks agree with ours?
//!
//! Certificates are dated back two minutes: beyond that a fresh one is not yet valid elsewhere.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ClockSkew,
    group: Group::Certificates,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

const WARN: i64 = 60;
const BLOCK: i64 = 120;

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let name = &cluster.name;
        if let Some(skew) = tally.known(&format!("{name}: API server"), &cluster.clock.server) {
            judge(&format!("{name}: the API server"), *skew, &mut tally);
        }
        // A lease says how old it is; only one of the future says something of a clock.
        let leases = cluster.clock.leases.as_deref().unwrap_or_default();
        for (node, age) in leases.iter().filter(|(_, age)| *age < 0) {
            judge(&format!("{name}: Node {node}"), -age, &mut tally);
        }
    }
    tally.finding()
}

fn judge(who: &str, skew: i64, tally: &mut Tally) {
    let way = if skew > 0 { "ahead" } else { "behind" };
    let line = format!("{who} is {} s {way}", skew.abs());
    if skew.abs() > BLOCK {
        tally.block(line, Remedy::SetClocks);
    } else if skew.abs() > WARN {
        tally.warn(line, Remedy::SetClocks);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with_skew(seconds: i64) -> Finding {
        let mut facts = today();
        west(&mut facts).clock.server = Ok(seconds);
        CHECK.run(&facts)
    }

    #[test]
    fn a_minute_warns_and_two_block_either_way() {
        assert_eq!(with_skew(60).verdict, Verdict::Passed);
        assert_eq!(with_skew(61).verdict, Verdict::Warning);
        assert_eq!(with_skew(-121).verdict, Verdict::Blocked);
        assert_eq!(
            with_skew(-121).found,
            ["west: the API server is 121 s behind"]
        );
    }

    #[test]
    fn a_node_that_renews_its_lease_in_the_future_is_ahead() {
        let mut facts = today();
        let leases = &mut west(&mut facts).clock.leases;
        *leases = Ok(vec![("west-1".into(), -200), ("west-2".into(), 500)]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.found, ["west: Node west-1 is 200 s ahead"]);
    }

    #[test]
    fn clocks_that_agree_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
