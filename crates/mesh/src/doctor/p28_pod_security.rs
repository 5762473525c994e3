//! P28: pod security admission allows sidecars in the injected namespaces.
//!
//! The init container that redirects traffic needs NET_ADMIN, which the levels baseline and restricted
//! forbid; Istio's CNI plugin replaces that container.

use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let has_cni_plugin = has_cni_plugin(cluster);
        for namespace in namespaces {
            let is_injected =
                cluster.planned.injected.contains(&namespace.name) || namespace.injection_enabled();
            let Some(level @ ("baseline" | "restricted")) = namespace.label(ENFORCE) else {
                continue;
            };
            if is_injected && !has_cni_plugin {
                let detail = detail!(PodSecurityEnforced {
                    namespace: namespace.name,
                    level
                });
                tally.fail(detail.on(&cluster.name), Remedy::RelaxPodSecurity);
            }
        }
    }
    tally.finding()
}

/// Whether pods of Istio's CNI plugin run in the cluster.
fn has_cni_plugin(cluster: &ClusterFacts) -> bool {
    let pods = cluster.known_pods().iter();
    pods.filter(|pod| pod.live)
        .any(|pod| pod.label("k8s-app") == "istio-cni-node")
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_enforcement(has_cni_plugin: bool) -> Finding {
        let mut facts = istiod();
        let west = west(&mut facts);
        let labels = &[("istio-injection", "enabled"), (ENFORCE, "restricted")];
        let namespaces = west.namespaces.as_mut().expect("known");
        namespaces[1] = namespace("bookinfo", labels);
        if has_cni_plugin {
            let mut node = pod("istio-system/istio-cni-node-x", "10.20.0.9");
            node.labels = map(&[("k8s-app", "istio-cni-node")]);
            west.pods.as_mut().expect("known").push(node);
        }
        run(CheckCode::PodSecurity, &facts)
    }

    #[test]
    fn a_restricted_namespace_with_injection_fails() {
        let finding = with_enforcement(false);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(PodSecurityEnforced {
            namespace: "bookinfo",
            level: "restricted"
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_cluster_with_the_cni_plugin_passes() {
        assert_eq!(with_enforcement(true).status, CheckStatus::Passed);
    }
}
