//! At which address a control plane could dial the remote's API server: candidates, and where each was
//! read. Nothing is dialled that was not dialled before.

use super::{names::reference, steps::is_loopback};
use crate::facts::{Fact, Unknown, gather::why, read};
use chart::Values;
use cluster::Cluster;
use serde_json::Value;

/// Where an address was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `controlPlaneEndpoint` of kubeadm's configuration: what its nodes dial.
    Kubeadm,
    /// The endpoints of Service `kubernetes`: the API servers themselves.
    Endpoints,
    /// The console's own credential.
    Console,
}

impl Source {
    /// How a person calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kubeadm => "controlPlaneEndpoint of kubeadm-config",
            Self::Endpoints => "endpoints of Service kubernetes",
            Self::Console => "the console's credential",
        }
    }
}

/// An address that could be in the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressCandidate {
    /// `https://host:port`.
    pub address: String,
    /// Every place where it was read, the surest first.
    pub sources: Vec<Source>,
    /// Whether it leads to whoever dials it: of no use to a control plane elsewhere.
    pub loopback: bool,
}

/// Addresses of the remote's API server, the most useful first; one that two places name stands once.
/// A place that cannot be read leaves nothing.
pub async fn addresses(remote: &Cluster) -> Vec<AddressCandidate> {
    let mut found: Vec<(String, Source)> = Vec::new();
    if let Ok(Some(address)) = kubeadm(remote).await {
        found.push((address, Source::Kubeadm));
    }
    let endpoints = endpoints(remote).await.unwrap_or_default();
    found.extend(endpoints.into_iter().map(|one| (one, Source::Endpoints)));
    if let Some(server) = remote.server() {
        found.push((server.trim_end_matches('/').to_owned(), Source::Console));
    }
    sorted(found)
}

fn sorted(found: Vec<(String, Source)>) -> Vec<AddressCandidate> {
    let mut all: Vec<AddressCandidate> = Vec::new();
    for (address, source) in found {
        match all.iter_mut().find(|one| one.address == address) {
            Some(known) => known.sources.push(source),
            None => all.push(AddressCandidate {
                loopback: is_loopback(&address),
                sources: vec![source],
                address,
            }),
        }
    }
    all.sort_by_key(|one| one.loopback);
    all
}

/// The authority of the remote's API server, as every namespace of it has it.
///
/// # Errors
/// [`Unknown`] when it may not be read, or is not there.
pub async fn ca_bundle(remote: &Cluster) -> Fact<String> {
    let map = reference("v1", "ConfigMap", Some("kube-system"), "kube-root-ca.crt");
    let map = remote.get(&map).await.map_err(|error| why(&error))?;
    let pem = map.map(|map| {
        let data = map.value().get("data").and_then(|data| data.get("ca.crt"));
        data.and_then(Value::as_str).unwrap_or_default().to_owned()
    });
    let pem = pem.filter(|pem| !pem.is_empty());
    pem.ok_or_else(|| Unknown::because("there is no ConfigMap kube-root-ca.crt"))
}

/// The name under which a control plane in `namespace` knows its own cluster; `Kubernetes` when it is
/// told none.
///
/// # Errors
/// [`Unknown`] when its Deployments may not be read, or there is none.
pub async fn primary_id(primary: &Cluster, namespace: &str) -> Fact<String> {
    let all = primary.list("apps/v1", "Deployment", Some(namespace), "");
    let all = all.await.map_err(|error| why(&error))?;
    let plane = read::control_plane(&all);
    let plane = plane.ok_or_else(|| Unknown::because("there is no control plane"))?;
    Ok(plane.cluster_id().to_owned())
}

async fn kubeadm(remote: &Cluster) -> Fact<Option<String>> {
    let map = reference("v1", "ConfigMap", Some("kube-system"), "kubeadm-config");
    let map = remote.get(&map).await.map_err(|error| why(&error))?;
    let text = map
        .as_ref()
        .map(|map| map.text("/data/ClusterConfiguration"));
    let read = Values::parse(text.unwrap_or_default()).map_err(Unknown::because)?;
    let read = read.to_json();
    let endpoint = read.get("controlPlaneEndpoint").and_then(Value::as_str);
    let endpoint = endpoint.filter(|one| !one.is_empty());
    Ok(endpoint.map(|one| match one.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!("https://{one}"),
        _ => format!("https://{one}:6443"),
    }))
}

async fn endpoints(remote: &Cluster) -> Fact<Vec<String>> {
    let label = "kubernetes.io/service-name=kubernetes";
    let slices = remote.list(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        Some("default"),
        label,
    );
    let slices = slices.await.map_err(|error| why(&error))?;
    let mut all = Vec::new();
    for slice in &slices {
        let port = slice
            .value()
            .pointer("/ports/0/port")
            .and_then(Value::as_u64);
        let port = port.unwrap_or(443);
        for endpoint in read::endpoints(slice) {
            let host = match endpoint.address {
                std::net::IpAddr::V4(four) => four.to_string(),
                std::net::IpAddr::V6(six) => format!("[{six}]"),
            };
            all.push(format!("https://{host}:{port}"));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_once_and_loopback_last() {
        let found = sorted(vec![
            ("https://127.0.0.1:6443".into(), Source::Endpoints),
            ("https://10.0.2.6:6443".into(), Source::Endpoints),
            ("https://10.0.2.6:6443".into(), Source::Console),
        ]);
        let said: Vec<(&str, usize, bool)> = found
            .iter()
            .map(|one| (one.address.as_str(), one.sources.len(), one.loopback))
            .collect();
        assert_eq!(
            said,
            [
                ("https://10.0.2.6:6443", 2, false),
                ("https://127.0.0.1:6443", 1, true)
            ]
        );
    }
}
