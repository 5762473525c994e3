//! Istio's metrics of a proxy that serves: requests, errors and latencies by the cluster of the caller.
//!
//! The filter `istio.stats` of a proxy writes them; it also writes `istio_build`, so that a proxy which has not
//! served any request yet differs from one without the filter. Start at [`read`].

use super::{
    counters::{Counters, Series},
    places::{ClusterIds, ServicePath},
    prometheus::{MalformedMetrics, Metric, metrics},
};
use wire::{ClusterName, mesh::TrafficPlace};

pub(super) const REQUESTS: &str = "istio_requests_total";
pub(super) const LATENCIES: &str = "istio_request_duration_milliseconds_bucket";
const BUILD: &str = "istio_build";

/// The counters of a Service at one of its pods in `cluster`; none when the proxy does not write Istio's metrics.
///
/// # Errors
/// [`MalformedMetrics`] when a line of these metrics cannot be parsed.
pub(super) fn read(
    text: &str,
    service: &ServicePath,
    cluster: &ClusterName,
    ids: &ClusterIds,
) -> Result<Option<Counters>, MalformedMetrics> {
    let mut counters = Counters::new();
    let mut writes_metrics = false;
    for metric in metrics(text, &[REQUESTS, LATENCIES, BUILD]) {
        let metric = metric?;
        if metric.name == BUILD {
            writes_metrics |= metric.label("component") == "proxy";
            continue;
        }
        writes_metrics = true;
        let is_own = metric.label("reporter") == "destination"
            && metric.label("destination_service_name") == service.name
            && metric.label("destination_service_namespace") == service.namespace;
        if is_own && metric.value.is_finite() {
            let flow = (
                ids.place(metric.label("source_cluster")),
                TrafficPlace::Cluster(cluster.clone()),
            );
            let series = counters
                .entry(identity(&metric))
                .or_insert_with(|| Series::new(flow));
            count(series, &metric);
        }
    }
    Ok(writes_metrics.then_some(counters))
}

/// The labels of a series without the bound of a bucket: a counter and its histogram have the same.
fn identity(metric: &Metric<'_>) -> String {
    let labels = metric.labels.iter().filter(|(label, _)| *label != "le");
    let mut labels: Vec<String> = labels
        .map(|(label, value)| format!("{label}={value}"))
        .collect();
    labels.sort_unstable();
    labels.join(",")
}

fn count(series: &mut Series, metric: &Metric<'_>) {
    if metric.name == LATENCIES {
        // "+Inf" parses as infinity.
        if let Ok(bound) = metric.label("le").parse() {
            series.latencies.add(bound, metric.value);
        }
        return;
    }
    series.requests += metric.value;
    if is_failure(metric.label("response_code")) {
        series.errors += metric.value;
    }
}

/// Whether a response code is a failure of the server; "0" is a request without a response.
pub(super) fn is_failure(code: &str) -> bool {
    code == "0" || (code.len() == 3 && code.starts_with('5'))
}
