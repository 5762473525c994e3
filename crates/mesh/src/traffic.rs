//! The requests to a Service from cluster to cluster, from the statistics of sampled proxies.
//!
//! [`sample`] asks a few pods, through port-forwards: those that serve the Service for Istio's metrics, and where
//! their proxies have none, those that may call it for Envoy's statistics. [`TrafficWindow`] turns the counters
//! into rates of the last 15 minutes; it is pure, like the readers of both formats. Rates are those of the
//! sampled pods, and nothing is extrapolated. [`query_traffic`] asks a Prometheus server instead, where the operator
//! has set one. [`sum`] adds the Services of a mesh. Start at [`sample`].

mod counters;
mod envoy;
mod histogram;
mod istio_metrics;
mod places;
mod prometheus;
mod prometheus_server;
mod sample;
mod sum;
#[cfg(test)]
mod tests;
mod window;

pub use places::{SampledPod, ServicePath};
pub use prometheus_server::{PrometheusError, PrometheusQuery, query_traffic, test_prometheus};
pub use sample::{PodReading, Sample, SampleRequest, sample};
pub use sum::{WatchedTraffic, sum};
pub use window::TrafficWindow;
