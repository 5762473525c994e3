//! P28: does pod security let sidecars start in the namespaces that are injected?
//!
//! The init container that redirects traffic needs NET_ADMIN, which baseline and restricted forbid; with
//! Istio's CNI plugin there is no such container.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::PodSecurity,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let has_plugin = has_plugin(cluster);
        for namespace in namespaces {
            let injected =
                cluster.planned.injected.contains(&namespace.name) || namespace.injection_enabled();
            let Some(level @ ("baseline" | "restricted")) = namespace.label(ENFORCE) else {
                continue;
            };
            if injected && !has_plugin {
                let name = &namespace.name;
                let line = format!("{}: Namespace {name} enforces {level}", cluster.name);
                tally.block(line, Remedy::RelaxPodSecurity);
            }
        }
    }
    tally.finding()
}

/// Whether pods of Istio's CNI plugin run there.
fn has_plugin(cluster: &ClusterFacts) -> bool {
    let pods = cluster.known_pods().iter();
    pods.filter(|pod| pod.live)
        .any(|pod| pod.label("k8s-app") == "istio-cni-node")
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn enforcing(plugin: bool) -> MeshFacts {
        let mut facts = today();
        let west = west(&mut facts);
        let labels = &[("istio-injection", "enabled"), (ENFORCE, "restricted")];
        let namespaces = west.namespaces.as_mut().expect("known");
        namespaces[1] = namespace("bookinfo", labels);
        if plugin {
            let mut node = pod("istio-system/istio-cni-node-x", "10.20.0.9");
            node.labels = map(&[("k8s-app", "istio-cni-node")]);
            west.pods.as_mut().expect("known").push(node);
        }
        facts
    }

    #[test]
    fn a_restricted_namespace_that_is_injected_blocks() {
        let finding = CHECK.run(&enforcing(false));
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: Namespace bookinfo enforces restricted"]
        );
    }

    #[test]
    fn with_the_plugin_it_passes() {
        assert_eq!(CHECK.run(&enforcing(true)).verdict, Verdict::Passed);
    }
}
