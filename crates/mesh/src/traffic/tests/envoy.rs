//! Envoy's statistics by endpoint, and which proxies are asked.

use super::{details, place, pod};
use crate::{
    doctor::samples::{cluster_name, east, injected, ip, istiod, two_networks, west},
    facts::MeshFacts,
    traffic::{
        SampledPod, counters, envoy,
        places::{calling, place_of_address, serving},
    },
};
use std::collections::BTreeSet;
use wire::mesh::{TrafficPlace, TrafficView};

/// What Envoy writes about one endpoint of a cluster.
fn clusters(hosts: &[(&str, &str, u32, u32)]) -> String {
    let status = |(name, address, requests, errors): &(&str, &str, u32, u32)| {
        serde_json::json!({
            "name": name, "added_via_api": true,
            "host_statuses": [{
                "address": {"socket_address": {"address": address, "port_value": 9080}},
                "stats": [
                    {"name": "cx_total", "value": "4"},
                    {"name": "rq_total", "value": requests.to_string()},
                    {"name": "rq_error", "value": errors.to_string()},
                    {"name": "rq_timeout"},
                    {"type": "GAUGE", "name": "rq_active"},
                ],
                "health_status": {"eds_health_status": "HEALTHY"}, "weight": 1,
            }],
        })
    };
    let statuses: Vec<_> = hosts.iter().map(status).collect();
    serde_json::json!({ "cluster_statuses": statuses }).to_string()
}

fn called(facts: &MeshFacts, hosts: &[(&str, &str, u32, u32)]) -> Vec<(TrafficPlace, f64, f64)> {
    let from = facts.cluster(&cluster_name("east")).expect("the primary");
    let place = |address| place_of_address(facts, from, address);
    let read = envoy::read(&clusters(hosts), &details(), &TrafficPlace::Unknown, place);
    let series = read.expect("well-formed").into_values();
    series
        .map(|series| (series.flow.1, series.requests, series.errors))
        .collect()
}

#[test]
fn endpoints_of_envoy_belong_to_the_cluster_of_their_address() {
    let name = "outbound|9080||details.bookinfo.svc.cluster.local";
    let others = [
        (
            "outbound|9080||details.shop.svc.cluster.local",
            "10.20.0.7",
            5,
            0,
        ),
        (
            "outbound|9080||details-v2.bookinfo.svc.cluster.local",
            "10.20.0.7",
            5,
            0,
        ),
        ("inbound|9080||", "127.0.0.1", 5, 0),
        (
            "outbound_.9080_._.details.bookinfo.svc.cluster.local",
            "10.20.0.7",
            5,
            0,
        ),
    ];
    let own = [(name, "10.20.0.7", 40, 2), (name, "192.0.2.9", 3, 0)];
    let found = called(&istiod(), &[own.as_slice(), &others].concat());
    let unknown = TrafficPlace::Other("192.0.2.9".into());
    assert_eq!(found, [(place("west"), 40.0, 2.0), (unknown, 3.0, 0.0)]);
}

#[test]
fn the_address_of_a_gateway_is_its_network() {
    let facts = two_networks();
    let name = "outbound|9080||details.bookinfo.svc.cluster.local";
    let found = called(&facts, &[(name, "10.0.2.5", 4, 0)]);
    assert_eq!(found, [(TrafficPlace::Network("n2".into()), 4.0, 0.0)]);
    assert!(
        envoy::read("none", &details(), &TrafficPlace::Unknown, |_| {
            TrafficPlace::Unknown
        })
        .is_err()
    );
}

#[test]
fn an_endpoint_that_leaves_is_no_reset_of_the_others() {
    let facts = istiod();
    let name = "outbound|9080||details.bookinfo.svc.cluster.local";
    let from = facts.cluster(&cluster_name("east")).expect("the primary");
    let read = |hosts: &[(&str, &str, u32, u32)]| {
        let place = |address| place_of_address(&facts, from, address);
        envoy::read(&clusters(hosts), &details(), &super::place("east"), place)
            .expect("well-formed")
    };
    let before = read(&[(name, "10.20.0.7", 500, 0), (name, "10.20.0.8", 1000, 0)]);
    let after = read(&[(name, "10.20.0.7", 530, 0)]);
    let increases = counters::increases(&before, &after);
    let requests: Vec<f64> = increases
        .into_values()
        .map(|increase| increase.requests)
        .collect();
    assert_eq!(requests, [30.0]);
}
#[test]
fn at_most_ten_pods_are_asked_in_turn_from_each_cluster() {
    let mut facts = istiod();
    for number in 0..20 {
        let path = format!("bookinfo/many{number}-v1");
        let address = format!("10.10.1.{number}");
        east(&mut facts)
            .pods
            .as_mut()
            .expect("known")
            .push(injected(&path, &address, "east"));
    }
    let remote = injected("shop/far-v1", "10.20.1.1", "west");
    west(&mut facts).pods.as_mut().expect("known").push(remote);
    let known = BTreeSet::from([pod("east", "many19-v1")]);
    let selection = calling(&facts, &details(), &known);
    assert_eq!(selection.pods.len(), TrafficView::MAX_PROXIES);
    assert!(selection.all > 20, "{}", selection.all);
    assert!(
        selection.pods.contains(&pod("east", "many19-v1")),
        "a known caller stays"
    );
    let is_far = |pod: &SampledPod| pod.pod == "far-v1";
    assert!(selection.pods.iter().any(is_far), "{:?}", selection.pods);
    let servers = serving(&facts, &details());
    assert_eq!(servers.pods, [pod("west", "details-v1")]);
    assert!(ip("10.20.0.7").is_ipv4());
}
