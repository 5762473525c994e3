//! What a cluster says of itself: version, nodes, ranges, room.

use crate::{Cluster, Error, Object, Verb, bytes, millicores};
use serde_json::Value;
use std::time::{Duration, Instant};

/// What a cluster says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its version, such as `v1.36.3`.
    pub version: String,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// Pod ranges, as far as they can be read.
    pub pod_cidrs: Vec<String>,
    /// Service ranges, as far as they can be read.
    pub service_cidrs: Vec<String>,
    /// Millicores that the nodes offer.
    pub cpu: u64,
    /// Bytes that the nodes offer.
    pub memory: u64,
    /// Millicores that pods request.
    pub cpu_requested: u64,
    /// Bytes that pods request.
    pub memory_requested: u64,
    /// How many API groups it serves.
    pub groups: usize,
    /// How long the version took to come.
    pub answered_in: Duration,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its kubelet's version.
    pub version: String,
    /// Its pod range; a lower bound of the cluster's.
    pub pod_cidr: Option<String>,
    /// Millicores it offers.
    pub cpu: u64,
    /// Bytes it offers.
    pub memory: u64,
}

impl Cluster {
    /// The version that the API server gives, such as `v1.36.3`.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn version(&self) -> Result<String, Error> {
        let call = self.client.apiserver_version();
        Ok(self.call(Verb::Get, "its version", call).await?.git_version)
    }

    /// Everything the cluster says of itself. What our credential may not read stays empty.
    ///
    /// # Errors
    /// As [`Cluster::version`].
    pub async fn facts(&self) -> Result<Facts, Error> {
        let start = Instant::now();
        let version = self.version().await?;
        let answered_in = start.elapsed();
        let kinds = self.kinds().await?;
        // On the heap: together these futures are large.
        let (nodes, pods, ranges, kubeadm) = tokio::join!(
            Box::pin(self.list("v1", "Node", None, "")),
            Box::pin(self.list("v1", "Pod", None, "")),
            Box::pin(self.service_ranges()),
            Box::pin(self.kubeadm_pod_range()),
        );
        let nodes: Vec<Node> = readable(nodes)?.iter().map(node_of).collect();
        let (cpu_requested, memory_requested) = requests(&readable(pods)?);
        let pod_cidrs = match kubeadm {
            Some(range) => vec![range],
            None => nodes
                .iter()
                .filter_map(|node| node.pod_cidr.clone())
                .collect(),
        };
        Ok(Facts {
            version,
            pod_cidrs,
            service_cidrs: ranges.unwrap_or_default(),
            cpu: nodes.iter().map(|node| node.cpu).sum(),
            memory: nodes.iter().map(|node| node.memory).sum(),
            nodes,
            cpu_requested,
            memory_requested,
            groups: kinds.groups(),
            answered_in,
        })
    }

    async fn kubeadm_pod_range(&self) -> Option<String> {
        let reference = crate::ObjectRef {
            kind: "ConfigMap".into(),
            api_version: "v1".into(),
            namespace: Some("kube-system".into()),
            name: "kubeadm-config".into(),
        };
        let config = self.get(&reference).await.ok()??;
        let text = config.text("/data/ClusterConfiguration");
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("podSubnet:"))?;
        Some(line.trim().to_owned())
    }
}

/// A list that our credential may not read is an empty one.
fn readable(found: Result<Vec<Object>, Error>) -> Result<Vec<Object>, Error> {
    match found {
        Err(error) if error.is_forbidden() => Ok(Vec::new()),
        found => found,
    }
}

fn node_of(node: &Object) -> Node {
    let ready = node.list("/status/conditions").iter().any(|condition| {
        condition.get("type").and_then(Value::as_str) == Some("Ready")
            && condition.get("status").and_then(Value::as_str) == Some("True")
    });
    Node {
        name: node.name().to_owned(),
        ready,
        version: node.text("/status/nodeInfo/kubeletVersion").to_owned(),
        pod_cidr: Some(node.text("/spec/podCIDR").to_owned()).filter(|range| !range.is_empty()),
        cpu: millicores(node.text("/status/allocatable/cpu")),
        memory: bytes(node.text("/status/allocatable/memory")),
    }
}

/// CPU and memory that pods request which still run or will.
fn requests(pods: &[Object]) -> (u64, u64) {
    let alive = |pod: &&Object| !matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
    let asked = |container: &Value, what: &str| -> String {
        let found = container.pointer(&format!("/resources/requests/{what}"));
        found.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut total = (0, 0);
    for pod in pods.iter().filter(alive) {
        for container in pod.list("/spec/containers") {
            total.0 += millicores(&asked(container, "cpu"));
            total.1 += bytes(&asked(container, "memory"));
        }
    }
    total
}
