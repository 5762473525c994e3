//! Facts about pods, Services, endpoints and namespaces.

use super::BalancerName;
use crate::istio::{INJECTION_LABEL, REVISION_LABEL};
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

/// The proxy of a pod, from its environment.
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
    /// The host and port of its control plane.
    pub discovery_address: String,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<IpAddr>,
    /// Whether it uses the network of its node.
    pub host_network: bool,
    /// Whether it is neither finished nor being deleted.
    pub live: bool,
    /// Whether it is Ready.
    pub ready: bool,
    /// The waiting reason of its containers, such as `ContainerCreating`.
    pub waiting: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// The images of its containers.
    pub images: Vec<String>,
    /// Its proxy, when it has one.
    pub sidecar: Option<SidecarFacts>,
}

impl PodFacts {
    /// The reference to the pod, `Pod bookinfo/details-v1`.
    pub fn reference(&self) -> String {
        format!("Pod {}/{}", self.namespace, self.name)
    }

    /// The value of a label, or "".
    pub fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", String::as_str)
    }

    /// Whether its labels match `selector`; an empty selector matches no pod.
    pub fn matches_selector(&self, selector: &BTreeMap<String, String>) -> bool {
        let held = |(key, value): (&String, &String)| self.labels.get(key) == Some(value);
        !selector.is_empty() && selector.iter().all(held)
    }
}

/// The type of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceType {
    /// An address of the cluster.
    ClusterIp,
    /// The addresses of its pods.
    Headless,
    /// A port of each node.
    NodePort,
    /// A load balancer.
    LoadBalancer,
    /// A DNS name.
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

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortFacts {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: u16,
    /// `TCP` or `UDP`.
    pub protocol: String,
}

/// A Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub service_type: ServiceType,
    /// Its address in the cluster.
    pub address: Option<IpAddr>,
    /// Its ports.
    pub ports: Vec<PortFacts>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// The selector of its pods.
    pub selector: BTreeMap<String, String>,
    /// The addresses or host names of its load balancer.
    pub load_balancer: Vec<String>,
    /// The host names among them that were resolved.
    pub balancer_names: Vec<BalancerName>,
    /// The static internal addresses that the load balancer is configured with.
    pub static_addresses: Vec<IpAddr>,
    /// `externalIPs`.
    pub external_ips: Vec<IpAddr>,
    /// `loadBalancerSourceRanges`.
    pub source_ranges: Vec<String>,
}

impl ServiceFacts {
    /// The reference to the Service, `Service bookinfo/details`.
    pub fn reference(&self) -> String {
        format!("Service {}/{}", self.namespace, self.name)
    }

    /// Whether it has that port.
    pub fn has_port(&self, number: u16) -> bool {
        self.ports.iter().any(|port| port.number == number)
    }
}

/// An endpoint of a Service.
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
    /// Whether its pod is being deleted.
    pub terminating: bool,
    /// The numbers of its ports.
    pub ports: Arc<[u16]>,
}

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceFacts {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// The conditions of its deletion; none when it is not being deleted.
    pub terminating: Option<Vec<String>>,
}

impl NamespaceFacts {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }

    /// Whether `istio-injection=enabled` or a revision label enables injection.
    pub fn injection_enabled(&self) -> bool {
        let injection = self.label(INJECTION_LABEL);
        injection == Some("enabled")
            || (injection.is_none() && self.label(REVISION_LABEL).is_some())
    }
}
