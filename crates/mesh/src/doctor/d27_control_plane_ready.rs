//! D27: each installed control plane has a ready pod.
//!
//! Without one, new proxies get no configuration, and the webhooks of the control plane reject pods: they are not
//! left over. P20 and P27 leave that to this check.

use crate::{
    facts::{ClusterFacts, DeploymentFacts, IstioGeneration, MeshFacts},
    finding::{Finding, Tally, detail},
    istio::ISTIOD,
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let Some(Some(plane)) = tally.known(&cluster.name, &cluster.control_plane) else {
            continue;
        };
        tally.applies();
        if !lacks_pods(cluster) {
            continue;
        }
        for deployment in leading(cluster) {
            let detail = detail!(NoReadyPod {
                deployment: format!("Deployment {}/{}", plane.namespace, deployment.name),
                desired: deployment.desired,
            });
            tally.fail(detail.on(&cluster.name), Remedy::RepairControlPlane);
        }
    }
    tally.finding()
}

/// Whether a cluster has a control plane without a ready pod.
pub(super) fn lacks_pods(cluster: &ClusterFacts) -> bool {
    let mut deployments = leading(cluster).peekable();
    deployments.peek().is_some() && deployments.all(|deployment| deployment.ready == 0)
}

/// The Deployments of istiod, one for each revision, or of Pilot.
fn leading(cluster: &ClusterFacts) -> impl Iterator<Item = &DeploymentFacts> {
    let plane = cluster.installed_control_plane().into_iter();
    plane.flat_map(|plane| {
        let is_leading = |deployment: &&DeploymentFacts| match plane.generation {
            IstioGeneration::Istiod => deployment.name.starts_with(ISTIOD),
            IstioGeneration::Mixer => deployment.name == "istio-pilot",
        };
        plane.deployments.iter().filter(is_leading)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::CheckStatus;

    fn scaled(facts: &mut MeshFacts, ready: u32, desired: u32) {
        let plane = east(facts).control_plane.as_mut().expect("known");
        plane.as_mut().expect("a control plane").deployments = vec![DeploymentFacts {
            name: "istiod".to_owned(),
            ready,
            desired,
        }];
    }

    #[test]
    fn a_control_plane_without_a_ready_pod_is_named() {
        let mut facts = istiod();
        scaled(&mut facts, 0, 0);
        let finding = run(CheckCode::ControlPlaneReady, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.remedies, [Remedy::RepairControlPlane]);
        let expected = detail!(NoReadyPod {
            deployment: "Deployment istio-system/istiod",
            desired: 0,
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn one_ready_pod_is_enough() {
        let mut facts = istiod();
        scaled(&mut facts, 1, 2);
        let finding = run(CheckCode::ControlPlaneReady, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
