//! P04: no pod range of a cluster overlaps a Service range of another one.
//!
//! A node handles a packet to its own Service range before anything else, so it never leaves the cluster.

use super::ranges::{overlap_status, overlaps};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (first, second) in facts.cluster_pairs() {
        tally.applies();
        compare(facts, first, second, &mut tally);
        compare(facts, second, first, &mut tally);
    }
    tally.finding()
}

fn compare(
    facts: &MeshFacts,
    pod_cluster: &ClusterFacts,
    service_cluster: &ClusterFacts,
    tally: &mut Tally,
) {
    let subject = format!("{}: Pods", pod_cluster.name);
    let pod_ranges = tally.known(subject, &pod_cluster.pod_ranges);
    let subject = format!("{}: Services", service_cluster.name);
    let service_ranges = tally.known(subject, &service_cluster.service_ranges);
    let (Some(pod_ranges), Some(service_ranges)) = (pod_ranges, service_ranges) else {
        return;
    };
    for (range, other) in overlaps(pod_ranges, service_ranges) {
        let detail = detail!(PodRangeInServiceRange {
            cluster: pod_cluster.name,
            range: range.range,
            other_cluster: service_cluster.name,
            other_range: other.range,
        });
        let status = overlap_status(facts, pod_cluster, service_cluster);
        tally.report(status, detail, Remedy::ChangeRanges);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::RangeSource;

    #[test]
    fn a_pod_range_in_the_service_range_of_another_cluster_fails() {
        let mut facts = istiod();
        east(&mut facts).service_ranges = Ok(vec![range("10.20.128.0/20", RangeSource::Refusal)]);
        let finding = run(CheckCode::PodAndServiceRanges, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(PodRangeInServiceRange {
            cluster: "west",
            range: "10.20.0.0/16",
            other_cluster: "east",
            other_range: "10.20.128.0/20",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn disjoint_ranges_pass() {
        let finding = run(CheckCode::PodAndServiceRanges, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
