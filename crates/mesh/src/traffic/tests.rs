//! The rates, quantiles and places, over metrics as proxies write them.

use super::{
    counters::Counters,
    envoy,
    histogram::Histogram,
    istio_metrics,
    places::{ClusterIds, calling, place_of_address, serving},
    sample::{PodReading, Sample},
    *,
};
use crate::{
    doctor::samples::{cluster_name, east, injected, ip, istiod, two_networks, west},
    facts::{MeshFacts, Unknown},
};
use jiff::Timestamp;
use std::collections::BTreeSet;
use wire::mesh::{LatencyView, TrafficPlace, TrafficSource, TrafficView};

/// The bounds of Istio's histograms below a second, in milliseconds.
const BOUNDS: [f64; 10] = [
    0.5,
    1.0,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    f64::INFINITY,
];

fn details() -> ServicePath {
    ServicePath {
        namespace: "bookinfo".into(),
        name: "details".into(),
    }
}

fn pod(cluster: &str, pod: &str) -> SampledPod {
    SampledPod {
        cluster: cluster_name(cluster),
        namespace: "bookinfo".into(),
        pod: pod.into(),
    }
}

fn place(cluster: &str) -> TrafficPlace {
    TrafficPlace::Cluster(cluster_name(cluster))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("a time")
}

fn of_latencies(latencies: &[f64]) -> Histogram {
    let mut histogram = Histogram::default();
    for bound in BOUNDS {
        let within = latencies.iter().filter(|latency| **latency <= bound);
        histogram.add(bound, within.count() as f64);
    }
    histogram
}

#[test]
fn a_quantile_is_the_bucket_that_has_it() {
    // Latencies from 0.3 ms to 2.7 s, in no order.
    let latencies: Vec<f64> = (1..=997_u32)
        .map(|n| f64::from(n * 7919 % 9973) * 0.27 + 0.3)
        .collect();
    let mut sorted = latencies.clone();
    sorted.sort_by(f64::total_cmp);
    let (first, second) = latencies.split_at(400);
    let mut merged = of_latencies(first);
    merged.merge(&of_latencies(second));
    for percent in 1..=100_usize {
        let rank = (percent * sorted.len()).div_ceil(100);
        let exact = sorted[rank - 1];
        let found = merged.quantile(percent as f64 / 100.0).expect("latencies");
        let is_within = found.over < exact && found.up_to.is_none_or(|bound| exact <= bound);
        assert!(is_within, "{percent}: {exact} is not in {found:?}");
    }
    assert_eq!(Histogram::default().quantile(0.5), None);
    assert_eq!(of_latencies(&[]).quantile(0.5), None);
}

#[test]
fn proxies_with_other_buckets_are_summed_at_the_bounds_that_both_have() {
    let mut coarse = Histogram::default();
    coarse.add(10.0, 4.0);
    coarse.add(f64::INFINITY, 10.0);
    let mut merged = of_latencies(&[3.0, 3.0, 40.0]);
    merged.merge(&coarse);
    let expected = LatencyView {
        over: 10.0,
        up_to: None,
    };
    assert_eq!(merged.quantile(0.5), Some(expected));
    assert_eq!(
        merged.quantile(0.4).and_then(|latency| latency.up_to),
        Some(10.0)
    );
}

/// What a proxy of details in west writes after `requests` requests of productpage in east, of which `failed`
/// failed; each takes between 5 and 10 ms.
fn metrics(requests: u32, failed: u32) -> String {
    let labels = |code: &str| {
        format!(
            "reporter=\"destination\",source_workload=\"productpage-v1\",source_cluster=\"east\",\
             destination_service_name=\"details\",destination_service_namespace=\"bookinfo\",\
             destination_cluster=\"west\",response_code=\"{code}\",response_flags=\"-\""
        )
    };
    let mut text = String::from(
        "# TYPE istio_build gauge\nistio_build{component=\"proxy\",tag=\"1.31.1\"} 1\n\
         # TYPE istio_requests_total counter\n\
         istio_requests_total{reporter=\"source\",source_cluster=\"west\",destination_service_name=\"ratings\"} 99\n\
         istio_agent_startup_duration_seconds 1.5\n",
    );
    for (code, count) in [("200", requests - failed), ("503", failed)] {
        let labels = labels(code);
        text += &format!("istio_requests_total{{{labels}}} {count}\n");
        for bound in ["1", "5", "10", "+Inf"] {
            let within = if matches!(bound, "10" | "+Inf") {
                count
            } else {
                0
            };
            text += &format!(
                "istio_request_duration_milliseconds_bucket{{{labels},le=\"{bound}\"}} {within}\n"
            );
        }
    }
    text
}

fn served(requests: u32, failed: u32) -> Counters {
    let ids = ClusterIds::new(&istiod());
    let read = istio_metrics::read(
        &metrics(requests, failed),
        &details(),
        &cluster_name("west"),
        &ids,
    );
    read.expect("well-formed").expect("Istio's metrics")
}

fn reading(seconds: i64, readings: Vec<(SampledPod, Result<Counters, &str>)>) -> Sample {
    let readings = readings.into_iter().map(|(pod, counters)| PodReading {
        pod,
        counters: counters.map_err(Unknown::because),
    });
    Sample {
        source: TrafficSource::IstioMetrics,
        at: at(seconds),
        readings: readings.collect(),
        all: 3,
    }
}

#[test]
fn rates_errors_and_latencies_are_those_of_the_window() {
    let mut window = TrafficWindow::default();
    let details = || pod("west", "details-v1");
    window.add(reading(0, vec![(details(), Ok(served(1000, 7)))]));
    assert_eq!(
        window.view().flows,
        [],
        "the first reading has nothing to be compared with"
    );
    window.add(reading(15, vec![(details(), Ok(served(1030, 10)))]));
    window.add(reading(30, vec![(details(), Ok(served(1030, 10)))]));
    let view = window.view();
    let [flow] = view.flows.as_slice() else {
        panic!("{view:?}")
    };
    assert_eq!((&flow.from, &flow.to), (&place("east"), &place("west")));
    assert_eq!((flow.requests, flow.errors), (1.0, Some(10.0)));
    let latency = LatencyView {
        over: 5.0,
        up_to: Some(10.0),
    };
    assert_eq!((flow.p50, flow.p99), (Some(latency), Some(latency)));
    let points: Vec<_> = flow
        .points
        .iter()
        .map(|point| (point.requests, point.errors, point.p50))
        .collect();
    assert_eq!(points, [(2.0, Some(10.0), Some(10.0)), (0.0, None, None)]);
    assert_eq!((view.sampled, view.proxies), (1, 3));
}

#[test]
fn a_proxy_that_was_restarted_counts_from_zero() {
    let mut window = TrafficWindow::default();
    let details = || pod("west", "details-v1");
    window.add(reading(0, vec![(details(), Ok(served(1000, 0)))]));
    window.add(reading(15, vec![(details(), Ok(served(30, 0)))]));
    let view = window.view();
    assert_eq!(view.flows.first().map(|flow| flow.requests), Some(2.0));
}

#[test]
fn a_pod_that_does_not_answer_is_named_and_its_next_answer_counts_the_time_between() {
    let mut window = TrafficWindow::default();
    let details = || pod("west", "details-v1");
    let other = || pod("west", "details-v2");
    window.add(reading(
        0,
        vec![(details(), Ok(served(0, 0))), (other(), Ok(served(0, 0)))],
    ));
    window.add(reading(
        15,
        vec![(details(), Err("timed out")), (other(), Ok(served(15, 0)))],
    ));
    let failed = window.view().failed;
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (&*failed[0].pod, &*failed[0].reason),
        ("bookinfo/details-v1", "timed out")
    );
    window.add(reading(
        30,
        vec![(details(), Ok(served(60, 0))), (other(), Ok(served(30, 0)))],
    ));
    let view = window.view();
    assert_eq!(view.failed, []);
    let points: Vec<f64> = view.flows[0]
        .points
        .iter()
        .map(|point| point.requests)
        .collect();
    assert_eq!(points, [1.0, 3.0]);
}

#[test]
fn the_window_has_fifteen_minutes_and_one_source() {
    let mut window = TrafficWindow::default();
    let details = || pod("west", "details-v1");
    for round in 0..100_u32 {
        window.add(reading(
            i64::from(round) * 15,
            vec![(details(), Ok(served(round * 15, 0)))],
        ));
    }
    let view = window.view();
    let first = view.flows[0].points[0].at.0;
    assert_eq!(at(99 * 15).as_second() - first, TrafficView::WINDOW_SECONDS);
    assert_eq!(view.flows[0].requests, 1.0);
    let mut other = reading(1500, vec![(details(), Ok(served(9, 0)))]);
    other.source = TrafficSource::EnvoyClusters;
    window.add(other);
    let view = window.view();
    assert_eq!(
        (view.flows.len(), view.since.map(|time| time.0)),
        (0, Some(at(1500).as_second()))
    );
}

#[test]
fn a_proxy_without_the_filter_is_told_from_one_without_requests() {
    let ids = ClusterIds::new(&istiod());
    let read = |text: &str| {
        istio_metrics::read(text, &details(), &cluster_name("west"), &ids).expect("well-formed")
    };
    assert_eq!(
        read("istio_agent_go_info 1\nenvoy_cluster_upstream_rq_total{x=\"y\"} 3\n"),
        None
    );
    assert_eq!(read("istio_build{component=\"agent\"} 1\n"), None);
    assert_eq!(
        read("istio_build{component=\"proxy\"} 1\n"),
        Some(Counters::new())
    );
}

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
        envoy::read(&clusters(hosts), &details(), &place_of("east"), place).expect("well-formed")
    };
    let before = read(&[(name, "10.20.0.7", 500, 0), (name, "10.20.0.8", 1000, 0)]);
    let after = read(&[(name, "10.20.0.7", 530, 0)]);
    let increases = super::counters::increases(&before, &after);
    let requests: Vec<f64> = increases
        .into_values()
        .map(|increase| increase.requests)
        .collect();
    assert_eq!(requests, [30.0]);
}

fn place_of(cluster: &str) -> TrafficPlace {
    place(cluster)
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
