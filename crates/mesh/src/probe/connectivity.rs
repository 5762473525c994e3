//! Probes the connections of a mesh: from the primary to each remote's API server, and from each remote to
//! the control plane.

use super::{Probe, ProbeTool, probe};
use crate::facts::{ClusterFacts, IstioGeneration, JoinFacts, MeshFacts, ProbeFacts, Purpose};
use crate::istio::{ISTIOD_DISCOVERY_PORT, MIXER_TLS_DISCOVERY_PORT, PLAIN_DISCOVERY_PORT};
use cluster::AsUser;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

/// Probes the connections of every join and adds the results to the facts. `clusters` have their names in
/// the console; the Jobs run in `namespace`.
pub async fn probe_mesh(
    facts: &mut MeshFacts,
    clusters: &[&AsUser],
    namespace: &str,
    tool: &ProbeTool,
    stop: &CancellationToken,
) {
    let ports: Vec<u16> = facts
        .joins
        .iter()
        .map(|join| discovery_port(facts, join))
        .collect();
    for (join, port) in facts.joins.iter_mut().zip(ports) {
        let cluster = |name: &ClusterName| {
            let mut all = clusters.iter();
            all.find(|cluster| cluster.cluster_name() == name).copied()
        };
        let tried = probes(join, port, namespace).into_iter();
        let tried = tried.filter_map(|(from, probe_spec)| Some((cluster(&from)?, probe_spec)));
        let tried = tried
            .map(|(from, probe_spec)| async move { probe(from, &probe_spec, tool, stop).await });
        let found: Vec<ProbeFacts> = join_all(tried).await;
        join.probes.extend(found);
    }
}

/// The port at which the remote's proxies dial the control plane.
fn discovery_port(facts: &MeshFacts, join: &JoinFacts) -> u16 {
    let plane = facts
        .cluster(&join.primary)
        .and_then(ClusterFacts::installed_control_plane);
    let config = plane.and_then(|plane| plane.config.as_ref().ok());
    match facts.generation {
        IstioGeneration::Istiod => ISTIOD_DISCOVERY_PORT,
        IstioGeneration::Mixer if config.is_some_and(|config| config.control_plane_mutual_tls) => {
            MIXER_TLS_DISCOVERY_PORT
        }
        IstioGeneration::Mixer => PLAIN_DISCOVERY_PORT,
    }
}

/// The probes of a join, each with the cluster of its Job.
fn probes(join: &JoinFacts, port: u16, namespace: &str) -> Vec<(ClusterName, Probe)> {
    let mut all = Vec::new();
    if let Some((host, server_port)) = host_and_port(&join.server) {
        let probe_spec = Probe {
            namespace: namespace.to_owned(),
            host,
            port: server_port,
            purpose: Purpose::ApiServer,
        };
        all.push((join.primary.clone(), probe_spec));
    }
    let endpoints = join.endpoints.as_deref().unwrap_or_default().iter();
    for endpoint in endpoints.filter(|endpoint| endpoint.purpose == "pilot") {
        let probe_spec = Probe {
            namespace: namespace.to_owned(),
            host: endpoint.address.clone(),
            port,
            purpose: Purpose::ControlPlane,
        };
        all.push((join.remote.clone(), probe_spec));
    }
    all
}

/// Host and port of `https://host:port`.
fn host_and_port(server: &str) -> Option<(String, u16)> {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let authority = rest
        .split('/')
        .next()
        .filter(|authority| !authority.is_empty())?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, 443),
    };
    Some((host.trim_matches(['[', ']']).to_owned(), port))
}

#[cfg(test)]
mod tests;
