//! U4: the Services that lose their last endpoint with a remote.

use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, RegisteredEndpoint},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeMap;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, remote) in facts.joins_with_clusters() {
        if !join.joined {
            continue;
        }
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(endpoints) = tally.known(&primary.name, &plane.debug.endpoints) else {
            continue;
        };
        tally.applies();
        let mut served_elsewhere: BTreeMap<&str, bool> = BTreeMap::new();
        for endpoint in endpoints {
            let elsewhere = served_elsewhere.entry(&endpoint.host).or_default();
            *elsewhere |= !is_of_remote(join, remote, endpoint);
        }
        for (host, _) in served_elsewhere
            .iter()
            .filter(|(_, elsewhere)| !**elsewhere)
        {
            let detail = detail!(OnlyRemoteServes {
                host,
                remote: remote.name
            });
            tally.warn(detail, Remedy::MoveTraffic);
        }
    }
    tally.finding()
}

/// Whether an endpoint belongs to the remote, by its cluster ID or by its address.
fn is_of_remote(join: &JoinFacts, remote: &ClusterFacts, endpoint: &RegisteredEndpoint) -> bool {
    match &endpoint.cluster {
        Some(cluster) => cluster == join.id.as_str(),
        None => remote.is_pod_address(endpoint.address),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_service_that_only_the_remote_serves_is_listed_for_both_generations() {
        for facts in [removed(istiod()), removed(mixer())] {
            let finding = run(CheckCode::EndpointLoss, &facts);
            assert_eq!(finding.status, CheckStatus::Warning);
            let expected = detail!(OnlyRemoteServes {
                host: "details.bookinfo.svc.cluster.local",
                remote: "west"
            });
            assert_eq!(finding.details, [expected]);
        }
    }

    #[test]
    fn a_service_that_another_cluster_serves_too_passes() {
        let mut facts = removed(istiod());
        let endpoints = &mut plane_of(&mut facts).debug.endpoints;
        let second = registered("details", Some("east"), "10.10.0.9");
        endpoints.as_mut().expect("known").push(second);
        let finding = run(CheckCode::EndpointLoss, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
