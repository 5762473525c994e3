//! The facts that the checks of a mesh read: plain data about clusters, joins and control planes.
//!
//! Nothing here talks to a cluster. A fact that could not be read is an [`Unknown`] with its reason, so
//! that its check is skipped and not passed. Start at [`MeshFacts`]; [`gather`](crate::gather) reads them.

mod balancer;
mod cluster;
mod component;
mod conflict;
mod control;
pub(crate) mod host;
mod join;
mod network;
mod origin;
mod shards;
mod trust;
mod workload;

pub use balancer::BalancerName;
pub(crate) use balancer::{exposed_addresses, external_addresses, static_addresses, unresolved};
pub use cluster::{
    ClockFacts, ClusterFacts, NodeFacts, PlannedChanges, RangeFacts, RangeSource, Role,
};
pub use component::Component;
pub(crate) use component::{Route, is_gateway, route, runs};
pub use conflict::{
    CrdFacts, CrdVersion, FailurePolicy, ManagedFacts, Owner, OwnershipFacts, Requirement,
    Selector, WebhookFacts, WebhookKind,
};
pub use control::{
    ClusterState, ControlPlaneFacts, DebugFacts, DeploymentFacts, GatewayFacts, GatewayServer,
    InstanceFacts, LocalityFacts, MeshConfigFacts, MutualTlsFacts, ProductPageFacts, ProxyState,
    RegisteredEndpoint,
};
pub use join::{
    Access, JoinFacts, KubeconfigFacts, ProbeFacts, Purpose, ReaderFacts, RemoteEndpoint,
    RemoteEntry, RemoteSecretFacts, TokenSecretFacts,
};
pub use network::{NetworkFacts, NetworkOverride, NetworkSource};
pub(crate) use origin::JoinTraits;
pub use shards::{
    Difference, EndpointReport, EndpointShards, EndpointTotals, ServiceEndpoints, ShardEndpoint,
    ShardRead, ShardedService,
};
pub use trust::{CaFacts, RootFacts};
pub use workload::{
    EndpointFacts, NamespaceFacts, PodFacts, PortFacts, ServiceFacts, ServiceType, SidecarFacts,
};

pub use crate::istio::IstioGeneration;

use crate::istio_releases::IstioReleases;
use jiff::Timestamp;
use std::{fmt, sync::Arc};
use wire::{ClusterName, error_chain::error_chain};

/// The reason why a fact is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The reason, for the operator.
    pub reason: String,
    /// The cluster whose API server does not answer, when that is the reason.
    pub(crate) unreachable: Option<ClusterName>,
}

impl Unknown {
    /// An unknown fact with its reason.
    pub fn because(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            unreachable: None,
        }
    }

    /// A fact of a cluster whose API server does not answer.
    pub fn of_unreachable(cluster: &ClusterName, reason: impl fmt::Display) -> Self {
        Self {
            unreachable: Some(cluster.clone()),
            ..Self::because(reason)
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

impl From<&::cluster::Error> for Unknown {
    /// The message of the API server, else the error itself; for a malformed object with its cause.
    fn from(error: &::cluster::Error) -> Self {
        match (error, error.status()) {
            (_, Some(status)) => Self::because(&status.message),
            (::cluster::Error::Malformed { .. }, _) => Self::because(error_chain(error)),
            _ => Self::because(error),
        }
    }
}

impl From<::cluster::Error> for Unknown {
    fn from(error: ::cluster::Error) -> Self {
        Self::from(&error)
    }
}

/// A fact, or the reason why it is not known.
pub type Fact<T> = Result<T, Unknown>;

/// A fact that was not requested.
pub(crate) fn not_requested<T>() -> Fact<T> {
    Err(Unknown::because("the fact was not requested"))
}

/// What the checks are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A join or an installation is planned, or the mesh is watched.
    Keep,
    /// The removal of the mesh, or of a part of it, is planned or done.
    Remove,
}

/// All facts about one mesh, planned or existing.
#[derive(Clone, Debug)]
pub struct MeshFacts {
    /// When the facts were gathered.
    pub now: Timestamp,
    /// The generation of its control plane.
    pub generation: IstioGeneration,
    /// What the checks are for.
    pub intent: Intent,
    /// Whether clusters may run on the console's own machine: then a loopback address can be right.
    pub loopback_allowed: bool,
    /// What is known about the releases of Istio.
    pub releases: Arc<IstioReleases>,
    /// The clusters.
    pub clusters: Vec<ClusterFacts>,
    /// The joins of remotes to primaries, planned or done.
    pub joins: Vec<JoinFacts>,
    /// The endpoints of each remote at each istiod.
    pub endpoint_reports: Vec<EndpointReport>,
    /// The product page of the sample; none when the sample has no page.
    pub product_page: Fact<Option<ProductPageFacts>>,
}

impl MeshFacts {
    /// A mesh without clusters.
    pub fn new(now: Timestamp, generation: IstioGeneration) -> Self {
        Self {
            now,
            generation,
            intent: Intent::Keep,
            loopback_allowed: false,
            releases: Arc::new(IstioReleases::built_in()),
            clusters: Vec::new(),
            joins: Vec::new(),
            endpoint_reports: Vec::new(),
            product_page: not_requested(),
        }
    }

    /// The cluster with this name.
    pub fn cluster(&self, name: &ClusterName) -> Option<&ClusterFacts> {
        self.clusters.iter().find(|cluster| cluster.name == *name)
    }

    /// The clusters that have a control plane, or get one.
    pub fn primaries(&self) -> impl Iterator<Item = &ClusterFacts> {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.role != Role::Remote)
    }

    /// The clusters that the control plane of another cluster serves.
    pub fn remotes(&self) -> impl Iterator<Item = &ClusterFacts> {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.role == Role::Remote)
    }

    /// Each pair of clusters, once.
    pub fn cluster_pairs(&self) -> impl Iterator<Item = (&ClusterFacts, &ClusterFacts)> {
        let clusters = self.clusters.iter().enumerate();
        clusters.flat_map(|(index, first)| {
            let rest = self.clusters.iter().skip(index + 1);
            rest.map(move |second| (first, second))
        })
    }

    /// Each join with its primary and its remote.
    pub fn joins_with_clusters(
        &self,
    ) -> impl Iterator<Item = (&JoinFacts, &ClusterFacts, &ClusterFacts)> {
        self.joins.iter().filter_map(|join| {
            let primary = self.cluster(&join.primary)?;
            Some((join, primary, self.cluster(&join.remote)?))
        })
    }

    /// Whether endpoints differ that another reading has to confirm.
    pub fn has_unconfirmed_endpoints(&self) -> bool {
        let mut reports = self.endpoint_reports.iter();
        reports.any(|report| report.unconfirmed() > 0)
    }

    /// The reports that compare the endpoints of a remote.
    pub fn reports_of(&self, join: &JoinFacts) -> impl Iterator<Item = &EndpointReport> {
        let reports = self.endpoint_reports.iter();
        reports.filter(|report| report.primary == join.primary && report.id == join.id)
    }

    /// Whether the clusters are on more than one network.
    pub fn spans_networks(&self) -> bool {
        self.cluster_pairs()
            .any(|(first, second)| !self.share_network(first, second))
    }

    /// Whether pods of two clusters dial each other's addresses. Istio 1.0 knows one network only.
    pub fn share_network(&self, first: &ClusterFacts, second: &ClusterFacts) -> bool {
        self.generation == IstioGeneration::Mixer || first.network == second.network
    }
}
