//! Gathers facts from the clusters of a mesh: a few lists per cluster, all clusters at once.
//!
//! Every call has a timeout. A call that is forbidden or times out leaves an
//! [`Unknown`](crate::facts::Unknown) with its reason, and the other facts are still read. A cluster whose
//! API server does not answer the first request gets no other one, neither by the console's credential nor
//! by a stored one. Start at [`gather`]; [`read`] turns single objects into facts.

pub(crate) mod access;
mod addresses;
mod cluster;
pub(crate) mod debug;
pub(crate) mod host_names;
mod joins;
mod leftovers;
pub(crate) mod lists;
mod network;
mod ranges;
pub mod read;
mod reader;
mod remote_lists;
mod shards;
mod trust;

pub use network::network;
pub use reader::{FirstResponse, first_response};
pub(crate) use remote_lists::{RemoteLists, remote_lists, workload_entries};
pub(crate) use shards::READ_INTERVAL;
pub use shards::{ShardQuery, ShardReads};

use crate::{
    facts::{
        ClusterFacts, Fact, Intent, IstioGeneration, MeshFacts, NetworkOverride, PlannedChanges,
        Role,
    },
    istio_releases::IstioReleases,
};
use ::cluster::{AddressPolicy, Credentials, HostResolver, Identity};
use futures::future::join_all;
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use wire::{ClusterId, ClusterName, check::Stage};

/// The timeouts of a gathering.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The timeout of the first response of an API server.
    pub probe: Duration,
    /// The timeout of one call.
    pub call: Duration,
    /// The timeout of all calls to one cluster.
    pub cluster: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            probe: Duration::from_secs(6),
            call: Duration::from_secs(8),
            cluster: Duration::from_secs(25),
        }
    }
}

/// A cluster whose facts are gathered.
pub struct GatherTarget<'a> {
    /// Its role; none derives the role from the presence of a control plane.
    pub role: Option<Role>,
    /// The network and ranges that an operator typed.
    pub network_override: NetworkOverride,
    /// Who reads the cluster, under its name in the console.
    pub identity: &'a dyn Identity,
    /// The address of its API server, as the console dials it.
    pub server: String,
    /// The first response of its API server, when it was requested already.
    pub response: Option<FirstResponse>,
    /// The planned changes.
    pub planned: PlannedChanges,
}

/// A join that is planned.
#[derive(Clone, Debug)]
pub struct PlannedJoin {
    /// The primary.
    pub primary: ClusterName,
    /// The remote.
    pub remote: ClusterName,
    /// The remote's ID in the mesh.
    pub id: ClusterId,
    /// The address of the remote's API server for the kubeconfig.
    pub server: String,
    /// The name in the server's certificate, when it differs from the address.
    pub tls_server_name: Option<String>,
    /// The CA of the server, as PEM.
    pub ca_bundle: String,
}

/// The clusters, joins and options of a gathering.
pub struct GatherRequest<'a> {
    /// The clusters.
    pub members: Vec<GatherTarget<'a>>,
    /// The planned joins; existing joins are found in the remote Secrets.
    pub joins: Vec<PlannedJoin>,
    /// The planned generation of Istio; none takes the generation of the first control plane.
    pub generation: Option<IstioGeneration>,
    /// What the checks are for.
    pub intent: Intent,
    /// The addresses that may be dialled.
    pub policy: AddressPolicy,
    /// The timeouts.
    pub timeouts: Timeouts,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// What is known about the releases of Istio.
    pub releases: Arc<IstioReleases>,
    /// Resolves the host names of load balancers.
    pub resolver: &'a dyn HostResolver,
}

/// The facts of one cluster, with the raw data that joins need.
struct ClusterSnapshot {
    facts: ClusterFacts,
    /// The credentials of each entry of each remote Secret, in their order.
    stored: Vec<Vec<Option<Credentials>>>,
    /// The addresses that its mesh configuration gives to proxies.
    proxy_addresses: Fact<Vec<(String, String)>>,
    reader: joins::ReaderObjects,
}

/// Receives the facts after each stage. The facts of later stages are unknown, and the joins are missing
/// after the first stage.
pub type OnStage<'a> = &'a (dyn Fn(Stage, &MeshFacts) + Send + Sync);

/// Gathers the facts of the stages [`Stage::Clusters`] and [`Stage::Remotes`]; the answers of control
/// planes remain unknown.
pub async fn gather(request: &GatherRequest<'_>, on_stage: OnStage<'_>) -> MeshFacts {
    let members = request.members.iter();
    // Boxed: a snapshot is the largest future.
    let clusters = members.map(|member| Box::pin(cluster::snapshot(request, member)));
    let mut snapshots: Vec<ClusterSnapshot> = join_all(clusters).await;
    assign_roles(request, &mut snapshots);
    let generation = request
        .generation
        .or_else(|| installed_generation(&snapshots));
    let mut facts = MeshFacts::new(
        (request.now)(),
        generation.unwrap_or(IstioGeneration::Istiod),
    );
    facts.intent = request.intent;
    facts.releases = request.releases.clone();
    facts.loopback_allowed = request.policy == AddressPolicy::WithLoopback;
    facts.clusters = snapshots
        .iter()
        .map(|snapshot| snapshot.facts.clone())
        .collect();
    on_stage(Stage::Clusters, &facts);
    joins::check_access(request, &mut snapshots).await;
    facts.joins = joins::joins(request, &snapshots, facts.generation).await;
    facts.clusters = snapshots
        .into_iter()
        .map(|snapshot| snapshot.facts)
        .collect();
    on_stage(Stage::Remotes, &facts);
    facts
}

/// A cluster without a requested role is a primary when it has a control plane. When no cluster has one,
/// the first is the primary.
fn assign_roles(request: &GatherRequest<'_>, snapshots: &mut [ClusterSnapshot]) {
    for (member, snapshot) in request.members.iter().zip(snapshots.iter_mut()) {
        let has_control_plane = snapshot.facts.installed_control_plane().is_some();
        let found = if has_control_plane {
            Role::Primary
        } else {
            Role::Remote
        };
        snapshot.facts.role = member.role.unwrap_or(found);
    }
    let no_primary = snapshots
        .iter()
        .all(|snapshot| snapshot.facts.role == Role::Remote);
    if let Some(first) = snapshots.first_mut().filter(|_| no_primary) {
        first.facts.role = Role::Primary;
    }
}

/// The generation of the first control plane.
fn installed_generation(snapshots: &[ClusterSnapshot]) -> Option<IstioGeneration> {
    let mut control_planes = snapshots
        .iter()
        .filter_map(|snapshot| snapshot.facts.installed_control_plane());
    control_planes
        .next()
        .map(|control_plane| control_plane.generation)
}
