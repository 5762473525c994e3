//! Series of Prometheus become the traffic of a Service. Pure.
//!
//! The proxies that serve and those that call both count a request, and a server may scrape only some of them. For a
//! pair of clusters, the numbers are those of the proxies that serve, else those of the proxies that call.

use super::{
    super::{counters::Flow, histogram::Histogram, istio_metrics::is_failure, places::ClusterIds},
    response::Series,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    Time,
    mesh::{FlowPoint, FlowView, TrafficSource, TrafficView},
};

/// The rates of a flow at one time.
#[derive(Clone, Debug, Default)]
struct Rates {
    requests: f64,
    errors: f64,
    latencies: Histogram,
}

/// The rates of a flow by time in seconds.
type ByTime = BTreeMap<i64, Rates>;

/// The traffic of a Service.
pub(super) fn traffic(
    requests: &[Series],
    latencies: &[Series],
    ids: &ClusterIds,
    now: Timestamp,
) -> TrafficView {
    let served = served_pairs(requests);
    let mut flows: BTreeMap<Flow, ByTime> = BTreeMap::new();
    let mut times = BTreeSet::new();
    for series in requests.iter().filter(|series| counts(series, &served)) {
        let failed = is_failure(series.label("response_code"));
        let rates = flows.entry(flow(series, ids)).or_default();
        for (at, value) in series.values() {
            times.insert(at);
            let rates = rates.entry(at).or_default();
            rates.requests += value;
            rates.errors += if failed { value } else { 0.0 };
        }
    }
    for series in latencies.iter().filter(|series| counts(series, &served)) {
        // "+Inf" parses as infinity.
        let Ok(bound) = series.label("le").parse() else {
            continue;
        };
        let rates = flows.entry(flow(series, ids)).or_default();
        for (at, value) in series.values() {
            rates.entry(at).or_default().latencies.add(bound, value);
        }
    }
    let flows = flows.into_iter();
    let mut flows: Vec<FlowView> = flows
        .filter_map(|(flow, rates)| view(flow, &rates, &times))
        .collect();
    flows.sort_by(|first, second| second.requests.total_cmp(&first.requests));
    TrafficView {
        since: times.first().map(|at| Time(*at)),
        at: Some(Time(now.as_second())),
        source: Some(TrafficSource::Prometheus),
        flows,
        ..TrafficView::begun()
    }
}

/// The pairs of clusters whose requests are counted by the proxies that serve.
fn served_pairs(requests: &[Series]) -> BTreeSet<(String, String)> {
    let served = requests
        .iter()
        .filter(|own| own.label("reporter") == "destination");
    served.map(pair).collect()
}

fn pair(series: &Series) -> (String, String) {
    let (from, to) = (
        series.label("source_cluster"),
        series.label("destination_cluster"),
    );
    (from.to_owned(), to.to_owned())
}

/// Whether a series counts: that of a proxy that calls does only where no proxy that serves has counted.
fn counts(series: &Series, served: &BTreeSet<(String, String)>) -> bool {
    series.label("reporter") == "destination" || !served.contains(&pair(series))
}

fn flow(series: &Series, ids: &ClusterIds) -> Flow {
    (
        ids.place(series.label("source_cluster")),
        ids.place(series.label("destination_cluster")),
    )
}

/// A flow with at least one request; where it has no value at a time that others have, it had no requests.
fn view((from, to): Flow, rates: &ByTime, times: &BTreeSet<i64>) -> Option<FlowView> {
    let none = Rates::default();
    let mut total = Rates::default();
    let mut points = Vec::new();
    for at in times {
        let rates = rates.get(at).unwrap_or(&none);
        total.requests += rates.requests;
        total.errors += rates.errors;
        total.latencies.merge(&rates.latencies);
        points.push(point(*at, rates));
    }
    (total.requests > 0.0).then(|| FlowView {
        from,
        to,
        requests: total.requests / points.len() as f64,
        errors: percent(&total),
        p50: total.latencies.quantile(0.5),
        p99: total.latencies.quantile(0.99),
        points,
    })
}

fn point(at: i64, rates: &Rates) -> FlowPoint {
    let bound = |q| {
        rates
            .latencies
            .quantile(q)
            .and_then(|latency| latency.up_to)
    };
    FlowPoint {
        at: Time(at),
        requests: rates.requests,
        errors: percent(rates),
        p50: bound(0.5),
        p99: bound(0.99),
    }
}

fn percent(rates: &Rates) -> Option<f64> {
    (rates.requests > 0.0).then(|| (rates.errors / rates.requests * 100.0).min(100.0))
}
