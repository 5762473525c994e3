//! Clusters: how one is added, and what the console knows of it.

mod network;

pub use network::{FoundAt, FoundView, MeshPart, NetworkView, TellRequest};

use crate::{ClusterName, Problem, Secret};
use serde::{Deserialize, Serialize};

/// A kubeconfig that somebody pasted or uploaded, to be read and judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadKubeconfigRequest {
    /// The file's text.
    pub kubeconfig: Secret<String>,
}

/// Adds clusters from the contexts of a kubeconfig.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddClustersRequest {
    /// The file's text.
    pub kubeconfig: Secret<String>,
    /// Name of the context, and the name that its cluster gets here.
    pub contexts: Vec<(String, String)>,
}

/// One context of a kubeconfig, and whether it can be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextView {
    /// The context's name.
    pub name: String,
    /// A name for the cluster that fits.
    pub suggested: String,
    /// The server's address, as written.
    pub server: String,
    /// How it logs in: `token` or `client certificate`.
    pub login: String,
    /// Why it is refused; none when it can be taken.
    pub problem: Option<Problem>,
}

/// How an administrator lets this console into a cluster, as commands for a shell there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionView {
    /// Makes the ServiceAccount, its role said in full, and its token.
    pub apply: String,
    /// Prints a kubeconfig for it.
    pub print: String,
}

/// The cluster in which the console itself runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountedView {
    /// Its API server, as its pods reach it.
    pub server: String,
}

/// Registers the cluster in which the console itself runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddMountedRequest {
    /// The name that it gets here.
    pub name: String,
}

/// Gives a cluster another name here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenameRequest {
    /// Which one.
    pub cluster: ClusterName,
    /// Its new name.
    pub name: String,
}

/// Gives the console another credential for a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplaceRequest {
    /// Which one.
    pub cluster: ClusterName,
    /// A kubeconfig's text.
    pub kubeconfig: Secret<String>,
    /// The context of it.
    pub context: String,
}

/// Asks one part of what can be known of a context before it is added. Nothing is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProbeRequest {
    /// The file's text.
    pub kubeconfig: Secret<String>,
    /// The context.
    pub context: String,
    /// Which part.
    pub stage: ProbeStage,
}

/// A part of a probe; the parts are asked at the same time, and each is shown when it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeStage {
    /// Name, connection and certificate.
    Way,
    /// Version, who we are there, ranges.
    Server,
    /// What we may do there.
    Rights,
}

impl ProbeStage {
    /// All parts, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Way, Self::Server, Self::Rights];
}

/// What a line of a probe is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeWhat {
    /// The server's name leads to an address that may be dialled.
    Name,
    /// Somebody listens there.
    Connection,
    /// The certificate, its owner and its end.
    Certificate,
    /// The Kubernetes version.
    Version,
    /// Who the credential is.
    Who,
    /// Ranges of pods.
    PodRanges,
    /// Ranges of Services.
    ServiceRanges,
    /// The rights that installing a mesh takes.
    Rights,
}

/// One line of a probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeLine {
    /// What it is about.
    pub what: ProbeWhat,
    /// Whether it is well; none when it could not be found out.
    pub well: Option<bool>,
    /// What was seen or said, verbatim.
    pub said: String,
}

/// What a cluster is in its mesh, as far as the console can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A control plane runs here.
    Primary,
    /// It is led from another cluster.
    Remote,
    /// It leads one mesh and is led in another.
    Both,
}

/// One registered cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterView {
    /// Its name.
    pub name: ClusterName,
    /// Its own colour, 1 to 8.
    pub colour: u8,
    /// Where its API server is.
    pub server: String,
    /// Whether it is a sandbox that ends with the process.
    pub sandbox: bool,
    /// What it is in a mesh.
    pub role: Option<Role>,
    /// How it answers.
    pub state: ClusterState,
}

/// How a cluster answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterState {
    /// It answers.
    Ready(FactsView),
    /// It does not.
    Unreachable(Problem),
}

/// What a cluster says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsView {
    /// Kubernetes version, such as `v1.36.3`.
    pub version: String,
    /// Its nodes.
    pub nodes: Vec<NodeView>,
    /// Pod ranges, as far as they can be read.
    pub pod_cidrs: Vec<String>,
    /// Service ranges, as far as they can be read.
    pub service_cidrs: Vec<String>,
    /// Allocatable CPU in millicores.
    pub cpu: u64,
    /// Allocatable memory in bytes.
    pub memory: u64,
    /// CPU that pods request, in millicores.
    pub cpu_requested: u64,
    /// Memory that pods request, in bytes.
    pub memory_requested: u64,
    /// How many API groups it serves.
    pub groups: u32,
    /// How long it took to answer, in milliseconds.
    pub answered_in: u32,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its kubelet's version.
    pub version: String,
    /// Its pod range.
    pub pod_cidr: Option<String>,
}
