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
mod tests;
