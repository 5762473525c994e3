//! P32: the API server of each cluster answers the console.
//!
//! The other checks skip the facts of a cluster that does not answer, and name this check.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        if let Some(reason) = cluster.unreachable() {
            let detail = detail!(ApiServerUnavailable { reason });
            tally.fail(detail.on(&cluster.name), Remedy::RestoreApiServer);
        } else if tally.known(&cluster.name, &cluster.uid).is_some() {
            tally.applies();
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{ClusterFacts, Unknown};
    use wire::check::SkipReason;

    /// The mesh after west stopped answering.
    fn without_west() -> MeshFacts {
        let mut facts = istiod();
        let west = west(&mut facts);
        let unknown = Unknown::of_unreachable(&west.name, "no answer in 6 s");
        *west = ClusterFacts {
            planned: west.planned.clone(),
            ..ClusterFacts::unknown(&west.name, west.role, &unknown)
        };
        facts
    }

    #[test]
    fn a_cluster_that_does_not_answer_fails_once() {
        let finding = run(CheckCode::ClusterReachable, &without_west());
        assert_eq!(finding.status, CheckStatus::Failed);
        let reason = "no answer in 6 s";
        assert_eq!(
            finding.details,
            [detail!(ApiServerUnavailable { reason }).on("west")]
        );
        let ranges = run(CheckCode::PodRanges, &without_west());
        assert_eq!(ranges.skipped, Some(SkipReason::ClusterUnreachable));
    }

    #[test]
    fn the_faults_of_the_other_cluster_are_still_found() {
        let mut facts = without_west();
        east(&mut facts).version = Ok("v1.29.4".into());
        let finding = run(CheckCode::KubernetesVersion, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let skipped = detail!(SkippedBecause { check: "P32" }).on("west");
        assert_eq!(finding.details.last(), Some(&skipped));
    }

    #[test]
    fn clusters_that_answer_pass() {
        for facts in [istiod(), mixer()] {
            let finding = run(CheckCode::ClusterReachable, &facts);
            assert_eq!(finding.status, CheckStatus::Passed);
        }
    }
}
