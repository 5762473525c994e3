//! D07: network and mesh ID are the same in namespaces, charts and proxies.
//!
//! The charts give proxies a network (`global.network`) also where the namespace has no label, as in a mesh
//! on one network: such proxies have to agree, and no cluster may be on another network.

use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts},
    finding::{Finding, Tally, detail},
    istio::NETWORK_LABEL,
};
use std::collections::BTreeMap;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut mesh_ids: BTreeMap<String, String> = BTreeMap::new();
    for cluster in &facts.clusters {
        if let Some(network) = network_without_label(cluster) {
            check_single_network(facts, cluster, network, &mut tally);
        } else if check_namespace(cluster, is_join_planned(facts, cluster), &mut tally) {
            check_proxies(cluster, &cluster.network, &mut tally);
        }
        for (mesh_id, object) in mesh_ids_of(cluster) {
            mesh_ids.entry(mesh_id).or_insert(object);
        }
    }
    if mesh_ids.len() > 1 {
        let mesh_ids = mesh_ids.iter();
        let mesh_ids = mesh_ids.map(|(mesh_id, object)| format!("{mesh_id} ({object})"));
        let mesh_ids: Vec<String> = mesh_ids.collect();
        let detail = detail!(MeshIdsDiffer {
            mesh_ids: mesh_ids.join(", ")
        });
        tally.fail(detail, Remedy::AlignNetworkAndMeshId);
    }
    tally.finding()
}

/// The network of the proxies of a cluster that has no network itself.
fn network_without_label(cluster: &ClusterFacts) -> Option<&str> {
    if !cluster.network.is_empty() {
        return None;
    }
    let live = cluster.known_pods().iter().filter(|pod| pod.live);
    let mut networks = live.filter_map(|pod| Some(pod.sidecar.as_ref()?.network.as_str()));
    networks.find(|network| !network.is_empty())
}

/// Compares the proxies of a cluster without a network with each other and with the other clusters.
fn check_single_network(
    facts: &MeshFacts,
    cluster: &ClusterFacts,
    network: &str,
    tally: &mut Tally,
) {
    let mut others = facts.clusters.iter().map(|other| {
        let own = Some(other.network.as_str()).filter(|own| !own.is_empty());
        own.or_else(|| network_without_label(other))
    });
    if others.any(|other| other.is_some_and(|other| other != network)) {
        let detail = detail!(NamespaceNetworkDiffers {
            namespace: cluster.istio_namespace,
            label: "",
            network
        });
        tally.fail(detail.on(&cluster.name), Remedy::AlignNetworkAndMeshId);
    }
    check_proxies(cluster, network, tally);
}

/// Whether a planned join is going to label the namespace of the cluster.
fn is_join_planned(facts: &MeshFacts, cluster: &ClusterFacts) -> bool {
    let is_member = |join: &&JoinFacts| join.primary == cluster.name || join.remote == cluster.name;
    let mut joins = facts.joins.iter().filter(is_member).peekable();
    joins.peek().is_some() && joins.all(|join| !join.joined)
}

/// Compares the label of the namespace; false when a planned join sets it, and the proxies restart later.
fn check_namespace(cluster: &ClusterFacts, is_join_planned: bool, tally: &mut Tally) -> bool {
    let network = &cluster.network;
    let subject = format!("{}: Namespaces", cluster.name);
    if tally.known(subject, &cluster.namespaces).is_none() {
        return true;
    }
    let Some(namespace) = cluster.namespace(&cluster.istio_namespace) else {
        return true;
    };
    let label = namespace.label(NETWORK_LABEL).unwrap_or_default();
    if label.is_empty() && !network.is_empty() && is_join_planned {
        let detail = detail!(NetworkLabelPlanned { network });
        tally.inform(detail.on(&cluster.name), Remedy::AlignNetworkAndMeshId);
        return false;
    }
    if label != network {
        let detail = detail!(NamespaceNetworkDiffers {
            namespace: namespace.name,
            label,
            network
        });
        tally.fail(detail.on(&cluster.name), Remedy::AlignNetworkAndMeshId);
    }
    true
}

/// Compares the networks of proxies. A proxy without one is on every network of a cluster without one.
fn check_proxies(cluster: &ClusterFacts, network: &str, tally: &mut Tally) {
    let Some(pods) = tally.known(format!("{}: Pods", cluster.name), &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        let unset = sidecar.network.is_empty() && cluster.network.is_empty();
        if !unset && sidecar.network != network {
            let detail = detail!(ProxyNetworkDiffers {
                pod: pod.reference(),
                proxy_network: sidecar.network,
                network
            });
            tally.fail(detail.on(&cluster.name), Remedy::AlignNetworkAndMeshId);
        }
    }
}

/// Each mesh ID in a cluster and the object that sets it.
fn mesh_ids_of(cluster: &ClusterFacts) -> Vec<(String, String)> {
    let config = cluster
        .installed_control_plane()
        .and_then(|plane| plane.config.as_ref().ok());
    let config = config.map(|config| (config.mesh_id.clone(), cluster.name.to_string()));
    let proxies = cluster.known_pods().iter().filter_map(|pod| {
        let sidecar = pod.sidecar.as_ref()?;
        let object = format!("{} {}", cluster.name, pod.reference());
        Some((sidecar.mesh_id.clone(), object))
    });
    let all = config.into_iter().chain(proxies);
    all.filter(|(mesh_id, _)| !mesh_id.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::SidecarFacts;

    fn sidecar_of(facts: &mut MeshFacts) -> &mut SidecarFacts {
        let pods = west(facts).pods.as_mut().expect("known");
        pods[0].sidecar.as_mut().expect("injected")
    }

    fn without_label(mut facts: MeshFacts) -> MeshFacts {
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].labels.clear();
        facts
    }

    #[test]
    fn a_proxy_on_another_network_fails() {
        let mut facts = two_networks();
        sidecar_of(&mut facts).network = "n1".into();
        let finding = run(CheckCode::NetworkAndMeshId, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(ProxyNetworkDiffers {
            pod: "Pod bookinfo/details-v1",
            proxy_network: "n1",
            network: "n2",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_namespace_without_its_network_fails() {
        let finding = run(CheckCode::NetworkAndMeshId, &without_label(two_networks()));
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(NamespaceNetworkDiffers {
            namespace: "istio-system",
            label: "",
            network: "n2",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_network_that_a_planned_join_sets_is_information() {
        let mut facts = without_label(two_networks());
        facts.joins[0].joined = false;
        let finding = check(&facts);
        assert_eq!(finding.status, CheckStatus::Info);
        let expected = detail!(NetworkLabelPlanned { network: "n2" });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    /// A mesh without network labels whose charts have `global.network`.
    fn single_network() -> MeshFacts {
        let mut facts = istiod();
        for cluster in &mut facts.clusters {
            let pods = cluster.pods.as_mut().expect("known").iter_mut();
            for sidecar in pods.filter_map(|pod| pod.sidecar.as_mut()) {
                sidecar.network = "network1".into();
            }
        }
        facts
    }

    #[test]
    fn proxies_of_one_network_pass_without_a_label() {
        let finding = run(CheckCode::NetworkAndMeshId, &single_network());
        assert_eq!(finding.status, CheckStatus::Passed, "{finding:?}");
    }

    #[test]
    fn another_network_without_a_label_fails() {
        let mut facts = single_network();
        sidecar_of(&mut facts).network = "network2".into();
        let finding = run(CheckCode::NetworkAndMeshId, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(NamespaceNetworkDiffers {
            namespace: "istio-system",
            label: "",
            network: "network2",
        });
        assert!(finding.details.contains(&expected.on("west")));
    }

    #[test]
    fn two_mesh_ids_fail() {
        let mut facts = istiod();
        sidecar_of(&mut facts).mesh_id = "mesh2".into();
        let finding = run(CheckCode::NetworkAndMeshId, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(MeshIdsDiffer {
            mesh_ids: "mesh1 (east), mesh2 (west Pod bookinfo/details-v1)"
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn consistent_values_pass() {
        for facts in [istiod(), two_networks()] {
            let finding = run(CheckCode::NetworkAndMeshId, &facts);
            assert_eq!(finding.status, CheckStatus::Passed);
        }
    }
}
