//! Responses of Prometheus' HTTP API become the traffic of a Service.

use super::{
    flows::traffic,
    response::{names, reason, series},
};
use crate::{
    doctor::samples::{cluster_name, istiod},
    traffic::places::ClusterIds,
};
use jiff::Timestamp;
use serde_json::json;
use wire::mesh::{LatencyView, TrafficPlace, TrafficSource, TrafficView};

/// A series of a matrix: two values, fifteen seconds apart.
fn labelled(
    reporter: &str,
    pair: [&str; 2],
    label: (&str, &str),
    values: [&str; 2],
) -> serde_json::Value {
    json!({
        "metric": {
            "reporter": reporter, "source_cluster": pair[0], "destination_cluster": pair[1],
            label.0: label.1,
        },
        "values": [[1_790_000_000, values[0]], [1_790_000_015, values[1]]],
    })
}

fn matrix(result: &[serde_json::Value]) -> String {
    json!({"status": "success", "data": {"resultType": "matrix", "result": result}}).to_string()
}

fn read(requests: &[serde_json::Value], latencies: &[serde_json::Value]) -> TrafficView {
    let series = |result| series(&matrix(result)).expect("well-formed");
    let now = Timestamp::from_second(1_790_000_020).expect("a time");
    let ids = ClusterIds::new(&istiod());
    traffic(&series(requests), &series(latencies), &ids, now)
}

fn place(cluster: &str) -> TrafficPlace {
    TrafficPlace::Cluster(cluster_name(cluster))
}

#[test]
fn rates_errors_and_quantiles_are_those_of_the_server() {
    let pair = ["east", "west"];
    let code = |code, values| labelled("destination", pair, ("response_code", code), values);
    let bucket = |bound, values| labelled("destination", pair, ("le", bound), values);
    let view = read(
        &[
            code("200", ["9", "19"]),
            code("503", ["1", "1"]),
            code("0", ["0", "NaN"]),
        ],
        &[
            bucket("5", ["0", "0"]),
            bucket("10", ["10", "20"]),
            bucket("+Inf", ["10", "20"]),
        ],
    );
    assert_eq!(view.source, Some(TrafficSource::Prometheus));
    assert!(view.is_compared());
    let [flow] = view.flows.as_slice() else {
        panic!("{:#?}", view.flows);
    };
    assert_eq!((&flow.from, &flow.to), (&place("east"), &place("west")));
    assert!((flow.requests - 15.0).abs() < 1e-9);
    assert!(
        flow.errors
            .is_some_and(|errors| (errors - 2.0 / 30.0 * 100.0).abs() < 1e-9)
    );
    let bounds = LatencyView {
        over: 5.0,
        up_to: Some(10.0),
    };
    assert_eq!((flow.p50, flow.p99), (Some(bounds), Some(bounds)));
    let points: Vec<f64> = flow.points.iter().map(|point| point.requests).collect();
    assert_eq!(points, [10.0, 20.0]);
}

#[test]
fn a_pair_that_the_server_side_counts_is_not_counted_twice() {
    let code = ("response_code", "200");
    let view = read(
        &[
            labelled("destination", ["east", "west"], code, ["5", "5"]),
            labelled("source", ["east", "west"], code, ["5", "5"]),
            // Nothing scrapes the proxies of west that serve callers of west.
            labelled("source", ["west", "east"], code, ["2", "2"]),
        ],
        &[],
    );
    let rates: Vec<f64> = view.flows.iter().map(|flow| flow.requests).collect();
    assert_eq!(rates, [5.0, 2.0]);
}

#[test]
fn a_service_without_requests_has_no_flow_and_a_caller_outside_of_the_mesh_has_no_cluster() {
    let code = ("response_code", "200");
    let view = read(
        &[labelled("destination", ["east", "west"], code, ["0", "0"])],
        &[],
    );
    assert_eq!(view.flows, []);
    let outside = labelled("destination", ["unknown", "west"], code, ["1", "1"]);
    assert_eq!(read(&[outside], &[]).flows[0].from, TrafficPlace::Unknown);
}

#[test]
fn an_error_differs_from_a_foreign_answer() {
    let error =
        json!({"status": "error", "errorType": "bad_data", "error": "parse error at char 3"});
    assert_eq!(reason(&error.to_string()), "parse error at char 3");
    assert_eq!(reason(&"x".repeat(5000)).len(), 300);
    assert!(series("<html>").is_err());
    assert!(series(&error.to_string()).is_err());
    let known = json!({"status": "success", "data": ["istio_requests_total"]});
    assert_eq!(
        names(&known.to_string()),
        Ok(vec!["istio_requests_total".to_owned()])
    );
}
