//! The rules of the comparison, on one remote and one istiod.

use super::{compare::compare, *};
use crate::{
    doctor::samples::{endpoint, ip, map, namespace, service, shards},
    facts::*,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A remote with two Services, web with two endpoints and api with one.
struct Remote {
    namespaces: Vec<NamespaceFacts>,
    services: Vec<ServiceFacts>,
    endpoints: Vec<EndpointFacts>,
    workload_entries: BTreeSet<IpAddr>,
    selectors: Vec<Selector>,
}

impl Remote {
    fn new() -> Self {
        Self {
            namespaces: vec![namespace("shop", &[("team", "shop")])],
            services: vec![service("shop/web", &[80]), service("shop/api", &[80])],
            endpoints: vec![
                endpoint("shop/web", "10.20.0.1"),
                endpoint("shop/web", "10.20.0.2"),
                endpoint("shop/api", "10.20.0.3"),
            ],
            workload_entries: BTreeSet::new(),
            selectors: Vec::new(),
        }
    }

    fn compared(&self, shards: &EndpointShards) -> Vec<ServiceEndpoints> {
        let remote = RemoteServices {
            id: "west",
            namespaces: &self.namespaces,
            services: &self.services,
            endpoints: &self.endpoints,
            workload_entries: &self.workload_entries,
            selectors: &self.selectors,
        };
        compare(&remote, shards, NOW)
    }

    /// The missing and the stale endpoints of each Service that has any.
    fn differences(&self, shards: &EndpointShards) -> Vec<String> {
        let addresses = |differences: &[Difference]| {
            let addresses = differences
                .iter()
                .map(|difference| difference.address.to_string());
            addresses.collect::<Vec<_>>().join(" ")
        };
        let services = self.compared(shards).into_iter();
        services
            .filter(|service| !service.missing.is_empty() || !service.stale.is_empty())
            .map(|service| {
                let (missing, stale) = (addresses(&service.missing), addresses(&service.stale));
                format!("{}: -{missing} +{stale}", service.name)
            })
            .collect()
    }
}

/// Each Service once for each address, in the order of the hosts.
fn of_services(listed: &[(&str, &str)]) -> EndpointShards {
    let mut hosts: BTreeMap<&str, Vec<ShardEndpoint>> = BTreeMap::new();
    for (path, address) in listed {
        let single = shards(&[(path, "west", address)]);
        hosts
            .entry(path)
            .or_default()
            .extend(single.services[0].endpoints.clone());
    }
    let services = hosts.into_iter().map(|(path, endpoints)| {
        let single = shards(&[(path, "west", "10.20.0.1")]).services.remove(0);
        ShardedService {
            endpoints,
            ..single
        }
    });
    EndpointShards {
        services: services.collect(),
        complete: true,
    }
}

fn all() -> EndpointShards {
    of_services(&[
        ("shop/api", "10.20.0.3"),
        ("shop/web", "10.20.0.1"),
        ("shop/web", "10.20.0.2"),
    ])
}

#[test]
fn the_same_endpoints_are_counted_on_both_sides() {
    let compared = Remote::new().compared(&all());
    let counts: Vec<(&str, usize, usize)> = compared
        .iter()
        .map(|service| (&*service.name, service.ready, service.registered))
        .collect();
    assert_eq!(counts, [("api", 1, 1), ("web", 2, 2)]);
    assert!(
        compared
            .iter()
            .all(|service| service.missing.is_empty() && service.stale.is_empty())
    );
}

#[test]
fn a_ready_endpoint_that_is_not_registered_or_not_healthy_is_missing() {
    let mut shards = all();
    shards.services[0].endpoints.clear();
    shards.services[1].endpoints[0].healthy = false;
    let expected = ["api: -10.20.0.3:9080 +", "web: -10.20.0.1:9080 +"];
    assert_eq!(Remote::new().differences(&shards), expected);
}

#[test]
fn endpoints_of_other_clusters_and_of_service_entries_do_not_count() {
    let mut shards = all();
    shards.services[0].endpoints[0].cluster = "east".into();
    shards.services[1].endpoints[0].from_kubernetes = false;
    let expected = ["api: -10.20.0.3:9080 +", "web: -10.20.0.1:9080 +"];
    assert_eq!(Remote::new().differences(&shards), expected);
}

#[test]
fn every_port_of_an_endpoint_is_compared() {
    let mut remote = Remote::new();
    remote.endpoints[2].ports = [9080, 9090].into();
    assert_eq!(remote.differences(&all()), ["api: -10.20.0.3:9090 +"]);
}

#[test]
fn an_endpoint_that_is_not_ready_must_not_be_registered() {
    let mut remote = Remote::new();
    remote.endpoints[0].ready = false;
    assert_eq!(remote.differences(&all()), ["web: - +10.20.0.1:9080"]);
    remote.endpoints.remove(2);
    remote.services.remove(1);
    let expected = ["api: - +10.20.0.3:9080", "web: - +10.20.0.1:9080"];
    assert_eq!(
        remote.differences(&all()),
        expected,
        "also of a deleted Service"
    );
}

#[test]
fn a_terminating_endpoint_that_is_published_may_be_registered() {
    let mut remote = Remote::new();
    remote.endpoints[0].terminating = true;
    assert!(remote.differences(&all()).is_empty());
    let without = of_services(&[("shop/api", "10.20.0.3"), ("shop/web", "10.20.0.2")]);
    assert!(remote.differences(&without).is_empty());
}

#[test]
fn a_workload_entry_may_be_registered() {
    let mut remote = Remote::new();
    let with_entry = of_services(&[
        ("shop/api", "10.20.0.3"),
        ("shop/api", "10.9.0.1"),
        ("shop/web", "10.20.0.1"),
        ("shop/web", "10.20.0.2"),
    ]);
    assert_eq!(remote.differences(&with_entry), ["api: - +10.9.0.1:9080"]);
    remote.workload_entries.insert(ip("10.9.0.1"));
    assert!(remote.differences(&with_entry).is_empty());
}

#[test]
fn a_pod_with_several_addresses_is_compared_by_each() {
    let mut remote = Remote::new();
    remote.endpoints.push(endpoint("shop/api", "fd00::3"));
    assert_eq!(remote.differences(&all()), ["api: -[fd00::3]:9080 +"]);
}

#[test]
fn a_service_without_a_selector_is_compared_and_an_alias_is_not() {
    let mut remote = Remote::new();
    remote.services[1].selector.clear();
    let mut shards = all();
    shards.services[0].endpoints.clear();
    assert_eq!(remote.differences(&shards), ["api: -10.20.0.3:9080 +"]);
    remote.services[1].service_type = ServiceType::ExternalName("api.example".into());
    assert!(remote.differences(&shards).is_empty());
}

#[test]
fn a_private_service_and_a_hidden_namespace_are_not_compared() {
    let none = EndpointShards {
        complete: true,
        ..EndpointShards::default()
    };
    let mut remote = Remote::new();
    remote.services[0].annotations = map(&[("networking.istio.io/exportTo", "~")]);
    assert_eq!(remote.differences(&none), ["api: -10.20.0.3:9080 +"]);
    remote.selectors = vec![Selector(vec![Requirement::In(
        "team".into(),
        vec!["other".into()],
    )])];
    assert!(remote.compared(&none).is_empty());
}

#[test]
fn hosts_of_a_cluster_set_are_no_services() {
    let mut shards = all();
    shards.services[0].host = "api.shop.svc.clusterset.local".into();
    assert_eq!(
        Remote::new().differences(&shards),
        ["api: -10.20.0.3:9080 +"]
    );
}

#[test]
fn services_after_the_end_of_a_response_are_not_compared() {
    let mut shards = all();
    shards.services.pop();
    shards.complete = false;
    let remote = Remote::new();
    assert!(remote.differences(&shards).is_empty());
    let compared = remote.compared(&shards);
    let compared: Vec<(&str, bool)> = compared
        .iter()
        .map(|service| (&*service.name, service.compared))
        .collect();
    assert_eq!(compared, [("api", true), ("web", false)]);
    shards.services[0].endpoints.clear();
    assert_eq!(remote.differences(&shards), ["api: -10.20.0.3:9080 +"]);
}
