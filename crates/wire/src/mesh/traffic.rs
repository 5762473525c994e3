//! The traffic of a Service between the clusters of a mesh, start at [`TrafficView`].

use crate::{ClusterName, MeshName, Namespace, Problem, ServiceName, Time};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where the numbers of requests come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficSource {
    /// Istio's metrics of the proxies that serve: requests, errors and latency.
    IstioMetrics,
    /// Envoy's statistics of the proxies that call: requests and errors.
    EnvoyClusters,
    /// Istio's metrics as a Prometheus server of the mesh has them.
    Prometheus,
}

/// The Service of a Prometheus server in a cluster of the mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrometheusRef {
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespace.
    pub namespace: Namespace,
    /// The Service.
    pub service: ServiceName,
    /// The port of the Service.
    pub port: u16,
}

impl PrometheusRef {
    /// The Service as an object, such as `Service monitoring/prometheus`.
    pub fn object(&self) -> String {
        format!("Service {}/{}", self.namespace, self.service)
    }
}

impl fmt::Display for PrometheusRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on cluster {}", self.object(), self.cluster)
    }
}

/// The setting of the Prometheus server of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrometheusSettingView {
    /// Its Service.
    pub at: PrometheusRef,
    /// The operator who set it.
    pub by: String,
    /// When it was set.
    pub set: Time,
}

/// Sets or removes the Prometheus server of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPrometheusRequest {
    /// The mesh.
    pub mesh: MeshName,
    /// The Service of the server; none removes it.
    pub at: Option<PrometheusRef>,
}

/// The Prometheus server of a mesh, and why it could not be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrometheusView {
    /// Its Service.
    pub at: PrometheusRef,
    /// Why the proxies are asked instead; none when it answers, and before it was asked.
    pub problem: Option<Problem>,
}

/// Where requests come from or go to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficPlace {
    /// A cluster of the mesh.
    Cluster(ClusterName),
    /// A network, behind its gateway.
    Network(String),
    /// A cluster ID or an address that no cluster of the mesh has.
    Other(String),
    /// A caller outside of the mesh.
    Unknown,
}

/// The requests to a Service within the last 15 minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrafficView {
    /// When the proxies were first asked; none before.
    pub since: Option<Time>,
    /// When they were last asked; none before.
    pub at: Option<Time>,
    /// Where the numbers come from; none before the first answer.
    pub source: Option<TrafficSource>,
    /// The proxies that are asked.
    pub sampled: u32,
    /// All proxies that could be asked.
    pub proxies: u32,
    /// The pods that did not answer the last time, each with the reason.
    pub failed: Vec<UnreadProxy>,
    /// The requests by their clusters, the most frequent first.
    pub flows: Vec<FlowView>,
    /// The Prometheus server of the mesh; none when none is set.
    pub prometheus: Option<PrometheusView>,
}

impl TrafficView {
    /// The seconds of the window.
    pub const WINDOW_SECONDS: i64 = 900;
    /// The seconds between two readings.
    pub const INTERVAL_SECONDS: u32 = 15;
    /// The proxies that are asked at most.
    pub const MAX_PROXIES: usize = 10;

    /// Whether two readings have been compared, so that rates are known.
    pub fn is_compared(&self) -> bool {
        self.at.is_some() && self.at != self.since
    }

    /// The requests per second of all flows.
    pub fn requests(&self) -> f64 {
        self.flows.iter().map(|flow| flow.requests).sum()
    }

    /// Before the first answer.
    #[must_use]
    pub fn begun() -> Self {
        Self {
            since: None,
            at: None,
            source: None,
            sampled: 0,
            proxies: 0,
            failed: Vec::new(),
            flows: Vec::new(),
            prometheus: None,
        }
    }
}

/// A proxy that did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadProxy {
    /// Its cluster.
    pub cluster: ClusterName,
    /// Its pod, with the namespace.
    pub pod: String,
    /// The reason.
    pub reason: String,
}

/// The requests from one cluster to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowView {
    /// Where they come from.
    pub from: TrafficPlace,
    /// Where they go to.
    pub to: TrafficPlace,
    /// The requests per second, as an average of the window.
    pub requests: f64,
    /// The failed requests in percent of all; none without a request.
    pub errors: Option<f64>,
    /// The latency that half of the requests do not exceed; none without a histogram.
    pub p50: Option<LatencyView>,
    /// The latency that 99 % of the requests do not exceed.
    pub p99: Option<LatencyView>,
    /// The values of each reading, in order.
    pub points: Vec<FlowPoint>,
}

/// A latency, as exactly as the buckets of a histogram know it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencyView {
    /// The lower bound of its bucket, in milliseconds; the latency is longer.
    pub over: f64,
    /// The upper bound in milliseconds; none in the last bucket, which has none.
    pub up_to: Option<f64>,
}

/// The requests of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowPoint {
    /// When it was read.
    pub at: Time,
    /// The requests per second.
    pub requests: f64,
    /// The failed requests in percent of all; none without a request.
    pub errors: Option<f64>,
    /// The upper bound of the median latency in milliseconds; none without a request or a bound.
    pub p50: Option<f64>,
    /// The upper bound of the latency of 99 % of the requests.
    pub p99: Option<f64>,
}
