//! P02: no address is used by a pod or Service of two clusters at this moment.

use super::ranges::overlap_status;
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use std::{collections::BTreeMap, net::IpAddr};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (first, second) in facts.cluster_pairs() {
        let used = addresses(first, &mut tally).zip(addresses(second, &mut tally));
        let Some((addresses, other_addresses)) = used else {
            continue;
        };
        tally.applies();
        for (address, object) in &addresses {
            if let Some(other_object) = other_addresses.get(address) {
                let detail = detail!(DuplicateAddress {
                    address,
                    cluster: first.name,
                    object,
                    other_cluster: second.name,
                    other_object,
                });
                let status = overlap_status(facts, first, second);
                tally.report(status, detail, Remedy::SeparateNetworks);
            }
        }
    }
    tally.finding()
}

/// The addresses in use and their objects, without pods that use the address of their node.
fn addresses(cluster: &ClusterFacts, tally: &mut Tally) -> Option<BTreeMap<IpAddr, String>> {
    let pods = tally.known(format!("{}: Pods", cluster.name), &cluster.pods)?;
    let services = tally.known(format!("{}: Services", cluster.name), &cluster.services)?;
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

    #[test]
    fn an_address_in_two_clusters_fails_and_names_both_objects() {
        let mut facts = istiod();
        let duplicate = pod("shop/web-1", "10.10.0.8");
        west(&mut facts)
            .pods
            .as_mut()
            .expect("known")
            .push(duplicate);
        let finding = run(CheckCode::AddressCollision, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(DuplicateAddress {
            address: "10.10.0.8",
            cluster: "east",
            object: "Pod bookinfo/productpage-v1",
            other_cluster: "west",
            other_object: "Pod shop/web-1",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_pod_with_the_address_of_its_node_does_not_count() {
        let mut facts = istiod();
        let mut duplicate = pod("kube-system/proxy", "10.10.0.8");
        duplicate.host_network = true;
        west(&mut facts)
            .pods
            .as_mut()
            .expect("known")
            .push(duplicate);
        let finding = run(CheckCode::AddressCollision, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
