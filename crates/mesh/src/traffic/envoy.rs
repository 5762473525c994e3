//! Envoy's statistics of a proxy that calls: requests and errors by endpoint, from `/clusters?format=json`.
//!
//! Envoy names a cluster `outbound|9080||details.bookinfo.svc.cluster.local`. It counts each endpoint from the
//! moment at which the endpoint is added. Start at [`read`].

use super::{
    counters::{Counters, Series},
    places::ServicePath,
};
use crate::facts::{Fact, Unknown};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use wire::mesh::TrafficPlace;

#[derive(Deserialize)]
struct Clusters {
    #[serde(default)]
    cluster_statuses: Vec<ClusterStatus>,
}

#[derive(Deserialize)]
struct ClusterStatus {
    #[serde(default)]
    name: String,
    #[serde(default)]
    host_statuses: Vec<HostStatus>,
}

#[derive(Deserialize)]
struct HostStatus {
    #[serde(default)]
    address: Address,
    #[serde(default)]
    stats: Vec<Stat>,
}

#[derive(Default, Deserialize)]
struct Address {
    socket_address: Option<SocketAddressValue>,
    envoy_internal_address: Option<InternalAddress>,
}

#[derive(Deserialize)]
struct SocketAddressValue {
    #[serde(default)]
    address: String,
    #[serde(default)]
    port_value: u16,
}

/// The address of an endpoint behind a tunnel of the proxy.
#[derive(Deserialize)]
struct InternalAddress {
    #[serde(default)]
    endpoint_id: String,
}

/// A statistic; a value of zero is left out.
#[derive(Deserialize)]
struct Stat {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: Option<String>,
}

/// The counters of a Service at a proxy in the place `from`; `place` is where an address belongs.
///
/// # Errors
/// [`Unknown`] when the text is not what Envoy writes.
pub(super) fn read(
    text: &str,
    service: &ServicePath,
    from: &TrafficPlace,
    place: impl Fn(IpAddr) -> TrafficPlace,
) -> Fact<Counters> {
    let clusters: Clusters = serde_json::from_str(text).map_err(|error| {
        Unknown::because(format!("the response is no list of clusters: {error}"))
    })?;
    let mut counters = Counters::new();
    let own = clusters.cluster_statuses.into_iter();
    for cluster in own.filter(|cluster| is_of(&cluster.name, service)) {
        for host in cluster.host_statuses {
            let Some(address) = host.address.parse() else {
                continue;
            };
            let flow = (from.clone(), place(address.ip()));
            let identity = format!("{} {address}", cluster.name);
            let series = counters
                .entry(identity)
                .or_insert_with(|| Series::new(flow));
            series.requests += host.stat("rq_total");
            series.errors += host.stat("rq_error");
        }
    }
    Ok(counters)
}

/// Whether a cluster of Envoy leads to a Service.
fn is_of(name: &str, service: &ServicePath) -> bool {
    let mut parts = name.split('|');
    let (direction, host) = (parts.next(), parts.nth(2));
    let of_service = |host: &str| {
        let rest = host
            .strip_prefix(&*service.name)
            .and_then(|rest| rest.strip_prefix('.'));
        let rest = rest.and_then(|rest| rest.strip_prefix(&*service.namespace));
        rest.is_some_and(|rest| rest.starts_with(".svc."))
    };
    direction == Some("outbound") && host.is_some_and(of_service)
}

impl Address {
    fn parse(&self) -> Option<SocketAddr> {
        if let Some(socket) = &self.socket_address {
            let address = socket.address.parse().ok()?;
            return Some(SocketAddr::new(address, socket.port_value));
        }
        let internal = self.envoy_internal_address.as_ref()?;
        internal.endpoint_id.parse().ok()
    }
}

impl HostStatus {
    fn stat(&self, name: &str) -> f64 {
        let mut stats = self.stats.iter();
        let found = stats.find(|stat| stat.name == name);
        let value = found.and_then(|stat| stat.value.as_ref()?.parse().ok());
        value.unwrap_or(0.0)
    }
}
