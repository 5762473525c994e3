//! What a control plane knows of its clusters: their Services, and the addresses behind them.
//!
//! Plain data and readings of it. Start at [`Mesh`] and [`Registry`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::call::ready;
use crate::object;

/// What the legacy line lists of each cluster, each with its path.
pub(super) const LEGACY: &[(&str, &str)] = &[
    ("services", "/api/v1/services"),
    ("endpoints", "/api/v1/endpoints"),
    ("nodes", "/api/v1/nodes"),
    ("pods", "/api/v1/pods"),
];

/// What today's line lists.
pub(super) const TODAY: &[(&str, &str)] = &[
    ("services", "/api/v1/services"),
    ("endpointslices", "/apis/discovery.k8s.io/v1/endpointslices"),
    ("nodes", "/api/v1/nodes"),
    ("pods", "/api/v1/pods"),
    ("namespaces", "/api/v1/namespaces"),
];

/// What is known of one cluster; a list that was refused is not there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(super) lists: BTreeMap<&'static str, Arc<Vec<Value>>>,
}

/// What is known of all clusters, the control plane's own first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mesh {
    pub(super) clusters: Vec<Registry>,
}

impl Registry {
    pub(super) fn items(&self, resource: &str) -> impl Iterator<Item = &Value> {
        self.lists
            .get(resource)
            .into_iter()
            .flat_map(|list| list.iter())
    }

    pub(super) fn find(&self, resource: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.items(resource)
            .find(|one| object::namespace(one) == namespace && object::name(one) == name)
    }

    /// The Services that have addresses inside the cluster.
    pub(super) fn services(&self) -> impl Iterator<Item = &Value> {
        self.items("services")
            .filter(|service| object::text(service, "/spec/type") != "ExternalName")
    }

    /// The ready addresses behind a port of a Service, where the cluster has that Service.
    pub(super) fn addresses(
        &self,
        namespace: &str,
        name: &str,
        port_name: &str,
    ) -> Vec<(String, u16)> {
        if self.find("services", namespace, name).is_none() {
            return Vec::new();
        }
        let endpoints = self.find("endpoints", namespace, name);
        let endpoints = endpoints.map_or_else(Vec::new, |endpoints| ready(endpoints, port_name));
        let slices = self.slices(namespace, name);
        let sliced = slices.flat_map(|slice| sliced(slice, port_name));
        endpoints.into_iter().chain(sliced).collect()
    }

    /// The slices of a Service.
    pub(super) fn slices<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Value> {
        self.items("endpointslices").filter(move |slice| {
            object::namespace(slice) == namespace
                && slice["metadata"]["labels"]["kubernetes.io/service-name"] == name
        })
    }
}

impl Mesh {
    /// The addresses behind a port of a Service in all clusters.
    pub(super) fn addresses(
        &self,
        namespace: &str,
        name: &str,
        port_name: &str,
    ) -> Vec<(String, u16)> {
        self.clusters
            .iter()
            .flat_map(|cluster| cluster.addresses(namespace, name, port_name))
            .collect()
    }

    /// What `/v1/registration` answers: each port of each Service with its hosts, sorted.
    pub(super) fn registration(&self) -> Value {
        let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut known: BTreeMap<String, &Value> = BTreeMap::new();
        for service in self.clusters.iter().flat_map(Registry::services) {
            known.entry(host(service)).or_insert(service);
        }
        for (host, service) in known {
            let (namespace, name) = (object::namespace(service), object::name(service));
            for port in object::items(service, "/spec/ports") {
                let port_name = object::text(port, "/name");
                let key = if port_name.is_empty() {
                    host.clone()
                } else {
                    format!("{host}|{port_name}")
                };
                let hosts = self.addresses(namespace, name, port_name);
                let hosts = hosts
                    .into_iter()
                    .map(|(ip, port)| json!({"ip_address": ip, "port": port}));
                all.insert(key, hosts.collect());
            }
        }
        all.into_iter()
            .map(|(key, hosts)| json!({"service-key": key, "hosts": hosts}))
            .collect()
    }
}

/// The ready addresses of a slice behind a port.
fn sliced(slice: &Value, port_name: &str) -> Vec<(String, u16)> {
    let port = object::items(slice, "/ports")
        .find(|port| object::text(port, "/name") == port_name)
        .and_then(|port| u16::try_from(object::number(port, "/port")?).ok());
    let Some(port) = port else {
        return Vec::new();
    };
    ready_endpoints(slice)
        .flat_map(|endpoint| object::items(endpoint, "/addresses"))
        .filter_map(|address| Some((address.as_str()?.to_owned(), port)))
        .collect()
}

/// The endpoints of a slice that take traffic.
pub(super) fn ready_endpoints(slice: &Value) -> impl Iterator<Item = &Value> {
    object::items(slice, "/endpoints").filter(|endpoint| endpoint["conditions"]["ready"] != false)
}

/// The name of a Service throughout the mesh.
pub(super) fn host(service: &Value) -> String {
    format!(
        "{}.{}.svc.cluster.local",
        object::name(service),
        object::namespace(service)
    )
}
