//! Facts about a cluster: version, nodes, CIDRs, capacity.

use crate::{Cluster, Error, Identity, Kind, Object, Verb, bytes, millicores};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Facts about a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The Kubernetes version, such as `v1.36.3`.
    pub version: String,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Pod CIDRs, as far as they can be read.
    pub pod_cidrs: Vec<String>,
    /// Service CIDRs, as far as they can be read.
    pub service_cidrs: Vec<String>,
    /// Allocatable CPU of the nodes, in millicores.
    pub cpu: u64,
    /// Allocatable memory of the nodes, in bytes.
    pub memory: u64,
    /// CPU requests of the pods, in millicores.
    pub cpu_requested: u64,
    /// Memory requests of the pods, in bytes.
    pub memory_requested: u64,
    /// The number of API groups.
    pub groups: usize,
    /// The API groups that are listed and not served.
    pub unavailable: Vec<crate::UnavailableGroup>,
    /// The latency of the API server's response to the version request.
    pub latency: Duration,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// The version of its kubelet.
    pub version: String,
    /// Its pod CIDR; a part of the cluster's.
    pub pod_cidr: Option<String>,
    /// Allocatable CPU, in millicores.
    pub cpu: u64,
    /// Allocatable memory, in bytes.
    pub memory: u64,
}

/// [`Cluster::facts`], for either identity.
///
/// # Errors
/// As [`Cluster::version`].
pub async fn facts(identity: &dyn Identity) -> Result<Facts, Error> {
    identity.cluster().facts().await
}

impl Cluster {
    /// The version of the API server, such as `v1.36.3`.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn version(&self) -> Result<String, Error> {
        let call = self.client.apiserver_version();
        Ok(self.call(Verb::Get, "the version", call).await?.git_version)
    }

    /// All facts about the cluster. Those that the credential may not read are empty.
    ///
    /// # Errors
    /// As [`Cluster::version`].
    pub async fn facts(&self) -> Result<Facts, Error> {
        let start = Instant::now();
        let version = self.version().await?;
        let latency = start.elapsed();
        let kinds = self.kinds().await?;
        let (nodes, pods, service_cidrs, kubeadm_cidr) = tokio::join!(
            self.list_objects(Kind::NODE, None, ""),
            self.list_objects(Kind::POD, None, ""),
            self.service_ranges(),
            self.kubeadm_pod_cidr(),
        );
        let nodes: Vec<Node> = or_empty(nodes)?.iter().map(Node::from_object).collect();
        let (cpu_requested, memory_requested) = requests(&or_empty(pods)?);
        let pod_cidrs = match kubeadm_cidr {
            Some(cidr) => vec![cidr],
            None => nodes
                .iter()
                .filter_map(|node| node.pod_cidr.clone())
                .collect(),
        };
        Ok(Facts {
            version,
            pod_cidrs,
            service_cidrs: service_cidrs.unwrap_or_default(),
            cpu: nodes.iter().map(|node| node.cpu).sum(),
            memory: nodes.iter().map(|node| node.memory).sum(),
            nodes,
            cpu_requested,
            memory_requested,
            groups: kinds.groups(),
            unavailable: kinds.unavailable().to_vec(),
            latency,
        })
    }

    async fn kubeadm_pod_cidr(&self) -> Option<String> {
        let reference = Kind::CONFIG_MAP.object(Some("kube-system"), "kubeadm-config");
        let config = self.get(&reference).await.ok()??;
        let text = config.text("/data/ClusterConfiguration");
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("podSubnet:"))?;
        Some(line.trim().to_owned())
    }
}

/// The list, or an empty one when the credential may not read it.
fn or_empty(listed: Result<Vec<Object>, Error>) -> Result<Vec<Object>, Error> {
    match listed {
        Err(error) if error.is_forbidden() => Ok(Vec::new()),
        listed => listed,
    }
}

impl Node {
    fn from_object(node: &Object) -> Self {
        let ready = node.list("/status/conditions").iter().any(|condition| {
            condition.get("type").and_then(Value::as_str) == Some("Ready")
                && condition.get("status").and_then(Value::as_str) == Some("True")
        });
        Self {
            name: node.name().to_owned(),
            ready,
            version: node.text("/status/nodeInfo/kubeletVersion").to_owned(),
            pod_cidr: Some(node.text("/spec/podCIDR").to_owned()).filter(|cidr| !cidr.is_empty()),
            cpu: millicores(node.text("/status/allocatable/cpu")),
            memory: bytes(node.text("/status/allocatable/memory")),
        }
    }
}

/// CPU and memory requests of all pods that have not finished.
fn requests(pods: &[Object]) -> (u64, u64) {
    let unfinished = |pod: &&Object| !matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
    let request = |container: &Value, resource: &str| -> String {
        let value = container.pointer(&format!("/resources/requests/{resource}"));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut total = (0, 0);
    for pod in pods.iter().filter(unfinished) {
        for container in pod.list("/spec/containers") {
            total.0 += millicores(&request(container, "cpu"));
            total.1 += bytes(&request(container, "memory"));
        }
    }
    total
}
