//! The network and CIDRs of a cluster: detected values, their sources, and operator-provided values.

use super::Role;
use crate::{ClusterName, MeshName};
use serde::{Deserialize, Serialize};

/// The source of a detected value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetectionSource {
    /// Provided by this operator.
    Operator(String),
    /// The label of the control plane's namespace.
    Namespace,
    /// An address pool of the network plugin.
    NetworkPlugin,
    /// A flag of the controller manager, or the configuration of kubeadm.
    ClusterCidr,
    /// `ServiceCIDR` objects.
    ServiceObjects,
    /// The error of a dry run with an address outside of the range.
    DryRun,
    /// The pod CIDRs of the nodes, which may be incomplete.
    Nodes,
    /// The addresses of live pods, which may be incomplete.
    LivePods,
}

/// The detected network name, pod CIDRs or service CIDRs of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectedView {
    /// The name, or each CIDR.
    pub values: Vec<String>,
    /// The source; none when nothing was detected.
    pub at: Option<DetectionSource>,
    /// The error of the cluster when nothing could be detected.
    pub unknown: Option<String>,
    /// Whether the operator may provide it: it was not detected, or not completely.
    pub ask: bool,
}

/// The network, the CIDRs and the meshes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// The name of the network.
    pub network: DetectedView,
    /// The pod CIDRs.
    pub pods: DetectedView,
    /// The service CIDRs.
    pub services: DetectedView,
    /// Its memberships in meshes of this console.
    pub meshes: Vec<MeshMembership>,
}

/// The membership of a cluster in a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshMembership {
    /// The mesh.
    pub mesh: MeshName,
    /// Its role.
    pub role: Role,
}

/// Overrides the detected network of a cluster. An absent field stays as it was; an empty one is removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideNetworkRequest {
    /// The cluster.
    pub cluster: ClusterName,
    /// The name of its network.
    pub network: Option<String>,
    /// The pod CIDRs, separated by commas or blanks.
    pub pods: Option<String>,
    /// The service CIDRs, separated by commas or blanks.
    pub services: Option<String>,
}
