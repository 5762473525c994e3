//! The candidate addresses of the remote's API server, and the source of each. No candidate is dialled here.

use super::steps::is_loopback;
use crate::{
    facts::{Fact, Unknown},
    gather::read,
};
use chart::Values;
use cluster::{Cluster, Identity, Kind};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use serde_json::Value;

/// The source of an address.
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
    /// The name of the source.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubeadm => "controlPlaneEndpoint of kubeadm-config",
            Self::Endpoints => "endpoints of Service kubernetes",
            Self::Console => "the console's credential",
        }
    }
}

/// A candidate address for the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressCandidate {
    /// `https://host:port`.
    pub address: String,
    /// All sources, the most reliable first.
    pub sources: Vec<Source>,
    /// Whether it is a loopback address, which a control plane elsewhere cannot use.
    pub loopback: bool,
}

/// The addresses of the remote's API server, the most useful first; an address of several sources appears
/// once. A source that cannot be read is skipped.
pub async fn addresses(remote: &dyn Identity) -> Vec<AddressCandidate> {
    let remote = remote.cluster();
    let mut found: Vec<(String, Source)> = Vec::new();
    if let Ok(Some(address)) = kubeadm(remote).await {
        found.push((address, Source::Kubeadm));
    }
    let endpoints = endpoints(remote).await.unwrap_or_default();
    found.extend(
        endpoints
            .into_iter()
            .map(|address| (address, Source::Endpoints)),
    );
    if let Some(server) = remote.server() {
        found.push((server.trim_end_matches('/').to_owned(), Source::Console));
    }
    sorted(found)
}

fn sorted(found: Vec<(String, Source)>) -> Vec<AddressCandidate> {
    let mut all: Vec<AddressCandidate> = Vec::new();
    for (address, source) in found {
        match all
            .iter_mut()
            .find(|candidate| candidate.address == address)
        {
            Some(known) => known.sources.push(source),
            None => all.push(AddressCandidate {
                loopback: is_loopback(&address),
                sources: vec![source],
                address,
            }),
        }
    }
    all.sort_by_key(|candidate| candidate.loopback);
    all
}

/// The CA of the remote's API server, as published in every namespace.
///
/// # Errors
/// [`Unknown`] when it cannot be read, or does not exist.
pub async fn ca_bundle(remote: &dyn Identity) -> Fact<String> {
    let map = Kind::CONFIG_MAP.object(Some("kube-system"), "kube-root-ca.crt");
    let map = remote.cluster().get(&map).await?;
    let pem = map.map(|map| map.data("ca.crt").to_owned());
    let pem = pem.filter(|pem| !pem.is_empty());
    pem.ok_or_else(|| Unknown::because("ConfigMap kube-root-ca.crt does not exist"))
}

async fn kubeadm(remote: &Cluster) -> Fact<Option<String>> {
    let map = Kind::CONFIG_MAP.object(Some("kube-system"), "kubeadm-config");
    let map = remote.get(&map).await?;
    let text = map.as_ref().map(|map| map.data("ClusterConfiguration"));
    let read = Values::parse(text.unwrap_or_default()).map_err(Unknown::because)?;
    let read = read.to_json();
    let endpoint = read.get("controlPlaneEndpoint").and_then(Value::as_str);
    let endpoint = endpoint.filter(|endpoint| !endpoint.is_empty());
    Ok(endpoint.map(|endpoint| match endpoint.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!("https://{endpoint}"),
        _ => format!("https://{endpoint}:6443"),
    }))
}

async fn endpoints(remote: &Cluster) -> Fact<Vec<String>> {
    let label = "kubernetes.io/service-name=kubernetes";
    let slices = remote.list_objects(Kind::ENDPOINT_SLICE, Some("default"), label);
    let slices = slices.await?;
    let mut all = Vec::new();
    for slice in &slices {
        let ports = slice.typed::<EndpointSlice>()?.ports.unwrap_or_default();
        let port = ports.first().and_then(|port| port.port).unwrap_or(443);
        for endpoint in read::endpoints(slice)? {
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
    fn an_address_appears_once_and_loopback_last() {
        let found = sorted(vec![
            ("https://127.0.0.1:6443".into(), Source::Endpoints),
            ("https://10.0.2.6:6443".into(), Source::Endpoints),
            ("https://10.0.2.6:6443".into(), Source::Console),
        ]);
        let addresses: Vec<(&str, usize, bool)> = found
            .iter()
            .map(|candidate| {
                (
                    candidate.address.as_str(),
                    candidate.sources.len(),
                    candidate.loopback,
                )
            })
            .collect();
        assert_eq!(
            addresses,
            [
                ("https://10.0.2.6:6443", 2, false),
                ("https://127.0.0.1:6443", 1, true)
            ]
        );
    }
}
