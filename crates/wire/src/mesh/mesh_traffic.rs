//! The traffic between the clusters of a mesh: the sum of the Services whose proxies are sampled.
//!
//! Start at [`MeshTrafficView`].

use super::traffic::FlowPoint;
use crate::{ClusterName, Time};
use serde::{Deserialize, Serialize};

/// The requests between the clusters of a mesh, as the sum of its pinned Services and of those whose pages are open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeshTrafficView {
    /// The Services whose requests are summed, by namespace and name.
    pub services: Vec<SummedServiceView>,
    /// When a Service was last read; none before.
    pub at: Option<Time>,
    /// The requests by pair of clusters, in the order of their names. The pair of a cluster with itself has those
    /// that stay within it.
    pub flows: Vec<ClusterFlowView>,
    /// The requests per second whose source or destination is no known cluster of the mesh.
    pub unplaced: f64,
}

impl MeshTrafficView {
    /// The number of pinned Services.
    pub fn pinned(&self) -> usize {
        let services = self.services.iter();
        services.filter(|service| service.pinned).count()
    }

    /// The number of Services that are sampled because their pages are open.
    pub fn open(&self) -> usize {
        self.services.len() - self.pinned()
    }
}

/// A Service whose requests are part of the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummedServiceView {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// Whether it is pinned; otherwise its page is open.
    pub pinned: bool,
    /// When its proxies were first asked; none before.
    pub since: Option<Time>,
}

/// The requests from one cluster to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterFlowView {
    /// Where they come from.
    pub from: ClusterName,
    /// Where they go to.
    pub to: ClusterName,
    /// The requests per second, as the sum of the averages of the Services.
    pub requests: f64,
    /// The failed requests in percent of all; none without a request.
    pub errors: Option<f64>,
    /// The sums at regular times, in order.
    pub points: Vec<FlowPoint>,
    /// The Services, the most frequently called first.
    pub services: Vec<ServiceShareView>,
}

/// The part of a Service in the requests from one cluster to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceShareView {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The requests per second.
    pub requests: f64,
    /// The failed requests in percent of all; none without a request.
    pub errors: Option<f64>,
}
