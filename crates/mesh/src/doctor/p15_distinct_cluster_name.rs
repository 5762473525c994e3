//! P15: the name of the remote differs from the cluster ID of the control plane.
//!
//! A control plane ignores a remote Secret that names its own cluster and reports it in its log only.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (join, primary, _) in facts.joins_with_clusters() {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        // A control plane that is not yet installed gets the name that the console uses.
        let cluster_id = plane
            .as_ref()
            .map_or(primary.name.as_str(), |plane| plane.cluster_id());
        if join.id.as_str() == cluster_id {
            let detail = detail!(NameOfControlPlane {
                name: join.id,
                primary: primary.name
            });
            tally.fail(detail.on(&join.remote), Remedy::RenameCluster);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;

    #[test]
    fn the_cluster_id_of_the_control_plane_fails() {
        let mut facts = istiod();
        join(&mut facts).id = cluster_id("east");
        let finding = run(CheckCode::DistinctClusterName, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn the_default_cluster_id_is_kubernetes() {
        let mut facts = istiod();
        plane_of(&mut facts).env.clear();
        join(&mut facts).id = cluster_id("Kubernetes");
        let finding = run(CheckCode::DistinctClusterName, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn the_name_of_the_console_counts_before_the_installation() {
        let mut facts = istiod();
        east(&mut facts).control_plane = Ok(None);
        let finding = run(CheckCode::DistinctClusterName, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
        join(&mut facts).id = cluster_id("east");
        let finding = run(CheckCode::DistinctClusterName, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }
}
