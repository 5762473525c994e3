//! D08: do proxies say the cluster name under which the control plane knows their cluster?
//!
//! It is the key of the remote Secret; a proxy with another one cannot be authenticated.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ProxyClusterId,
    group: Group::Sync,
    lines: Lines::Istiod,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, remote) in facts.joins_with_clusters() {
        proxies(remote, &join.name, &mut tally);
        if let Some(plane) = primary.installed_control_plane() {
            proxies(primary, plane.cluster_id(), &mut tally);
        }
    }
    tally.finding()
}

fn proxies(cluster: &ClusterFacts, expected: &str, tally: &mut Tally) {
    let Some(pods) = tally.known(&cluster.name, &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        tally.saw();
        if sidecar.cluster_id != expected {
            let line = format!(
                "{}: {} says cluster “{}”, the control plane knows “{expected}”",
                cluster.name,
                pod.reference(),
                sidecar.cluster_id
            );
            tally.block(line, Remedy::AlignIdentity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_proxy_under_another_name_blocks() {
        let mut facts = today();
        join(&mut facts).name = "remote1".into();
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            [
                "west: Pod bookinfo/details-v1 says cluster “west”, the control plane knows “remote1”"
            ]
        );
    }

    #[test]
    fn proxies_under_the_known_name_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
