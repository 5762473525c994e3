//! P04: do one cluster's pods lie in another's Service range?
//!
//! A node then takes the packet for a Service of its own and answers it at home.

use super::{
    Check, Lines, Needs,
    p01_pod_ranges::{overlap, weight},
};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::PodAndServiceRanges,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (one, other) in facts.cluster_pairs() {
        tally.saw();
        cross(facts, one, other, &mut tally);
        cross(facts, other, one, &mut tally);
    }
    tally.finding()
}

fn cross(facts: &MeshFacts, pods_of: &ClusterFacts, services_of: &ClusterFacts, tally: &mut Tally) {
    let (here, there) = (&pods_of.name, &services_of.name);
    let pods = tally.known(&format!("{here}: pods"), &pods_of.pod_ranges);
    let services = tally.known(&format!("{there}: Services"), &services_of.service_ranges);
    let (Some(pods), Some(services)) = (pods, services) else {
        return;
    };
    for (a, b) in pods
        .iter()
        .flat_map(|a| services.iter().map(move |b| (a, b)))
    {
        if overlap(&a.range, &b.range) {
            let line = format!(
                "pods of {here} {} lie in Services of {there} {}",
                a.range, b.range
            );
            tally.say(
                weight(facts, pods_of, services_of),
                line,
                Remedy::OtherRanges,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::RangeSource;
    use wire::check::Verdict;

    #[test]
    fn pods_in_the_others_service_range_block() {
        let mut facts = today();
        east(&mut facts).service_ranges = Ok(vec![range("10.20.128.0/20", RangeSource::Refusal)]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["pods of west 10.20.0.0/16 lie in Services of east 10.20.128.0/20"]
        );
    }

    #[test]
    fn ranges_apart_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
