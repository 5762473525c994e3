//! P02: is an address used by a pod or Service of two clusters right now?

use super::{Check, Lines, Needs, p01_pod_ranges::weight};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use std::{collections::BTreeMap, net::IpAddr};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::AddressCollision,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (one, other) in facts.cluster_pairs() {
        let (Some(mine), Some(theirs)) = (taken(one, &mut tally), taken(other, &mut tally)) else {
            continue;
        };
        tally.saw();
        for (address, what) in &mine {
            if let Some(whose) = theirs.get(address) {
                let (here, there) = (&one.name, &other.name);
                let line = format!("{address}: {here} {what} and {there} {whose}");
                tally.say(weight(facts, one, other), line, Remedy::SeparateNetworks);
            }
        }
    }
    tally.finding()
}

/// Who has which address; pods that use their node's are not asked.
fn taken(cluster: &ClusterFacts, tally: &mut Tally) -> Option<BTreeMap<IpAddr, String>> {
    let pods = tally.known(&format!("{}: pods", cluster.name), &cluster.pods)?;
    let services = tally.known(&format!("{}: Services", cluster.name), &cluster.services)?;
    let of_pods = pods
        .iter()
        .filter(|pod| pod.live && !pod.host_network)
        .filter_map(|pod| Some((pod.address?, pod.reference())));
    let of_services = services
        .iter()
        .filter_map(|service| Some((service.address?, service.reference())));
    Some(of_pods.chain(of_services).collect())
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn the_same_address_in_two_clusters_blocks_and_names_both() {
        let mut facts = today();
        let twin = pod("shop/web-1", "10.10.0.8");
        west(&mut facts).pods.as_mut().expect("known").push(twin);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["10.10.0.8: east Pod bookinfo/productpage-v1 and west Pod shop/web-1"]
        );
    }

    #[test]
    fn a_pod_that_uses_its_nodes_address_counts_not() {
        let mut facts = today();
        let mut twin = pod("kube-system/proxy", "10.10.0.8");
        twin.host_network = true;
        west(&mut facts).pods.as_mut().expect("known").push(twin);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
