//! P01: do the pod ranges of two clusters overlap?
//!
//! On one network a packet to such an address reaches the wrong pod; on several the gateways keep the
//! ranges apart. A range that is only a part of the whole proves an overlap, and no absence of one.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, RangeFacts, RangeSource},
    finding::{Finding, Tally},
};
use ipnet::IpNet;
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::PodRanges,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Whether two ranges share an address.
pub(super) fn overlap(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}

/// How heavy it is that two clusters use the same addresses.
pub(super) fn weight(one: &ClusterFacts, other: &ClusterFacts) -> Verdict {
    if one.network == other.network {
        Verdict::Blocked
    } else {
        Verdict::Warning
    }
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (one, other) in facts.pairs() {
        tally.saw();
        let Some(mine) = tally.known(&one.name, &one.pod_ranges) else {
            continue;
        };
        let Some(theirs) = tally.known(&other.name, &other.pod_ranges) else {
            continue;
        };
        let (here, there) = (&one.name, &other.name);
        for (a, b) in mine.iter().flat_map(|a| theirs.iter().map(move |b| (a, b))) {
            if overlap(&a.range, &b.range) {
                let line = format!("{here} {} overlaps {there} {}", said(a), said(b));
                tally.say(weight(one, other), line, Remedy::SeparateNetworks);
            }
        }
    }
    for cluster in &facts.clusters {
        let ranges = cluster.pod_ranges.as_deref().unwrap_or_default();
        if let Some(best) = ranges.iter().map(|one| one.source).min()
            && best >= RangeSource::NodeCidr
        {
            let line = format!("{}: only known from {}", cluster.name, best.word());
            tally.note(line, Remedy::TellRanges);
        }
    }
    tally.finding()
}

fn said(range: &RangeFacts) -> String {
    format!("{} ({})", range.range, range.source.word())
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn ranges_that_overlap_block_on_one_network() {
        let mut facts = today();
        west(&mut facts).pod_ranges = Ok(vec![range("10.10.4.0/22", RangeSource::CniPool)]);
        let finding = CHECK.carry_out(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            [
                "east 10.10.0.0/16 (cluster-cidr) overlaps west 10.10.4.0/22 (pool of the network plugin)"
            ]
        );
    }

    #[test]
    fn on_several_networks_an_overlap_is_a_warning() {
        let mut facts = two_networks();
        west(&mut facts).pod_ranges = Ok(vec![range("10.10.0.0/16", RangeSource::Told)]);
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Warning);
    }

    #[test]
    fn ranges_apart_pass() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn a_part_of_a_range_is_no_proof() {
        let mut facts = today();
        west(&mut facts).pod_ranges = Ok(vec![range("10.20.1.0/24", RangeSource::NodeCidr)]);
        let finding = CHECK.carry_out(&facts);
        assert_eq!(finding.verdict, Verdict::Noted);
        assert_eq!(finding.remedies, [Remedy::TellRanges]);
    }
}
