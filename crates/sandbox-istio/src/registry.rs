//! The registry of a control plane: the Services of its clusters and their endpoints.
//!
//! Plain data. Start at [`Mesh`] and [`Registry`].

use std::collections::BTreeMap;
use std::sync::Arc;

use sandbox::object;
use serde_json::{Value, json};

/// The resources that Pilot lists, each with its path.
pub(crate) const PILOT_RESOURCES: &[(&str, &str)] = &[
    ("services", "/api/v1/services"),
    ("endpoints", "/api/v1/endpoints"),
    ("nodes", "/api/v1/nodes"),
    ("pods", "/api/v1/pods"),
];

/// The resources that istiod lists.
pub(crate) const ISTIOD_RESOURCES: &[(&str, &str)] = &[
    ("services", "/api/v1/services"),
    ("endpointslices", "/apis/discovery.k8s.io/v1/endpointslices"),
    ("nodes", "/api/v1/nodes"),
    ("pods", "/api/v1/pods"),
    ("namespaces", "/api/v1/namespaces"),
];

/// The objects of one cluster; a rejected list is missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) lists: BTreeMap<&'static str, Arc<Vec<Value>>>,
}

/// The objects of all clusters, the local cluster first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mesh {
    pub(crate) clusters: Vec<Registry>,
}

impl Registry {
    pub(crate) fn items(&self, resource: &str) -> impl Iterator<Item = &Value> {
        self.lists
            .get(resource)
            .into_iter()
            .flat_map(|list| list.iter())
    }

    pub(crate) fn find(&self, resource: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.items(resource)
            .find(|item| object::namespace(item) == namespace && object::name(item) == name)
    }

    /// The Services that have endpoints in the cluster.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Value> {
        self.items("services")
            .filter(|service| object::text(service, "/spec/type") != "ExternalName")
    }

    /// The ready addresses for a port of a Service, if the cluster has the Service.
    pub(crate) fn addresses(
        &self,
        namespace: &str,
        name: &str,
        port_name: &str,
    ) -> Vec<(String, u16)> {
        if self.find("services", namespace, name).is_none() {
            return Vec::new();
        }
        let endpoints = self.find("endpoints", namespace, name);
        let endpoints =
            endpoints.map_or_else(Vec::new, |endpoints| ready_addresses(endpoints, port_name));
        let slices = self.slices(namespace, name);
        let slice_addresses = slices.flat_map(|slice| slice_addresses(slice, port_name));
        endpoints.into_iter().chain(slice_addresses).collect()
    }

    /// The EndpointSlices of a Service.
    pub(crate) fn slices<'a>(
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
    /// The addresses for a port of a Service in all clusters.
    pub(crate) fn addresses(
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

    /// The response to `/v1/registration`: the hosts of each port of each Service, sorted.
    pub(crate) fn registration(&self) -> Value {
        let mut hosts_by_key: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut services: BTreeMap<String, &Value> = BTreeMap::new();
        for service in self.clusters.iter().flat_map(Registry::services) {
            services.entry(host(service)).or_insert(service);
        }
        for (host, service) in services {
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
                hosts_by_key.insert(key, hosts.collect());
            }
        }
        hosts_by_key
            .into_iter()
            .map(|(key, hosts)| json!({"service-key": key, "hosts": hosts}))
            .collect()
    }
}

/// The ready addresses of an Endpoints object for a port.
pub(crate) fn ready_addresses(endpoints: &Value, port_name: &str) -> Vec<(String, u16)> {
    let mut addresses = Vec::new();
    for subset in object::items(endpoints, "/subsets") {
        let ports: Vec<u16> = object::items(subset, "/ports")
            .filter(|port| object::text(port, "/name") == port_name)
            .filter_map(|port| u16::try_from(object::number(port, "/port")?).ok())
            .collect();
        for address in object::items(subset, "/addresses") {
            let ip = object::text(address, "/ip");
            addresses.extend(ports.iter().map(|port| (ip.to_owned(), *port)));
        }
    }
    addresses
}

/// The ready addresses of an EndpointSlice for a port.
fn slice_addresses(slice: &Value, port_name: &str) -> Vec<(String, u16)> {
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

/// The ready endpoints of an EndpointSlice.
pub(crate) fn ready_endpoints(slice: &Value) -> impl Iterator<Item = &Value> {
    object::items(slice, "/endpoints").filter(|endpoint| endpoint["conditions"]["ready"] != false)
}

/// The host name of a Service in the mesh.
pub(crate) fn host(service: &Value) -> String {
    format!(
        "{}.{}.svc.cluster.local",
        object::name(service),
        object::namespace(service)
    )
}
