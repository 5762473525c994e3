//! Everything a check may read: plain data about clusters, joins and control planes.
//!
//! Nothing here talks to a cluster. What could not be had is an [`Unknown`] with its reason, so that a
//! check answers skipped instead of passed. Start at [`MeshFacts`]; [`gather`] fills it, [`read`] makes facts of objects.

mod cluster;
mod conflict;
mod control;
pub mod gather;
mod join;
mod network;
pub mod read;
mod trust;
mod workload;

pub use cluster::{
    ClockFacts, ClusterFacts, NodeFacts, PlannedChanges, RangeFacts, RangeSource, Role,
};
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
pub use trust::{CaFacts, RootFacts};
pub use workload::{
    EndpointFacts, NamespaceFacts, PodFacts, PortFacts, ServiceFacts, ServiceType, SidecarFacts,
};

use jiff::Timestamp;
use std::fmt;

/// A fact that could not be had, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why, in words for the operator.
    pub reason: String,
}

impl Unknown {
    /// Not known because of `reason`.
    pub fn because(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

/// A fact, or why it could not be had.
pub type Fact<T> = Result<T, Unknown>;

/// Nobody asked.
pub(crate) fn not_asked<T>() -> Fact<T> {
    Err(Unknown::because("it was not asked"))
}

/// Which Istio it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IstioGeneration {
    /// The article's: 1.0, pilot and mixer.
    Mixer,
    /// Today's: istiod.
    Istiod,
}

impl IstioGeneration {
    /// Its word, as the terminal prints it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mixer => "mixer",
            Self::Istiod => "istiod",
        }
    }
}

/// What the checks are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Something is about to be joined or installed, or the mesh is watched.
    Keep,
    /// The mesh, or a part of it, is about to be taken away or has been.
    Remove,
}

/// All that is known of one mesh, planned or there.
#[derive(Clone, Debug)]
pub struct MeshFacts {
    /// When it was gathered.
    pub now: Timestamp,
    /// Which Istio.
    pub generation: IstioGeneration,
    /// What for.
    pub intent: Intent,
    /// Whether the console was told that clusters may be on its own machine: then an address of that
    /// machine can be right.
    pub loopback_allowed: bool,
    /// Its clusters.
    pub clusters: Vec<ClusterFacts>,
    /// Which remote joins which primary, planned or done.
    pub joins: Vec<JoinFacts>,
    /// The split sample, as its page shows it; none when there is no page.
    pub product_page: Fact<Option<ProductPageFacts>>,
}

impl MeshFacts {
    /// A mesh of nothing yet.
    pub fn new(now: Timestamp, generation: IstioGeneration) -> Self {
        Self {
            now,
            generation,
            intent: Intent::Keep,
            loopback_allowed: false,
            clusters: Vec::new(),
            joins: Vec::new(),
            product_page: not_asked(),
        }
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> Option<&ClusterFacts> {
        self.clusters.iter().find(|one| one.name == name)
    }

    /// The clusters that have, or are to have, a control plane.
    pub fn primaries(&self) -> impl Iterator<Item = &ClusterFacts> {
        self.clusters.iter().filter(|one| one.role != Role::Remote)
    }

    /// The clusters that are led from another one.
    pub fn remotes(&self) -> impl Iterator<Item = &ClusterFacts> {
        self.clusters.iter().filter(|one| one.role == Role::Remote)
    }

    /// Each pair of clusters, once.
    pub fn cluster_pairs(&self) -> impl Iterator<Item = (&ClusterFacts, &ClusterFacts)> {
        let clusters = self.clusters.iter().enumerate();
        clusters.flat_map(|(at, one)| {
            let later = self.clusters.iter().skip(at + 1);
            later.map(move |other| (one, other))
        })
    }

    /// Each join with its two clusters.
    pub fn joins_with_clusters(
        &self,
    ) -> impl Iterator<Item = (&JoinFacts, &ClusterFacts, &ClusterFacts)> {
        self.joins.iter().filter_map(|join| {
            let primary = self.cluster(&join.primary)?;
            Some((join, primary, self.cluster(&join.remote)?))
        })
    }

    /// Whether two clusters say different networks.
    pub fn spans_networks(&self) -> bool {
        self.cluster_pairs()
            .any(|(one, other)| !self.share_network(one, other))
    }

    /// Whether pods of two clusters dial each other's addresses. The old line knows one network only.
    pub fn share_network(&self, one: &ClusterFacts, other: &ClusterFacts) -> bool {
        self.generation == IstioGeneration::Mixer || one.network == other.network
    }
}
