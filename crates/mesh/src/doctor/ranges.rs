//! The address ranges of two clusters: which of them overlap, and what an operator is asked for.

use crate::{
    facts::{ClusterFacts, Fact, MeshFacts, RangeFacts, RangeSource},
    finding::{Finding, Tally},
};
use ipnet::IpNet;
use wire::check::{CheckStatus, RangeOrigin, Remedy};

/// A range of a cluster and a range of another cluster that share an address.
pub(super) struct Overlap<'a> {
    pub(super) cluster: &'a ClusterFacts,
    pub(super) range: &'a RangeFacts,
    pub(super) other_cluster: &'a ClusterFacts,
    pub(super) other_range: &'a RangeFacts,
}

/// Inspects the overlaps between the ranges of each pair of clusters.
pub(super) fn inspect_overlaps(
    facts: &MeshFacts,
    ranges_of: fn(&ClusterFacts) -> &Fact<Vec<RangeFacts>>,
    tally: &mut Tally,
    inspect: impl Fn(&Overlap<'_>, &mut Tally),
) {
    for (cluster, other_cluster) in facts.cluster_pairs() {
        tally.applies();
        let Some(ranges) = tally.known(&cluster.name, ranges_of(cluster)) else {
            continue;
        };
        let Some(other_ranges) = tally.known(&other_cluster.name, ranges_of(other_cluster)) else {
            continue;
        };
        for (range, other_range) in overlaps(ranges, other_ranges) {
            let overlap = Overlap {
                cluster,
                range,
                other_cluster,
                other_range,
            };
            inspect(&overlap, tally);
        }
    }
}

/// The pairs of ranges that share an address.
pub(super) fn overlaps<'a>(
    ranges: &'a [RangeFacts],
    other_ranges: &'a [RangeFacts],
) -> impl Iterator<Item = (&'a RangeFacts, &'a RangeFacts)> {
    ranges.iter().flat_map(move |range| {
        let others = other_ranges.iter().map(move |other| (range, other));
        others.filter(|(range, other)| overlap(&range.range, &other.range))
    })
}

/// Whether two ranges share an address.
fn overlap(first: &IpNet, second: &IpNet) -> bool {
    first.contains(second) || second.contains(first)
}

/// The status of a finding about two clusters that use the same addresses.
pub(super) fn overlap_status(
    facts: &MeshFacts,
    first: &ClusterFacts,
    second: &ClusterFacts,
) -> CheckStatus {
    if facts.share_network(first, second) {
        CheckStatus::Failed
    } else {
        CheckStatus::Warning
    }
}

/// The finding with the clusters whose ranges an operator is asked for.
pub(super) fn ask_for_ranges(mut finding: Finding, clusters: &[&str]) -> Finding {
    if clusters.is_empty() {
        return finding;
    }
    if !finding.remedies.contains(&Remedy::EnterRanges) {
        finding = finding.with_remedy(Remedy::EnterRanges);
    }
    finding.with("ask", clusters.join(" "))
}

/// The source of a range as an argument.
pub(super) fn origin(source: &RangeSource) -> String {
    let origin = match source {
        RangeSource::Operator(name) => RangeOrigin::Operator(name.clone()),
        RangeSource::CniPool => RangeOrigin::NetworkPlugin,
        RangeSource::ClusterCidr => RangeOrigin::ClusterCidr,
        RangeSource::ServiceObjects => RangeOrigin::ServiceCidr,
        RangeSource::Refusal => RangeOrigin::ApiServer,
        RangeSource::NodeCidr => RangeOrigin::Nodes,
        RangeSource::LivePods => RangeOrigin::Pods,
    };
    origin.value()
}
