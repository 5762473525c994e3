//! Tests of this module.

use super::*;
use crate::doctor::samples::east_west;

const HOST: &str = "gateway.lb.example";

fn named(addresses: &[&str]) -> ServiceFacts {
    let mut gateway = east_west("", HOST);
    let addresses = addresses
        .iter()
        .map(|text| text.parse().expect("an address"));
    gateway.balancer_names = vec![BalancerName {
        host: HOST.to_owned(),
        addresses: Ok(addresses.collect()),
    }];
    gateway
}

#[test]
fn a_host_name_is_replaced_by_its_addresses_the_lowest_first() {
    let gateway = named(&["10.0.1.7", "10.0.2.9"]);
    assert_eq!(external_addresses(&gateway), ["10.0.1.7", "10.0.2.9"]);
    let mut unresolved = named(&[]);
    unresolved.balancer_names[0].addresses = Err(Unknown::because("no answer"));
    assert!(
        external_addresses(&unresolved).is_empty(),
        "the name is never used"
    );
}

#[test]
fn a_static_internal_address_comes_first() {
    let annotations = BTreeMap::from([(
        "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses".to_owned(),
        "10.0.2.9, 10.0.3.9".to_owned(),
    )]);
    let mut gateway = named(&["10.0.1.7", "10.0.2.9"]);
    gateway.static_addresses = static_addresses(Some("203.0.113.7"), &annotations);
    let expected = ["10.0.2.9", "10.0.3.9", "10.0.1.7"];
    assert_eq!(external_addresses(&gateway), expected);
}

#[test]
fn any_public_address_without_a_source_range_is_exposed() {
    let mut gateway = named(&["10.0.1.7", "203.0.113.7"]);
    assert_eq!(exposed_addresses(&gateway), ["203.0.113.7"]);
    gateway.annotations = BTreeMap::from([(
        "networking.gke.io/load-balancer-type".to_owned(),
        "Internal".to_owned(),
    )]);
    assert_eq!(exposed_addresses(&gateway), ["203.0.113.7"]);
    gateway.source_ranges = vec!["0.0.0.0/0".to_owned()];
    assert_eq!(exposed_addresses(&gateway), ["203.0.113.7"]);
    gateway.source_ranges = vec!["198.51.100.0/24".to_owned()];
    assert!(exposed_addresses(&gateway).is_empty());
    assert!(exposed_addresses(&named(&["10.0.1.7"])).is_empty());
}
