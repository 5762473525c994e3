//! The list of clusters: its columns and states.

use super::{ClusterState, ClusterView};
use crate::list::{Choice, ListRequest, ListView, Order, SortKey};
use serde::{Deserialize, Serialize};

/// The state of a cluster, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterStateName {
    /// Unreachable.
    Unreachable,
    /// The stored cluster cannot be used.
    Unusable,
    /// The API server has not answered yet.
    Connecting,
    /// The API server answers.
    Ready,
}

impl ClusterState {
    /// The state without its details.
    pub fn name(&self) -> ClusterStateName {
        match self {
            Self::Unreachable(_) => ClusterStateName::Unreachable,
            Self::Unusable(_) => ClusterStateName::Unusable,
            Self::Connecting => ClusterStateName::Connecting,
            Self::Ready => ClusterStateName::Ready,
        }
    }
}

impl Choice for ClusterStateName {
    const ALL: &'static [Self] = &[
        Self::Unreachable,
        Self::Unusable,
        Self::Connecting,
        Self::Ready,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Unusable => "unusable",
            Self::Connecting => "connecting",
            Self::Ready => "reachable",
        }
    }
}

/// The columns by which clusters are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterSort {
    /// By name.
    #[default]
    Name,
    /// By state, unreachable clusters first.
    State,
    /// By Kubernetes version.
    Version,
    /// By the number of nodes.
    Nodes,
    /// By the latency of the API server.
    Latency,
}

impl Choice for ClusterSort {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::State,
        Self::Version,
        Self::Nodes,
        Self::Latency,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Version => "version",
            Self::Nodes => "nodes",
            Self::Latency => "latency",
        }
    }
}

impl SortKey for ClusterSort {
    fn first_order(self) -> Order {
        match self {
            Self::Nodes | Self::Latency => Order::Descending,
            Self::Name | Self::State | Self::Version => Order::Ascending,
        }
    }
}

/// A window of the list of clusters.
pub type ClustersRequest = ListRequest<ClusterSort, ClusterStateName>;

/// The rows of a window of the clusters.
pub type ClusterListView = ListView<ClusterView, ClusterStateName>;
