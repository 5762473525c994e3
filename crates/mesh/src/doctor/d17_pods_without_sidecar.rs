//! D17: each pod of a labelled namespace has a sidecar.
//!
//! A pod gets its sidecar when it is created; a pod that is older than the label has none.

use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts, PodFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

const INJECT: &str = "sidecar.istio.io/inject";

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let name = cluster.name.as_str();
        let namespaces = tally.known(format!("{name}: Namespaces"), &cluster.namespaces);
        let pods = tally.known(format!("{name}: Pods"), &cluster.pods);
        let (Some(_), Some(pods)) = (namespaces, pods) else {
            continue;
        };
        for pod in pods.iter().filter(|pod| needs_sidecar(cluster, pod)) {
            tally.applies();
            if pod.sidecar.is_none() {
                let detail = detail!(SidecarMissing {
                    pod: pod.reference()
                });
                tally.warn(detail.on(name), Remedy::RestartWorkloads);
            }
        }
    }
    tally.finding()
}

fn needs_sidecar(cluster: &ClusterFacts, pod: &PodFacts) -> bool {
    let is_labelled = cluster
        .namespace(&pod.namespace)
        .is_some_and(NamespaceFacts::injection_enabled);
    let is_excluded = pod.label(INJECT) == "false"
        || pod
            .annotations
            .get(INJECT)
            .is_some_and(|value| value == "false");
    is_labelled && pod.live && !pod.host_network && !is_excluded
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with(pod: PodFacts) -> Finding {
        let mut facts = istiod();
        west(&mut facts).pods.as_mut().expect("known").push(pod);
        run(CheckCode::PodsWithoutSidecar, &facts)
    }

    #[test]
    fn a_pod_that_is_older_than_the_label_needs_a_restart() {
        let finding = with(pod("bookinfo/ratings-v1", "10.20.0.9"));
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(SidecarMissing {
            pod: "Pod bookinfo/ratings-v1"
        });
        assert_eq!(finding.details, [expected.on("west")]);
        assert_eq!(finding.remedies, [Remedy::RestartWorkloads]);
    }

    #[test]
    fn an_excluded_pod_and_a_pod_on_the_host_network_pass() {
        let mut excluded = pod("bookinfo/batch", "10.20.0.9");
        excluded.annotations = map(&[(INJECT, "false")]);
        assert_eq!(with(excluded).status, CheckStatus::Passed);
        let mut host = pod("bookinfo/agent", "10.0.0.9");
        host.host_network = true;
        assert_eq!(with(host).status, CheckStatus::Passed);
    }
}
