//! P01: the pod ranges of two clusters do not overlap.
//!
//! On one network a packet to a shared address reaches the wrong pod; on several networks the gateways
//! keep the ranges apart. A partial range proves an overlap, but never the absence of one.

use super::ranges::{ask_for_ranges, inspect_overlaps, origin, overlap_status};
use crate::{
    facts::{ClusterFacts, MeshFacts, RangeFacts, RangeSource},
    finding::{Finding, Tally, detail},
};
use wire::check::{Detail, Remedy};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    inspect_overlaps(
        facts,
        |cluster| &cluster.pod_ranges,
        &mut tally,
        |found, tally| {
            let detail = detail!(PodRangesOverlap {
                cluster: found.cluster.name,
                range: found.range.range,
                source: origin(&found.range.source),
                other_cluster: found.other_cluster.name,
                other_range: found.other_range.range,
                other_source: origin(&found.other_range.source),
            });
            let status = overlap_status(facts, found.cluster, found.other_cluster);
            tally.report(status, detail, Remedy::SeparateNetworks);
        },
    );
    let mut incomplete = Vec::new();
    for cluster in &facts.clusters {
        if is_incomplete(cluster, &mut tally) {
            incomplete.push(cluster.name.as_str());
        }
    }
    ask_for_ranges(tally.finding(), &incomplete)
}

/// Whether an operator has to enter the ranges of the cluster.
fn is_incomplete(cluster: &ClusterFacts, tally: &mut Tally) -> bool {
    let ranges = cluster.pod_ranges.as_deref().unwrap_or_default();
    let Some(best) = ranges.iter().map(|range| &range.source).min() else {
        // A cluster that does not answer may show its ranges once it does.
        return cluster.unreachable().is_none();
    };
    if best.is_partial() {
        let detail = detail!(PodRangesIncomplete {
            source: origin(best)
        });
        tally.inform(detail.on(&cluster.name), Remedy::EnterRanges);
        return true;
    }
    let Some(detail) = pod_outside(cluster, ranges) else {
        return false;
    };
    tally.warn(detail, Remedy::EnterRanges);
    true
}

/// A running pod that contradicts the ranges that an operator typed.
fn pod_outside(cluster: &ClusterFacts, ranges: &[RangeFacts]) -> Option<Detail> {
    let typed = ranges.first()?;
    if !matches!(typed.source, RangeSource::Operator(_)) {
        return None;
    }
    let pods = cluster.known_pods().iter();
    let mut pods = pods.filter(|pod| pod.live && !pod.host_network);
    pods.find_map(|pod| {
        let address = pod.address?;
        let is_inside = ranges.iter().any(|range| range.range.contains(&address));
        let detail = detail!(PodOutsideRanges {
            pod: pod.reference(),
            address,
            source: origin(&typed.source),
        });
        (!is_inside).then(|| detail.on(&cluster.name))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::IstioGeneration;

    #[test]
    fn overlapping_ranges_fail_on_one_network() {
        let mut facts = istiod();
        west(&mut facts).pod_ranges = Ok(vec![range("10.10.4.0/22", RangeSource::CniPool)]);
        let finding = run(CheckCode::PodRanges, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(PodRangesOverlap {
            cluster: "east",
            range: "10.10.0.0/16",
            source: "cluster-cidr",
            other_cluster: "west",
            other_range: "10.10.4.0/22",
            other_source: "network-plugin",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn overlapping_ranges_are_a_warning_on_several_networks() {
        let mut facts = two_networks();
        let source = RangeSource::Operator("ann".into());
        west(&mut facts).pod_ranges = Ok(vec![range("10.10.0.0/16", source)]);
        let finding = run(CheckCode::PodRanges, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.details[0].arg("other_source"), "operator:ann");
        facts.generation = IstioGeneration::Mixer;
        assert_eq!(
            run(CheckCode::PodRanges, &facts).status,
            CheckStatus::Failed,
            "Istio 1.0 supports one network only"
        );
    }

    #[test]
    fn disjoint_ranges_pass() {
        let finding = run(CheckCode::PodRanges, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn a_pod_outside_of_the_typed_ranges_is_a_warning() {
        let mut facts = istiod();
        let typed = |text| Ok(vec![range(text, RangeSource::Operator("ann".into()))]);
        west(&mut facts).pod_ranges = typed("10.20.0.0/16");
        assert_eq!(check(&facts).status, CheckStatus::Passed);
        west(&mut facts).pod_ranges = typed("10.30.0.0/16");
        let finding = check(&facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(PodOutsideRanges {
            pod: "Pod bookinfo/details-v1",
            address: "10.20.0.7",
            source: "operator:ann",
        });
        assert_eq!(finding.details, [expected.on("west")]);
        assert_eq!(finding.remedies, [Remedy::EnterRanges]);
    }

    #[test]
    fn a_partial_range_proves_nothing() {
        let mut facts = istiod();
        west(&mut facts).pod_ranges = Ok(vec![range("10.20.1.0/24", RangeSource::NodeCidr)]);
        let finding = run(CheckCode::PodRanges, &facts);
        assert_eq!(finding.status, CheckStatus::Info);
        assert_eq!(finding.remedies, [Remedy::EnterRanges]);
        assert!(finding.args.contains(&("ask".into(), "west".into())));
    }
}
