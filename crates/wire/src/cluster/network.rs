//! A cluster's network and ranges: what was found and where, and what a person is asked for.

use super::Role;
use crate::{ClusterName, MeshName};
use serde::{Deserialize, Serialize};

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundAt {
    /// This person typed it here.
    Typed(String),
    /// The label of the control plane's namespace.
    Namespace,
    /// A pool of the network plugin.
    NetworkPlugin,
    /// A flag of the controller manager, or kubeadm's configuration.
    ClusterCidr,
    /// `ServiceCIDR` objects.
    ServiceObjects,
    /// What the API server said when an address outside of it was asked for.
    Refusal,
    /// What the nodes have of it: a part.
    Nodes,
    /// Addresses of live pods: a part.
    LivePods,
}

/// What is known of a cluster's network, pod ranges or Service ranges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundView {
    /// The name, or each range.
    pub values: Vec<String>,
    /// Where they were read; none when nothing was found.
    pub at: Option<FoundAt>,
    /// Why nothing could be found out, in the cluster's words.
    pub unknown: Option<String>,
    /// Whether a person is asked: the cluster does not say it, or not in full.
    pub ask: bool,
}

/// A cluster's place among others: its network, its ranges, its parts in meshes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// The name of its network.
    pub network: FoundView,
    /// Where its pods get addresses from.
    pub pods: FoundView,
    /// Where its Services get addresses from.
    pub services: FoundView,
    /// What it is in which mesh of this console.
    pub meshes: Vec<MeshPart>,
}

/// A cluster's part in a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshPart {
    /// Which mesh.
    pub mesh: MeshName,
    /// What it is there.
    pub role: Role,
}

/// Tells the console what a cluster does not say of itself, as a person typed it. What is not given stays
/// as it was; what is empty is forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellRequest {
    /// Which cluster.
    pub cluster: ClusterName,
    /// The name of its network.
    pub network: Option<String>,
    /// Its pod ranges, apart by commas or blanks.
    pub pods: Option<String>,
    /// Its Service ranges, apart by commas or blanks.
    pub services: Option<String>,
}
