//! U4: which Services would lose their last endpoint with a remote?

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, RegisteredEndpoint},
    finding::{Finding, Tally},
};
use std::collections::BTreeMap;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::EndpointLoss,
    group: Group::Removal,
    lines: Lines::Both,
    needs: Needs::Removal,
    reads: Stage::Answers,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, remote) in facts.joins_with_clusters().filter(|(join, ..)| join.joined) {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(endpoints) = tally.known(&primary.name, &plane.debug.endpoints) else {
            continue;
        };
        tally.saw();
        let mut hosts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for endpoint in endpoints {
            let (there, elsewhere) = hosts.entry(&endpoint.host).or_default();
            if is_of(join, remote, endpoint) {
                *there += 1;
            } else {
                *elsewhere += 1;
            }
        }
        for (host, _) in hosts.iter().filter(|(_, count)| count.1 == 0) {
            let line = format!("{host} is served by {} alone", remote.name);
            tally.warn(line, Remedy::MoveTraffic);
        }
    }
    tally.finding()
}

/// Whether an endpoint is the remote's, by what the answer says or by its address.
fn is_of(join: &JoinFacts, remote: &ClusterFacts, endpoint: &RegisteredEndpoint) -> bool {
    match &endpoint.cluster {
        Some(cluster) => cluster == &join.name,
        None => remote.is_pod_address(endpoint.address),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_service_that_only_the_remote_serves_is_named_in_both_lines() {
        for facts in [removed(today()), removed(legacy())] {
            let finding = CHECK.run(&facts);
            assert_eq!(finding.verdict, Verdict::Warning);
            assert_eq!(
                finding.found,
                ["details.bookinfo.svc.cluster.local is served by west alone"]
            );
        }
    }

    #[test]
    fn a_service_that_another_cluster_serves_too_passes() {
        let mut facts = removed(today());
        let endpoints = &mut plane_of(&mut facts).debug.endpoints;
        let second = registered("details", Some("east"), "10.10.0.9");
        endpoints.as_mut().expect("known").push(second);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
