//! Verifies that the clusters are one mesh: through the control plane, the remotes, and the product page of
//! the sample.
//!
//! Each part is queried separately and has a timeout; a part that fails leaves its reason, and the others
//! are still verified. The report of a control plane alone proves little: its registered endpoints are
//! compared with the remote's own pods, and the stored token is checked against the remote. Start at
//! [`verify`].

mod diagnosis;
mod inventory;
mod product_page;
mod topology;

pub use diagnosis::{Diagnosis, Observations, diagnose};
pub use product_page::{Page, ProductAnswer};
pub use topology::{EndpointTopology, ServiceInCluster, ServiceTopology, WorkloadTopology};

use crate::{
    facts::{
        Access, DebugFacts, Fact, InstanceFacts, IstioGeneration, MeshFacts, ProductPageFacts,
        RegisteredEndpoint, Unknown,
    },
    gather::{ShardQuery, debug},
    membership::state::stored_access,
};
use cluster::{AddressPolicy, Identity, ResponseLimits};
use futures::future::join_all;
use inventory::ClusterInventory;
use jiff::Timestamp;
use std::{net::IpAddr, time::Duration};
use wire::{ClusterId, ClusterName};

/// The timeouts of a verification.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The timeout of all calls to one cluster's API.
    pub cluster: Duration,
    /// The timeout of one response of a pod.
    pub answer: ResponseLimits,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            cluster: Duration::from_secs(20),
            answer: ResponseLimits::default(),
        }
    }
}

/// The clusters and options of a verification.
#[derive(Clone, Copy)]
pub struct VerifyRequest<'a> {
    /// Who reads the cluster with the control plane.
    pub primary: &'a dyn Identity,
    /// The remotes, each with its ID in the mesh.
    pub remotes: &'a [(ClusterId, &'a dyn Identity)],
    /// The generation of the control plane.
    pub generation: IstioGeneration,
    /// The control plane's namespace.
    pub namespace: &'a str,
    /// The namespace of the sample; none does not verify the sample.
    pub sample: Option<&'a str>,
    /// The addresses that the console may dial.
    pub policy: AddressPolicy,
    /// The timeouts.
    pub timeouts: Timeouts,
    /// Whether the endpoint shards of istiod are requested.
    pub shards: ShardQuery<'a>,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// Whether the control plane syncs a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// The control plane reports the remote as synced, or registered an address of its pods.
    Synced,
    /// The remote has no ready endpoint that could prove the sync.
    NothingToProve,
    /// The control plane does not sync the remote; the reason.
    NotSynced(String),
}

/// The report about one remote.
#[derive(Clone, Debug)]
pub struct RemoteReport {
    /// The ID of the remote in the mesh.
    pub id: ClusterId,
    /// Whether the control plane syncs the remote.
    pub sync: Fact<SyncState>,
    /// The answer of the remote to the kubeconfig that is stored for it.
    pub access: Fact<Access>,
    /// The registered endpoints that are pods of the remote.
    pub registered: Fact<Vec<RegisteredEndpoint>>,
}

/// The report about the sample.
#[derive(Clone, Debug)]
pub struct SampleReport {
    /// The responses of the product page.
    pub answer: ProductAnswer,
    /// The observations behind the diagnosis.
    pub observations: Observations,
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The Services by cluster, with their workloads and endpoints.
    pub services: Vec<ServiceTopology>,
}

/// The report of a verification.
#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// The generation of the control plane.
    pub generation: IstioGeneration,
    /// The debug endpoints of the control plane.
    pub debug: DebugFacts,
    /// The remotes.
    pub remotes: Vec<RemoteReport>,
    /// The sample, when it was requested.
    pub sample: Option<SampleReport>,
}

impl VerifyReport {
    /// Whether every remote is synced and accepts its stored token, and the sample is joined if it was
    /// requested.
    pub fn is_healthy(&self) -> bool {
        let is_healthy = |remote: &RemoteReport| {
            matches!(
                remote.sync,
                Ok(SyncState::Synced | SyncState::NothingToProve)
            ) && matches!(remote.access, Ok(Access::Accepted { .. }))
        };
        let sample = self.sample.as_ref();
        self.remotes.iter().all(is_healthy)
            && sample.is_none_or(|sample| sample.diagnosis == Diagnosis::Joined)
    }

    /// The product page, as a fact for the doctor.
    ///
    /// # Errors
    /// [`Unknown`] when the product page was not queried or does not respond.
    pub fn product(&self) -> Fact<ProductPageFacts> {
        match &self.sample {
            Some(sample) => sample.observations.facts(),
            None => Err(Unknown::because("the product page was not queried")),
        }
    }

    /// Adds the report to the facts about the control plane of `primary`.
    pub fn apply_to(&self, facts: &mut MeshFacts, primary: &ClusterName) {
        let mut clusters = facts.clusters.iter_mut();
        let cluster = clusters.find(|cluster| cluster.name == *primary);
        if let Some(Ok(Some(plane))) = cluster.map(|cluster| &mut cluster.control_plane) {
            plane.debug = self.debug.clone();
        }
        if self.sample.is_some() {
            facts.product_page = self.product().map(Some);
        }
    }
}

/// Verifies all parts. It always ends; a part that could not be verified has its reason.
pub async fn verify(request: &VerifyRequest<'_>) -> VerifyReport {
    let primary = request.primary.cluster();
    let access = join_all(
        request
            .remotes
            .iter()
            .map(|(id, _)| stored_access(primary, request.namespace, id, request.policy)),
    );
    let (mut report, access) = tokio::join!(inspect(request, &[]), access);
    for (remote, access) in report.remotes.iter_mut().zip(access) {
        remote.access = access;
    }
    report
}

/// A remote that does not answer: its name in the console, its ID in the mesh, and the reason.
pub(crate) type UnreachableRemote<'a> = (&'a ClusterName, ClusterId, Unknown);

/// Verifies all parts except the stored tokens. Nothing is requested from the unreachable remotes, and no
/// report is about them.
pub(crate) async fn inspect(
    request: &VerifyRequest<'_>,
    unreachable: &[UnreachableRemote<'_>],
) -> VerifyReport {
    let primary = inventory::read(None, request.primary.cluster(), request);
    let remotes = request.remotes.iter();
    let remotes = join_all(
        remotes.map(|(id, remote)| inventory::read(Some(id.as_str()), remote.cluster(), request)),
    );
    let debug = debug::query(
        request.primary.cluster(),
        request.generation,
        request.namespace,
        request.timeouts.answer,
        request.shards,
    );
    let (primary, remotes, debug) = tokio::join!(primary, remotes, debug);
    let reports = request.remotes.iter().zip(&remotes);
    let reports = reports.map(|((id, _), inventory)| {
        remote_report(request.generation, id.clone(), inventory, &debug)
    });
    let reports = reports.collect();
    let unreachable = unreachable
        .iter()
        .map(|(name, id, unknown)| ClusterInventory::unknown(id, name, unknown));
    let clusters: Vec<ClusterInventory> = std::iter::once(primary)
        .chain(remotes)
        .chain(unreachable)
        .collect();
    let sample = match request.sample {
        Some(namespace) => {
            let report = sample_report(request, namespace, &clusters, &debug);
            Some(report.await)
        }
        None => None,
    };
    VerifyReport {
        generation: request.generation,
        debug,
        remotes: reports,
        sample,
    }
}

fn remote_report(
    generation: IstioGeneration,
    id: ClusterId,
    inventory: &ClusterInventory,
    debug: &DebugFacts,
) -> RemoteReport {
    let registered = registered(inventory, debug);
    let sync = match generation {
        IstioGeneration::Istiod => reported_sync(&inventory.id, &debug.instances),
        IstioGeneration::Mixer => proven_sync(inventory, &registered),
    };
    RemoteReport {
        id,
        sync,
        access: Err(Unknown::because("the remote was not queried")),
        registered,
    }
}

/// The registered endpoints that are pods of a cluster: by the cluster ID of the endpoint, or by the
/// address of the pod when the endpoint has no cluster ID.
fn registered(inventory: &ClusterInventory, debug: &DebugFacts) -> Fact<Vec<RegisteredEndpoint>> {
    let endpoints = debug.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = inventory.pods.as_ref().map_err(Clone::clone)?;
    let is_pod = |address: IpAddr| {
        let mut pods = pods.iter().filter(|pod| !pod.host_network);
        pods.any(|pod| pod.address == Some(address))
    };
    let is_own = |endpoint: &&RegisteredEndpoint| {
        let cluster = endpoint.cluster.as_deref();
        cluster.is_none_or(|id| id == inventory.id) && is_pod(endpoint.address)
    };
    Ok(endpoints.iter().filter(is_own).cloned().collect())
}

/// istiod: each pod of the control plane reports whether it syncs the remote.
fn reported_sync(id: &str, instances: &[InstanceFacts]) -> Fact<SyncState> {
    if instances.is_empty() {
        return Err(Unknown::because("no pod of the control plane was queried"));
    }
    for instance in instances {
        let clusters = instance.clusters.as_ref().map_err(Clone::clone)?;
        let cluster = clusters.iter().find(|cluster| cluster.cluster == id);
        let reason = match cluster.map(|cluster| cluster.state.as_str()) {
            Some("synced") => continue,
            Some(state) => format!("{} reports {state} for {id}", instance.pod),
            None => format!("{} does not know {id}", instance.pod),
        };
        return Ok(SyncState::NotSynced(reason));
    }
    Ok(SyncState::Synced)
}

/// Istio 1.0: a registered address of the remote's pods proves the sync.
fn proven_sync(
    inventory: &ClusterInventory,
    registered: &Fact<Vec<RegisteredEndpoint>>,
) -> Fact<SyncState> {
    let registered = registered.as_ref().map_err(Clone::clone)?;
    if !registered.is_empty() {
        return Ok(SyncState::Synced);
    }
    let endpoints = inventory.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = inventory.pods.as_deref().unwrap_or_default();
    let is_pod = |address: IpAddr| pods.iter().any(|pod| pod.address == Some(address));
    if endpoints
        .iter()
        .any(|endpoint| endpoint.ready && is_pod(endpoint.address))
    {
        let reason = format!("no endpoint of {} is registered", inventory.id);
        return Ok(SyncState::NotSynced(reason));
    }
    Ok(SyncState::NothingToProve)
}

async fn sample_report(
    request: &VerifyRequest<'_>,
    namespace: &str,
    clusters: &[ClusterInventory],
    debug: &DebugFacts,
) -> SampleReport {
    let caller = clusters
        .first()
        .map(|cluster| cluster.pods.as_ref().map_err(Clone::clone));
    let answer = match caller {
        Some(Ok(pods)) => {
            let bounds = request.timeouts.answer;
            product_page::query(request.primary.cluster(), pods, namespace, bounds).await
        }
        Some(Err(unknown)) => ProductAnswer::unknown(&unknown),
        None => ProductAnswer::unknown(&Unknown::because("no cluster was queried")),
    };
    let services = topology::services(namespace, clusters, debug);
    let observations = diagnosis::observe(&answer, &services, (request.now)());
    SampleReport {
        diagnosis: diagnose(&observations),
        answer,
        observations,
        services,
    }
}

#[cfg(test)]
mod tests;
