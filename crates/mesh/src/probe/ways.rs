//! The ways of a mesh: from the primary to each remote's API server, and back to the control plane.

use super::{Probe, Tool, probe};
use crate::facts::{ClusterFacts, IstioGeneration, JoinFacts, MeshFacts, ProbeFacts, Purpose};
use cluster::Cluster;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

/// Tries the ways of every join and gives them to the facts, so that the doctor judges them. `clusters`
/// are by their names in the console; the Jobs run in `namespace`.
pub async fn ways(
    facts: &mut MeshFacts,
    clusters: &[&Cluster],
    namespace: &str,
    tool: &Tool,
    stop: &CancellationToken,
) {
    let ports: Vec<u16> = facts.joins.iter().map(|join| port(facts, join)).collect();
    for (join, port) in facts.joins.iter_mut().zip(ports) {
        let cluster = |name: &str| {
            let mut all = clusters.iter();
            all.find(|one| one.name().as_str() == name).copied()
        };
        let tried = planned(join, port, namespace).into_iter();
        let tried = tried.filter_map(|(from, way)| Some((cluster(&from)?, way)));
        let tried = tried.map(|(from, way)| async move { probe(from, &way, tool, stop).await });
        let found: Vec<ProbeFacts> = join_all(tried).await;
        join.probes.extend(found);
    }
}

/// At which port the remote's proxies dial the control plane.
fn port(facts: &MeshFacts, join: &JoinFacts) -> u16 {
    let plane = facts
        .cluster(&join.primary)
        .and_then(ClusterFacts::installed_control_plane);
    let config = plane.and_then(|plane| plane.config.as_ref().ok());
    match facts.generation {
        IstioGeneration::Istiod => 15012,
        IstioGeneration::Mixer if config.is_some_and(|one| one.control_plane_mutual_tls) => 15011,
        IstioGeneration::Mixer => 15010,
    }
}

/// From which cluster what is tried.
fn planned(join: &JoinFacts, port: u16, namespace: &str) -> Vec<(String, Probe)> {
    let mut all = Vec::new();
    if let Some((host, server_port)) = host_and_port(&join.server) {
        let way = Probe {
            namespace: namespace.to_owned(),
            host,
            port: server_port,
            purpose: Purpose::ApiServer,
        };
        all.push((join.primary.clone(), way));
    }
    let endpoints = join.endpoints.as_deref().unwrap_or_default().iter();
    for endpoint in endpoints.filter(|one| one.purpose == "pilot") {
        let way = Probe {
            namespace: namespace.to_owned(),
            host: endpoint.address.clone(),
            port,
            purpose: Purpose::ControlPlane,
        };
        all.push((join.remote.clone(), way));
    }
    all
}

/// Host and port of `https://host:port`.
fn host_and_port(server: &str) -> Option<(String, u16)> {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let authority = rest.split('/').next().filter(|one| !one.is_empty())?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, 443),
    };
    Some((host.trim_matches(['[', ']']).to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::RemoteEndpoint;

    #[test]
    fn a_server_is_split_into_what_is_dialled() {
        let cases = [
            ("https://10.0.2.6:6443", Some(("10.0.2.6", 6443))),
            ("https://api.example.test/", Some(("api.example.test", 443))),
            ("https://[fd00::1]:6443", Some(("fd00::1", 6443))),
            ("https://[fd00::1]", Some(("fd00::1", 443))),
            ("", None),
        ];
        for (server, expected) in cases {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_and_port(server), expected, "{server}");
        }
    }

    #[test]
    fn the_server_is_tried_from_the_primary_and_the_control_plane_from_the_remote() {
        let mut join = JoinFacts::new("east", "west", "west");
        join.server = "https://10.0.2.6:6443".into();
        join.endpoints = Ok(vec![RemoteEndpoint {
            purpose: "pilot".into(),
            address: "10.99.0.3".into(),
            current_addresses: ["10.99.0.3".to_owned()].into(),
            restricted: true,
        }]);
        let said: Vec<_> = planned(&join, 15010, "default")
            .into_iter()
            .map(|(from, way)| (from, way.host, way.port))
            .collect();
        let expected = [
            ("east".to_owned(), "10.0.2.6".to_owned(), 6443),
            ("west".to_owned(), "10.99.0.3".to_owned(), 15010),
        ];
        assert_eq!(said, expected);
    }
}
