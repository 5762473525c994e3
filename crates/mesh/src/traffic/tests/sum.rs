//! The Services of a mesh are summed by pairs of clusters.

use super::place;
use crate::{
    doctor::samples::istiod,
    traffic::{ServicePath, WatchedTraffic, sum},
};
use wire::{
    Time,
    mesh::{FlowPoint, FlowView, TrafficPlace, TrafficView},
};

/// A flow with readings of one rate at these times.
fn flow(from: TrafficPlace, to: TrafficPlace, rate: f64, errors: f64, times: &[i64]) -> FlowView {
    let points = times.iter().map(|at| FlowPoint {
        at: Time(*at),
        requests: rate,
        errors: Some(errors),
        p50: None,
        p99: None,
    });
    FlowView {
        from,
        to,
        requests: rate,
        errors: Some(errors),
        p50: None,
        p99: None,
        points: points.collect(),
    }
}

fn watched(name: &str, pinned: bool, at: i64, flows: Vec<FlowView>) -> WatchedTraffic {
    WatchedTraffic {
        service: ServicePath {
            namespace: "shop".into(),
            name: name.into(),
        },
        pinned,
        traffic: TrafficView {
            since: Some(Time(0)),
            at: Some(Time(at)),
            flows,
            ..TrafficView::begun()
        },
    }
}

#[test]
fn rates_are_added_and_errors_are_weighted_by_requests() {
    let east_west =
        |rate, errors, times: &[i64]| flow(place("east"), place("west"), rate, errors, times);
    let all = [
        watched("cart", true, 1000, vec![east_west(30.0, 0.0, &[985, 1000])]),
        watched("stock", false, 993, vec![east_west(10.0, 4.0, &[993])]),
    ];
    let view = sum(Some(&istiod()), &all);
    assert_eq!(
        (view.pinned(), view.open(), view.at),
        (1, 1, Some(Time(1000)))
    );
    let [flow] = view.flows.as_slice() else {
        panic!("{:#?}", view.flows);
    };
    assert_eq!((flow.requests, flow.errors), (40.0, Some(1.0)));
    let names: Vec<&str> = flow.services.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["cart", "stock"]);
    let points: Vec<(i64, f64)> = flow
        .points
        .iter()
        .map(|point| (point.at.0, point.requests))
        .collect();
    // The reading of stock at 993 covers both of the latest times.
    assert_eq!(points, [(970, 40.0), (985, 40.0), (1000, 40.0)]);
}

#[test]
fn a_service_without_a_reading_near_a_time_does_not_count_then() {
    let all = [
        watched(
            "cart",
            true,
            1000,
            vec![flow(place("east"), place("west"), 5.0, 0.0, &[1000])],
        ),
        watched(
            "stock",
            true,
            900,
            vec![flow(place("east"), place("west"), 7.0, 0.0, &[900])],
        ),
    ];
    let view = sum(None, &all);
    let rates: Vec<f64> = view.flows[0]
        .points
        .iter()
        .map(|own| own.requests)
        .collect();
    assert_eq!(rates, [7.0, 7.0, 7.0, 7.0, 5.0, 5.0]);
}

#[test]
fn a_network_of_one_cluster_is_that_cluster_and_others_are_not_placed() {
    let mut facts = istiod();
    let name = facts.clusters[1].name.clone();
    facts.clusters[1].network = "net-2".into();
    let network = |name: &str| TrafficPlace::Network(name.into());
    let flows = vec![
        flow(place("east"), network("net-2"), 2.0, 0.0, &[]),
        flow(place("east"), network("net-3"), 3.0, 0.0, &[]),
        flow(TrafficPlace::Unknown, place("east"), 4.0, 0.0, &[]),
    ];
    let view = sum(Some(&facts), &[watched("cart", true, 1000, flows)]);
    assert_eq!(view.flows.len(), 1, "{:#?}", view.flows);
    assert_eq!((&view.flows[0].to, view.flows[0].requests), (&name, 2.0));
    assert!((view.unplaced - 7.0).abs() < f64::EPSILON);
}
