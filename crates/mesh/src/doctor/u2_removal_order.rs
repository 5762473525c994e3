//! U2: the order in which the components of a mesh are removed.
//!
//! Workloads with a sidecar come first, then remote Secrets, webhooks, gateways and the control plane: pods
//! without a control plane keep their last configuration, and new pods are rejected.

use super::gateway::gateways;
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{Detail, Remedy};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut has_control_plane = false;
    for primary in facts.primaries() {
        if let Some(plane) = tally.known(&primary.name, &primary.control_plane) {
            has_control_plane |= plane.is_some();
        }
    }
    for cluster in &facts.clusters {
        let subject = format!("{}: Pods", cluster.name);
        if tally.known(subject, &cluster.pods).is_none() {
            continue;
        }
        let workloads = injected_pods(cluster);
        if workloads > 0 && !has_control_plane {
            let detail = detail!(WorkloadsWithoutControlPlane { count: workloads });
            tally.warn(detail.on(&cluster.name), Remedy::RemoveInOrder);
            continue;
        }
        for detail in steps(cluster) {
            tally.inform(detail.on(&cluster.name), Remedy::RemoveInOrder);
        }
    }
    tally.finding()
}

fn injected_pods(cluster: &ClusterFacts) -> usize {
    let pods = cluster.known_pods().iter();
    pods.filter(|pod| pod.live && pod.sidecar.is_some()).count()
}

/// The components of a cluster in the order of their removal, numbered from 1.
fn steps(cluster: &ClusterFacts) -> Vec<Detail> {
    let secrets = cluster.remote_secrets.as_deref().unwrap_or_default().len();
    let webhooks = cluster.webhooks.as_deref().unwrap_or_default().iter();
    let webhooks = webhooks.filter(|webhook| webhook.istio).count();
    let control_planes = usize::from(cluster.installed_control_plane().is_some());
    let counts = [
        injected_pods(cluster),
        secrets,
        webhooks,
        gateways(cluster).count(),
        control_planes,
    ];
    let present = counts.into_iter().enumerate();
    let present = present.filter(|(_, count)| *count > 0);
    let numbered = present.zip(1..);
    numbered
        .map(|((component, count), step)| match component {
            0 => detail!(RemoveWorkloads { step, count }),
            1 => detail!(RemoveRemoteSecrets { step, count }),
            2 => detail!(RemoveWebhooks { step, count }),
            3 => detail!(RemoveGateways { step, count }),
            _ => detail!(RemoveControlPlane { step }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn the_components_are_listed_in_order() {
        let finding = run(CheckCode::RemovalOrder, &removed(istiod()));
        assert_eq!(finding.status, CheckStatus::Info);
        let expected = [
            detail!(RemoveWorkloads { step: 1, count: 1 }),
            detail!(RemoveRemoteSecrets { step: 2, count: 1 }),
            detail!(RemoveWebhooks { step: 3, count: 1 }),
            detail!(RemoveGateways { step: 4, count: 1 }),
            detail!(RemoveControlPlane { step: 5 }),
        ];
        assert_eq!(finding.details[..5], expected.map(|step| step.on("east")));
    }

    #[test]
    fn workloads_without_a_control_plane_are_a_warning() {
        let mut facts = removed(istiod());
        east(&mut facts).control_plane = Ok(None);
        let finding = run(CheckCode::RemovalOrder, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(WorkloadsWithoutControlPlane { count: 1 });
        assert_eq!(finding.details[1], expected.on("west"));
    }

    #[test]
    fn a_cluster_without_components_passes() {
        let mut facts = removed(istiod());
        for cluster in &mut facts.clusters {
            cluster.pods = Ok(Vec::new());
            cluster.services = Ok(Vec::new());
            cluster.webhooks = Ok(Vec::new());
            cluster.remote_secrets = Ok(Vec::new());
            cluster.control_plane = Ok(None);
        }
        let finding = run(CheckCode::RemovalOrder, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
