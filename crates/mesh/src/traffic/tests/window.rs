//! Istio's metrics become rates of a window.

use super::{details, place, pod};
use crate::{
    doctor::samples::{cluster_name, istiod},
    facts::Unknown,
    traffic::{
        SampledPod, TrafficWindow,
        counters::Counters,
        istio_metrics,
        places::ClusterIds,
        sample::{PodReading, Sample},
    },
};
use jiff::Timestamp;
use std::fmt::Write as _;
use wire::mesh::{LatencyView, TrafficSource, TrafficView};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("a time")
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
        let _ = writeln!(text, "istio_requests_total{{{labels}}} {count}");
        for bound in ["1", "5", "10", "+Inf"] {
            let within = if matches!(bound, "10" | "+Inf") {
                count
            } else {
                0
            };
            let _ = writeln!(
                text,
                "istio_request_duration_milliseconds_bucket{{{labels},le=\"{bound}\"}} {within}"
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
    assert_eq!(view.flows.first().map(|flow| flow.requests), Some(1.0));
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
fn a_proxy_without_the_filter_differs_from_a_proxy_without_requests() {
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
