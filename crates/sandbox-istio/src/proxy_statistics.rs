//! The statistics of a proxy that calls: requests and errors by endpoint, as Envoy writes them.
//!
//! A workload of the sample calls for its proxy, and counts there. Start at [`ProxyStatistics`].

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use sandbox::response;
use serde_json::{Value, json};

/// The administration port of a proxy.
pub(crate) const ADMIN_PORT: u16 = 15000;

/// The name of a cluster of Envoy, with the address and the port of one of its endpoints.
type Endpoint = (String, String, u16);

/// The requests of a proxy by endpoint: all, and those that failed.
#[derive(Debug, Default)]
pub(crate) struct ProxyStatistics(Mutex<BTreeMap<Endpoint, (u64, u64)>>);

impl ProxyStatistics {
    pub(crate) fn count(&self, endpoint: Endpoint, has_failed: bool) {
        let mut endpoints = self.0.lock();
        let (requests, errors) = endpoints.entry(endpoint).or_default();
        *requests += 1;
        *errors += u64::from(has_failed);
    }

    /// The response of the administration port.
    pub(crate) fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if request.uri().path() != "/clusters" {
            return response::not_found();
        }
        let mut clusters: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for ((name, address, port), (requests, errors)) in &*self.0.lock() {
            clusters.entry(name.clone()).or_default().push(json!({
                "address": {"socket_address": {"address": address, "port_value": port}},
                "stats": [
                    {"name": "rq_error", "value": errors.to_string()},
                    {"name": "rq_success", "value": (requests - errors).to_string()},
                    {"name": "rq_total", "value": requests.to_string()},
                ],
                "health_status": {"eds_health_status": "HEALTHY"},
                "weight": 1,
            }));
        }
        let clusters = clusters.into_iter();
        let clusters: Vec<Value> = clusters
            .map(|(name, hosts)| json!({"name": name, "added_via_api": true, "host_statuses": hosts}))
            .collect();
        response::json(StatusCode::OK, &json!({"cluster_statuses": clusters}))
    }
}
