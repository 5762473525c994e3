//! D17: has each pod of a labelled namespace a sidecar?
//!
//! A pod is injected when it is made; one that is older than the label stays as it is.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, PodFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::PodsWithoutSidecar,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

const INJECT: &str = "sidecar.istio.io/inject";

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let spaces = tally.known(
            &format!("{}: namespaces", cluster.name),
            &cluster.namespaces,
        );
        let pods = tally.known(&format!("{}: pods", cluster.name), &cluster.pods);
        let (Some(_), Some(pods)) = (spaces, pods) else {
            continue;
        };
        for pod in pods.iter().filter(|pod| is_to_be_injected(cluster, pod)) {
            tally.saw();
            if pod.sidecar.is_none() {
                let line = format!("{}: {} has no sidecar", cluster.name, pod.reference());
                tally.warn(line, Remedy::RestartWorkloads);
            }
        }
    }
    tally.finding()
}

fn is_to_be_injected(cluster: &ClusterFacts, pod: &PodFacts) -> bool {
    let labelled = cluster
        .namespace(&pod.namespace)
        .is_some_and(crate::facts::NamespaceFacts::injection_enabled);
    let says_no = pod.label(INJECT) == "false"
        || pod
            .annotations
            .get(INJECT)
            .is_some_and(|value| value == "false");
    labelled && pod.live && !pod.host_network && !says_no
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(pod: PodFacts) -> Finding {
        let mut facts = today();
        west(&mut facts).pods.as_mut().expect("known").push(pod);
        CHECK.run(&facts)
    }

    #[test]
    fn a_pod_that_is_older_than_the_label_is_restarted() {
        let finding = with(pod("bookinfo/ratings-v1", "10.20.0.9"));
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["west: Pod bookinfo/ratings-v1 has no sidecar"]
        );
        assert_eq!(finding.remedies, [Remedy::RestartWorkloads]);
    }

    #[test]
    fn a_pod_that_says_no_or_uses_its_nodes_network_is_let_be() {
        let mut no = pod("bookinfo/batch", "10.20.0.9");
        no.annotations = map(&[(INJECT, "false")]);
        assert_eq!(with(no).verdict, Verdict::Passed);
        let mut host = pod("bookinfo/agent", "10.0.0.9");
        host.host_network = true;
        assert_eq!(with(host).verdict, Verdict::Passed);
    }
}
