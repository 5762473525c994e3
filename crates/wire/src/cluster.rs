//! Clusters: the requests to add and change one, and their state.

mod list;
mod network;

pub use list::{ClusterListView, ClusterSort, ClusterStateName, ClustersRequest};
pub use network::{
    DetectedView, DetectionSource, MeshMembership, NetworkView, OverrideNetworkRequest,
};

use crate::{ClusterName, Problem, Secret, Time};
use serde::{Deserialize, Serialize};

/// A kubeconfig to validate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadKubeconfigRequest {
    /// The text of the kubeconfig.
    pub kubeconfig: Secret<String>,
}

/// Adds clusters from the contexts of a kubeconfig.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddClustersRequest {
    /// The text of the kubeconfig.
    pub kubeconfig: Secret<String>,
    /// The name of each context, and the name of its cluster in this console.
    pub contexts: Vec<(String, String)>,
}

/// One context of a kubeconfig, with the problem if it cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextView {
    /// The name of the context.
    pub name: String,
    /// A valid name for the cluster.
    pub suggested: String,
    /// The URL of the API server, as written.
    pub server: String,
    /// The kind of credentials: `token` or `client certificate`.
    pub credentials: String,
    /// The problem; none when the context can be used.
    pub problem: Option<Problem>,
}

/// The kubectl commands that create a ServiceAccount for the console on a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCommandsView {
    /// Creates the ServiceAccount, its role with all rules, and its token.
    pub apply: String,
    /// Prints a kubeconfig for the ServiceAccount.
    pub print: String,
}

/// The cluster in which the console runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountedView {
    /// The URL of the API server from inside the cluster.
    pub server: String,
}

/// Adds the cluster in which the console runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddMountedRequest {
    /// The name of the cluster in this console.
    pub name: String,
}

/// Renames a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenameRequest {
    /// The cluster.
    pub cluster: ClusterName,
    /// The new name.
    pub name: String,
}

/// The colour of a cluster: a number from 1 to [`ClusterColour::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct ClusterColour(u8);

/// A number that is no colour of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is a number from 1 to {}", ClusterColour::MAX)]
pub struct NoSuchColour;

impl ClusterColour {
    /// The number of colours.
    pub const MAX: u8 = 12;

    /// Every colour.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::MAX).map(Self)
    }
}

impl TryFrom<u8> for ClusterColour {
    type Error = NoSuchColour;

    fn try_from(number: u8) -> Result<Self, NoSuchColour> {
        let is_colour = (1..=Self::MAX).contains(&number);
        is_colour.then_some(Self(number)).ok_or(NoSuchColour)
    }
}

impl From<ClusterColour> for u8 {
    fn from(colour: ClusterColour) -> Self {
        colour.0
    }
}

/// Gives a cluster another colour.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ColourRequest {
    /// The cluster.
    pub cluster: ClusterName,
    /// Its new colour.
    pub colour: ClusterColour,
}

/// Replaces the credentials of a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplaceRequest {
    /// The cluster.
    pub cluster: ClusterName,
    /// The text of a kubeconfig.
    pub kubeconfig: Secret<String>,
    /// The context of the kubeconfig.
    pub context: String,
}

/// Runs one stage of the connection test of a context before it is added. Nothing is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProbeRequest {
    /// The text of the kubeconfig.
    pub kubeconfig: Secret<String>,
    /// The context.
    pub context: String,
    /// The stage.
    pub stage: ProbeStage,
}

/// A stage of a connection test; the stages run concurrently, and each is shown when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeStage {
    /// Name, connection and certificate.
    Connection,
    /// Version, user, CIDRs.
    Server,
    /// The rights of the credentials.
    Rights,
}

impl ProbeStage {
    /// All stages, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Connection, Self::Server, Self::Rights];
}

/// The item of a line of a connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeItem {
    /// The host name resolves to an allowed address.
    Name,
    /// The connection is established.
    Connection,
    /// The certificate, its subject and its expiry.
    Certificate,
    /// The Kubernetes version.
    Version,
    /// The user of the credentials.
    User,
    /// The pod CIDRs.
    PodRanges,
    /// The service CIDRs.
    ServiceRanges,
    /// The rights that a mesh requires.
    Rights,
}

/// One line of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeLine {
    /// The item.
    pub item: ProbeItem,
    /// Whether it passed; none when it could not be determined.
    pub passed: Option<bool>,
    /// The result or the error, verbatim.
    pub message: String,
}

/// The role of a cluster in its mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// It runs the control plane.
    Primary,
    /// It uses the control plane of another cluster.
    Remote,
    /// It is primary in one mesh and remote in another.
    Both,
}

/// One registered cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterView {
    /// The name.
    pub name: ClusterName,
    /// The colour, from 1 to [`ClusterColour::MAX`].
    pub colour: u8,
    /// The URL of the API server.
    pub server: String,
    /// Whether it is a sandbox that ends with the process.
    pub sandbox: bool,
    /// Its role in a mesh.
    pub role: Option<Role>,
    /// Its state.
    pub state: ClusterState,
    /// The last known facts; none when they were never read.
    pub facts: Option<FactsView>,
    /// When the facts were read.
    pub read_at: Option<Time>,
}

/// The state of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterState {
    /// The API server answers.
    Ready,
    /// The API server has not answered yet.
    Connecting,
    /// The API server is unreachable.
    Unreachable(Problem),
    /// The stored cluster cannot be used: it has to be removed, or its credentials replaced.
    Unusable(Problem),
}

/// Facts about a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsView {
    /// The Kubernetes version, such as `v1.36.3`.
    pub version: String,
    /// The number of nodes.
    pub node_count: u32,
    /// The number of nodes that are ready.
    pub ready_nodes: u32,
    /// The nodes; none in a list of clusters.
    pub nodes: Vec<NodeView>,
    /// Pod CIDRs, as far as they can be read.
    pub pod_cidrs: Vec<String>,
    /// Service CIDRs, as far as they can be read.
    pub service_cidrs: Vec<String>,
    /// Allocatable CPU in millicores.
    pub cpu: u64,
    /// Allocatable memory in bytes.
    pub memory: u64,
    /// CPU requests of the pods in millicores.
    pub cpu_requested: u64,
    /// Memory requests of the pods in bytes.
    pub memory_requested: u64,
    /// The number of API groups.
    pub groups: u32,
    /// The API groups that are listed and not served, each with its reason, such as
    /// `metrics.k8s.io/v1beta1: HTTP status 503`.
    #[serde(default)]
    pub unavailable_groups: Vec<String>,
    /// The latency of the API server in milliseconds.
    pub latency: u32,
}

impl FactsView {
    /// What a list of clusters shows: numbers, without the nodes, CIDRs and groups.
    #[must_use]
    pub fn summary(&self) -> Self {
        Self {
            version: self.version.clone(),
            nodes: Vec::new(),
            pod_cidrs: Vec::new(),
            service_cidrs: Vec::new(),
            unavailable_groups: Vec::new(),
            ..*self
        }
    }
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// The version of its kubelet.
    pub version: String,
    /// Its pod CIDR.
    pub pod_cidr: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_outside_of_the_palette_is_no_colour() {
        for (text, is_colour) in [("1", true), ("12", true), ("0", false), ("13", false)] {
            let read: Result<ClusterColour, _> = serde_json::from_str(text);
            assert_eq!(read.is_ok(), is_colour, "{text}");
        }
        assert_eq!(ClusterColour::all().count(), 12);
    }
}
