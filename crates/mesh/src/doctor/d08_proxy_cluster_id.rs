//! D08: proxies use the cluster ID under which the control plane knows their cluster.
//!
//! That ID is the key of the remote Secret; the control plane cannot authenticate a proxy with another one.

use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, remote) in facts.joins_with_clusters() {
        check_proxies(remote, join.id.as_str(), &mut tally);
        if let Some(plane) = primary.installed_control_plane() {
            check_proxies(primary, plane.cluster_id(), &mut tally);
        }
    }
    tally.finding()
}

fn check_proxies(cluster: &ClusterFacts, expected: &str, tally: &mut Tally) {
    let Some(pods) = tally.known(&cluster.name, &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        tally.applies();
        if sidecar.cluster_id != expected {
            let detail = detail!(ProxyClusterIdDiffers {
                pod: pod.reference(),
                proxy_cluster: sidecar.cluster_id,
                expected
            });
            tally.fail(detail.on(&cluster.name), Remedy::AlignNetworkAndMeshId);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_proxy_with_another_cluster_id_fails() {
        let mut facts = istiod();
        join(&mut facts).id = cluster_id("remote1");
        let finding = run(CheckCode::ProxyClusterId, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(ProxyClusterIdDiffers {
            pod: "Pod bookinfo/details-v1",
            proxy_cluster: "west",
            expected: "remote1",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn proxies_with_the_registered_cluster_id_pass() {
        let finding = run(CheckCode::ProxyClusterId, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
