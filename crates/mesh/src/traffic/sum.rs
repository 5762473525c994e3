//! The traffic between the clusters of a mesh, as the sum of its sampled Services. Pure.
//!
//! The readings of the Services have times of their own: their rates are summed at regular times, where each
//! Service counts with the reading that covers the time. Start at [`sum`].

use super::places::ServicePath;
use crate::facts::MeshFacts;
use std::collections::BTreeMap;
use wire::{
    ClusterName, Time,
    mesh::{
        ClusterFlowView, FlowPoint, FlowView, MeshTrafficView, ServiceShareView, SummedServiceView,
        TrafficPlace, TrafficView,
    },
};

const INTERVAL: i64 = TrafficView::INTERVAL_SECONDS as i64;

/// A Service whose proxies are sampled.
#[derive(Clone, Debug)]
pub struct WatchedTraffic {
    /// The Service.
    pub service: ServicePath,
    /// Whether it is pinned; otherwise its page is open.
    pub pinned: bool,
    /// Its traffic.
    pub traffic: TrafficView,
}

/// A pair of clusters: source and destination.
type Pair = (ClusterName, ClusterName);

/// Requests per second, and the failed ones in percent; none without a request.
type Rate = (f64, Option<f64>);

/// The sum of Services. `facts` tell which cluster a network belongs to.
pub fn sum(facts: Option<&MeshFacts>, watched: &[WatchedTraffic]) -> MeshTrafficView {
    let at = watched.iter().filter_map(|own| own.traffic.at).max();
    let mut pairs: BTreeMap<Pair, Vec<(&ServicePath, &FlowView)>> = BTreeMap::new();
    let mut unplaced = 0.0;
    for own in watched {
        for flow in &own.traffic.flows {
            let cluster = |place| cluster(facts, place);
            match (cluster(&flow.from), cluster(&flow.to)) {
                (Some(from), Some(to)) => pairs
                    .entry((from, to))
                    .or_default()
                    .push((&own.service, flow)),
                _ => unplaced += flow.requests,
            }
        }
    }
    let flows = pairs.into_iter();
    let mut services: Vec<SummedServiceView> = watched.iter().map(summed).collect();
    services.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    MeshTrafficView {
        services,
        at,
        flows: flows
            .map(|(pair, flows)| between(pair, &flows, at))
            .collect(),
        unplaced,
    }
}

fn summed(own: &WatchedTraffic) -> SummedServiceView {
    SummedServiceView {
        namespace: own.service.namespace.clone(),
        name: own.service.name.clone(),
        pinned: own.pinned,
        since: own.traffic.since,
    }
}

/// The cluster of a place: that of a network, when no other cluster is in it.
fn cluster(facts: Option<&MeshFacts>, place: &TrafficPlace) -> Option<ClusterName> {
    match place {
        TrafficPlace::Cluster(cluster) => Some(cluster.clone()),
        TrafficPlace::Network(network) => {
            let clusters = facts?.clusters.iter();
            let mut own = clusters.filter(|cluster| cluster.network == *network);
            let only = own.next()?;
            own.next().is_none().then(|| only.name.clone())
        }
        TrafficPlace::Other(_) | TrafficPlace::Unknown => None,
    }
}

fn between(
    (from, to): Pair,
    flows: &[(&ServicePath, &FlowView)],
    at: Option<Time>,
) -> ClusterFlowView {
    let mut shares: BTreeMap<(&str, &str), Vec<Rate>> = BTreeMap::new();
    for (service, flow) in flows {
        let key = (&*service.namespace, &*service.name);
        shares
            .entry(key)
            .or_default()
            .push((flow.requests, flow.errors));
    }
    let shares = shares.into_iter().map(|((namespace, name), rates)| {
        let (requests, errors) = total(rates.into_iter());
        ServiceShareView {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            requests,
            errors,
        }
    });
    let mut services: Vec<ServiceShareView> = shares.collect();
    services.sort_by(|a, b| b.requests.total_cmp(&a.requests));
    let all = flows.iter().map(|(_, flow)| (flow.requests, flow.errors));
    let (requests, errors) = total(all);
    let times = at.into_iter().flat_map(times);
    ClusterFlowView {
        from,
        to,
        requests,
        errors,
        points: times.filter_map(|time| point(flows, time)).collect(),
        services,
    }
}

/// The sum of rates, and their failed requests in percent.
fn total(rates: impl Iterator<Item = Rate>) -> Rate {
    let (mut requests, mut failed) = (0.0, 0.0);
    for (rate, errors) in rates {
        requests += rate;
        failed += rate * errors.unwrap_or(0.0);
    }
    (requests, (requests > 0.0).then(|| failed / requests))
}

/// The regular times of the window that ends with the latest reading.
fn times(at: Time) -> impl Iterator<Item = i64> {
    let steps = TrafficView::WINDOW_SECONDS / INTERVAL;
    (0..=steps).rev().map(move |step| at.0 - step * INTERVAL)
}

/// The sum at a time; none when no Service was read then.
fn point(flows: &[(&ServicePath, &FlowView)], time: i64) -> Option<FlowPoint> {
    let points: Vec<&FlowPoint> = flows
        .iter()
        .filter_map(|(_, flow)| covering(flow, time))
        .collect();
    if points.is_empty() {
        return None;
    }
    let rates = points.iter().map(|point| (point.requests, point.errors));
    let (requests, errors) = total(rates);
    Some(FlowPoint {
        at: Time(time),
        requests,
        errors,
        p50: None,
        p99: None,
    })
}

/// The reading that covers a time: the next one, else the latest, within two intervals.
fn covering(flow: &FlowView, time: i64) -> Option<&FlowPoint> {
    let next = flow.points.iter().find(|point| point.at.0 >= time);
    let nearest = next.or_else(|| flow.points.last())?;
    ((nearest.at.0 - time).abs() < 2 * INTERVAL).then_some(nearest)
}
