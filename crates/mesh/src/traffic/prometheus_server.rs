//! Asks a Prometheus server in a cluster of the mesh for Istio's metrics of a Service.
//!
//! The server is reached by a port-forward to a ready pod of its Service, with the rights of the console; there is no
//! URL that the console dials. Names and labels are those of Istio's standard metrics, paths and responses those of
//! Prometheus' HTTP API. Start at [`query_traffic`].

mod error;
mod flows;
mod pod;
mod query;
mod response;
#[cfg(test)]
mod tests;

pub use error::PrometheusError;

use super::places::{ClusterIds, ServicePath};
use crate::facts::MeshFacts;
use cluster::{Cluster, Identity, PodPort, ResponseLimits};
use flows::traffic;
use jiff::Timestamp;
use response::{Series, names, series};
use std::time::Duration;
use wire::mesh::{PrometheusRef, TrafficView};

/// The time and the size of a response.
const LIMITS: ResponseLimits = ResponseLimits {
    timeout: Duration::from_secs(10),
    bytes: 16 << 20,
};

/// What is asked.
#[derive(Clone, Copy)]
pub struct PrometheusQuery<'a> {
    /// Who asks, in the cluster of the server.
    pub identity: &'a dyn Identity,
    /// The Service of the server.
    pub server: &'a PrometheusRef,
    /// The latest facts of the mesh: its cluster IDs.
    pub facts: &'a MeshFacts,
    /// The Service whose traffic is asked for.
    pub service: &'a ServicePath,
    /// The end of the window.
    pub now: Timestamp,
}

/// The traffic of a Service in the last 15 minutes, as a Prometheus server has it.
///
/// # Errors
/// [`PrometheusError`]; where the server has none of Istio's metrics, [`PrometheusError::NoMetric`].
pub async fn query_traffic(ask: &PrometheusQuery<'_>) -> Result<TrafficView, PrometheusError> {
    let at = pod::ready_pod(ask.identity.cluster(), ask.server).await?;
    let window = query::Window::ending(ask.now);
    let requests = range(ask, &at, query::requests(ask.service), window).await?;
    if requests.is_empty() {
        has_metric(ask.identity.cluster(), ask.server, &at, window).await?;
    }
    let latencies = range(ask, &at, query::latencies(ask.service), window).await?;
    let ids = ClusterIds::new(ask.facts);
    Ok(traffic(&requests, &latencies, &ids, ask.now))
}

/// Whether a Prometheus server answers and has Istio's metrics of the last 15 minutes.
///
/// # Errors
/// [`PrometheusError`].
pub async fn test_prometheus(
    identity: &dyn Identity,
    server: &PrometheusRef,
    now: Timestamp,
) -> Result<(), PrometheusError> {
    let cluster = identity.cluster();
    let at = pod::ready_pod(cluster, server).await?;
    has_metric(cluster, server, &at, query::Window::ending(now)).await
}

async fn has_metric(
    cluster: &Cluster,
    server: &PrometheusRef,
    at: &PodPort,
    window: query::Window,
) -> Result<(), PrometheusError> {
    let body = get(cluster, server, at, &query::metric_path(window)).await?;
    let known = names(&body).map_err(|failure| failure.of(server))?;
    if known.is_empty() {
        return Err(PrometheusError::NoMetric {
            server: server.clone(),
        });
    }
    Ok(())
}

async fn range(
    ask: &PrometheusQuery<'_>,
    at: &PodPort,
    expression: String,
    window: query::Window,
) -> Result<Vec<Series>, PrometheusError> {
    let path = query::range_path(&expression, window);
    let body = get(ask.identity.cluster(), ask.server, at, &path).await?;
    series(&body).map_err(|failure| failure.of(ask.server))
}

/// The body of a response; an error of the server has a body too, which says what is wrong.
async fn get(
    cluster: &Cluster,
    server: &PrometheusRef,
    at: &PodPort,
    path: &str,
) -> Result<String, PrometheusError> {
    let response = cluster.http_get(at, path, LIMITS).await;
    let response = response.map_err(|source| PrometheusError::Unread {
        server: server.clone(),
        source,
    })?;
    if response.status == 200 {
        return Ok(response.body);
    }
    Err(PrometheusError::Refused {
        server: server.clone(),
        status: response.status,
        reason: response::reason(&response.body),
    })
}
