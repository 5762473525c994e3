//! Pods, Services, endpoints and namespaces, as far as a mesh cares.

use std::{collections::BTreeMap, net::IpAddr};

/// What a pod's proxy says of itself, from its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SidecarFacts {
    /// `ISTIO_META_CLUSTER_ID`.
    pub cluster_id: String,
    /// `ISTIO_META_NETWORK`.
    pub network: String,
    /// `ISTIO_META_MESH_ID`.
    pub mesh_id: String,
    /// The tag of its image.
    pub version: String,
    /// The host and port that it dials for its configuration.
    pub discovery_address: String,
}

/// One pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<IpAddr>,
    /// Whether it uses the node's address.
    pub host_network: bool,
    /// Whether it runs and is not on its way out.
    pub live: bool,
    /// Whether it is Ready.
    pub ready: bool,
    /// Why it waits, as its containers say, such as `ContainerCreating`.
    pub waiting: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Its proxy, when it has one.
    pub sidecar: Option<SidecarFacts>,
}

impl PodFacts {
    /// How a line names it.
    pub fn reference(&self) -> String {
        format!("Pod {}/{}", self.namespace, self.name)
    }

    /// The value of a label, or "".
    pub fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", String::as_str)
    }

    /// Whether its labels hold all of `selector`, and that asks for something.
    pub fn matches_selector(&self, selector: &BTreeMap<String, String>) -> bool {
        let held = |(key, value): (&String, &String)| self.labels.get(key) == Some(value);
        !selector.is_empty() && selector.iter().all(held)
    }
}

/// How a Service is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceType {
    /// By an address of the cluster.
    ClusterIp,
    /// By the addresses of its pods.
    Headless,
    /// By a port of each node.
    NodePort,
    /// By a balancer.
    LoadBalancer,
    /// By another name.
    ExternalName(String),
}

impl ServiceType {
    /// Kubernetes' word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ClusterIp => "ClusterIP",
            Self::Headless => "headless",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
            Self::ExternalName(_) => "ExternalName",
        }
    }
}

/// One port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortFacts {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: u16,
    /// `TCP` or `UDP`.
    pub protocol: String,
}

/// One Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub service_type: ServiceType,
    /// Its address in the cluster.
    pub address: Option<IpAddr>,
    /// Its ports.
    pub ports: Vec<PortFacts>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Which pods it chooses.
    pub selector: BTreeMap<String, String>,
    /// What its balancer gave: addresses or host names.
    pub load_balancer: Vec<String>,
    /// `externalIPs`.
    pub external_ips: Vec<IpAddr>,
    /// `loadBalancerSourceRanges`.
    pub source_ranges: Vec<String>,
}

impl ServiceFacts {
    /// How a line names it.
    pub fn reference(&self) -> String {
        format!("Service {}/{}", self.namespace, self.name)
    }

    /// Whether it has that port.
    pub fn has_port(&self, number: u16) -> bool {
        self.ports.iter().any(|port| port.number == number)
    }
}

/// One address behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointFacts {
    /// The Service's namespace.
    pub namespace: String,
    /// The Service.
    pub service: String,
    /// The address.
    pub address: IpAddr,
    /// Whether it is ready.
    pub ready: bool,
}

/// One namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceFacts {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// When it is being deleted: what still holds it.
    pub terminating: Option<Vec<String>>,
}

impl NamespaceFacts {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }

    /// Whether its pods are to be injected by `istio-injection=enabled` or a revision.
    pub fn injection_enabled(&self) -> bool {
        let injection = self.label("istio-injection");
        injection == Some("enabled")
            || (injection.is_none() && self.label("istio.io/rev").is_some())
    }
}
