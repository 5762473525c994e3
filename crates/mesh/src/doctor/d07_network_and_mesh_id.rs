//! D07: is the network and the mesh id the same wherever it is said?

use super::{Check, Lines, Needs, gateway::NETWORK};
use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeMap;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::NetworkAndMeshId,
    group: Group::Sync,
    lines: Lines::Istiod,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut meshes: BTreeMap<String, String> = BTreeMap::new();
    for cluster in &facts.clusters {
        networks(cluster, comes(facts, cluster), &mut tally);
        for (mesh, who) in said_meshes(cluster) {
            meshes.entry(mesh).or_insert(who);
        }
    }
    if meshes.len() > 1 {
        let said = meshes
            .iter()
            .map(|(mesh, who)| format!("{who} says {mesh}"));
        let said: Vec<String> = said.collect();
        let line = format!("several mesh ids: {}", said.join(", "));
        tally.block(line, Remedy::AlignIdentity);
    }
    tally.finding()
}

/// Whether a join that is planned is still to label the cluster's namespace.
fn comes(facts: &MeshFacts, cluster: &ClusterFacts) -> bool {
    let own = |join: &&JoinFacts| join.primary == cluster.name || join.remote == cluster.name;
    let mut joins = facts.joins.iter().filter(own).peekable();
    joins.peek().is_some() && joins.all(|join| !join.joined)
}

/// What the namespace and the proxies of a cluster say of its network.
fn networks(cluster: &ClusterFacts, comes: bool, tally: &mut Tally) {
    let (name, network) = (&cluster.name, &cluster.network);
    if tally
        .known(&format!("{name}: namespaces"), &cluster.namespaces)
        .is_some()
        && let Some(system) = cluster.namespace(&cluster.istio_namespace)
    {
        let label = system.label(NETWORK).unwrap_or_default();
        if label.is_empty() && !network.is_empty() && comes {
            let line = format!("{name}: the join labels its namespace with network “{network}”");
            tally.note(line, Remedy::AlignIdentity);
            return;
        }
        if label != network {
            let line = format!(
                "{name}: Namespace {} says network {}, planned is {}",
                system.name,
                quoted(label),
                quoted(network)
            );
            tally.block(line, Remedy::AlignIdentity);
        }
    }
    let Some(pods) = tally.known(&format!("{name}: pods"), &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        if &sidecar.network != network {
            let line = format!(
                "{name}: {} says network {}, its cluster's is {}",
                pod.reference(),
                quoted(&sidecar.network),
                quoted(network)
            );
            tally.block(line, Remedy::AlignIdentity);
        }
    }
}

fn quoted(text: &str) -> String {
    match text {
        "" => "none".to_owned(),
        text => format!("“{text}”"),
    }
}

/// Each mesh id that is said in a cluster, and by whom.
fn said_meshes(cluster: &ClusterFacts) -> Vec<(String, String)> {
    let config = cluster
        .installed_control_plane()
        .and_then(|plane| plane.config.as_ref().ok());
    let config = config.map(|config| (config.mesh_id.clone(), cluster.name.clone()));
    let proxies = cluster.known_pods().iter().filter_map(|pod| {
        let sidecar = pod.sidecar.as_ref()?;
        let who = format!("{} {}", cluster.name, pod.reference());
        Some((sidecar.mesh_id.clone(), who))
    });
    let all = config.into_iter().chain(proxies);
    all.filter(|(mesh, _)| !mesh.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn sidecar_of(facts: &mut MeshFacts) -> &mut crate::facts::SidecarFacts {
        let pods = west(facts).pods.as_mut().expect("known");
        pods[0].sidecar.as_mut().expect("injected")
    }

    #[test]
    fn a_proxy_on_another_network_blocks() {
        let mut facts = two_networks();
        sidecar_of(&mut facts).network = "n1".into();
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: Pod bookinfo/details-v1 says network “n1”, its cluster's is “n2”"]
        );
    }

    #[test]
    fn a_namespace_without_its_network_blocks() {
        let mut facts = two_networks();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].labels.clear();
        assert!(CHECK.run(&facts).found[0].contains("Namespace istio-system says network none"));
    }

    #[test]
    fn a_network_that_the_join_brings_is_no_fault() {
        let mut facts = two_networks();
        facts.joins[0].joined = false;
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].labels.clear();
        let finding = look(&facts);
        assert_eq!(finding.verdict, Verdict::Noted);
        assert_eq!(
            finding.found,
            ["west: the join labels its namespace with network “n2”"]
        );
    }

    #[test]
    fn two_mesh_ids_block() {
        let mut facts = today();
        sidecar_of(&mut facts).mesh_id = "mesh2".into();
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(
            finding.found[0].starts_with("several mesh ids"),
            "{finding:?}"
        );
    }

    #[test]
    fn one_saying_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
        assert_eq!(CHECK.run(&two_networks()).verdict, Verdict::Passed);
    }
}
