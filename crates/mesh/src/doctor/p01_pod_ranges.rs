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
pub(super) fn weight(facts: &MeshFacts, one: &ClusterFacts, other: &ClusterFacts) -> Verdict {
    if facts.share_network(one, other) {
        Verdict::Blocked
    } else {
        Verdict::Warning
    }
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (one, other) in facts.cluster_pairs() {
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
                tally.say(weight(facts, one, other), line, Remedy::SeparateNetworks);
            }
        }
    }
    let mut ask = Vec::new();
    for cluster in &facts.clusters {
        let ranges = cluster.pod_ranges.as_deref().unwrap_or_default();
        let best = ranges.iter().map(|one| &one.source).min();
        if let Some(part) = best.filter(|best| best.is_partial()) {
            let line = format!("{}: only known from {}", cluster.name, part.word());
            tally.note(line, Remedy::TellRanges);
            ask.push(cluster.name.as_str());
        } else if best.is_none() {
            ask.push(&cluster.name);
        } else if let Some(line) = outside(cluster, ranges) {
            tally.warn(line, Remedy::TellRanges);
            ask.push(&cluster.name);
        }
    }
    asking(tally.finding(), &ask)
}

/// A live pod that gives the lie to the ranges that a person typed.
fn outside(cluster: &ClusterFacts, ranges: &[RangeFacts]) -> Option<String> {
    let typed = ranges.first()?;
    if !matches!(typed.source, RangeSource::Operator(_)) {
        return None;
    }
    let own = cluster.known_pods().iter();
    let mut own = own.filter(|pod| pod.live && !pod.host_network);
    own.find_map(|pod| {
        let address = pod.address?;
        let within = ranges.iter().any(|one| one.range.contains(&address));
        let (name, who, source) = (&cluster.name, pod.reference(), typed.source.word());
        (!within).then(|| format!("{name}: {who} has {address}, outside of what was {source}"))
    })
}

/// The finding with the clusters whose ranges a person is asked for.
pub(super) fn asking(mut finding: Finding, clusters: &[&str]) -> Finding {
    if clusters.is_empty() {
        return finding;
    }
    if !finding.remedies.contains(&Remedy::TellRanges) {
        finding = finding.remedy(Remedy::TellRanges);
    }
    finding.with("ask", clusters.join(" "))
}

/// A range with where it was read.
pub(super) fn said(range: &RangeFacts) -> String {
    format!("{} ({})", range.range, range.source.word())
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::IstioGeneration;

    #[test]
    fn ranges_that_overlap_block_on_one_network() {
        let mut facts = today();
        west(&mut facts).pod_ranges = Ok(vec![range("10.10.4.0/22", RangeSource::CniPool)]);
        let finding = CHECK.run(&facts);
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
        west(&mut facts).pod_ranges = Ok(vec![range(
            "10.10.0.0/16",
            RangeSource::Operator("ann".into()),
        )]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(finding.found[0].ends_with("west 10.10.0.0/16 (typed by ann)"));
        facts.generation = IstioGeneration::Mixer;
        assert_eq!(
            CHECK.run(&facts).verdict,
            Verdict::Blocked,
            "it knows no networks"
        );
    }

    #[test]
    fn ranges_apart_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn a_pod_outside_of_what_was_typed_is_told() {
        let mut facts = today();
        let told = |text| Ok(vec![range(text, RangeSource::Operator("ann".into()))]);
        west(&mut facts).pod_ranges = told("10.20.0.0/16");
        assert_eq!(look(&facts).verdict, Verdict::Passed);
        west(&mut facts).pod_ranges = told("10.30.0.0/16");
        let finding = look(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        let line = "outside of what was typed by ann";
        assert!(finding.found[0].ends_with(line), "{finding:?}");
        assert_eq!(finding.remedies, [Remedy::TellRanges]);
    }

    #[test]
    fn a_part_of_a_range_is_no_proof() {
        let mut facts = today();
        west(&mut facts).pod_ranges = Ok(vec![range("10.20.1.0/24", RangeSource::NodeCidr)]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Noted);
        assert_eq!(finding.remedies, [Remedy::TellRanges]);
        assert!(finding.args.contains(&("ask".into(), "west".into())));
    }
}
