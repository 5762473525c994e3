//! Is it one mesh? Asked of the control plane, of the remote, and of the sample's product page.
//!
//! Each part is asked by itself and within bounds; one that fails leaves its reason, and the others
//! stand. A control plane's word alone proves little: what it registered is compared with the remote's
//! own pods, and the stored token is shown to the remote. Start at [`verify`].

mod diagnosis;
mod inventory;
pub(crate) mod query;
mod topology;

pub use diagnosis::{Diagnosis, Observations, diagnose};
pub use query::{Page, ProductAnswer};
pub use topology::{EndpointTopology, ServiceInCluster, ServiceTopology, WorkloadTopology};

use crate::{
    facts::{
        Access, DebugFacts, Fact, InstanceFacts, IstioGeneration, MeshFacts, ProductPageFacts,
        RegisteredEndpoint, Unknown,
    },
    join::state::{JoinQuery, stored},
};
use cluster::{AddressPolicy, Cluster, ResponseLimits};
use futures::future::join_all;
use inventory::ClusterInventory;
use jiff::Timestamp;
use std::{net::IpAddr, time::Duration};

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// All calls to one cluster's API.
    pub cluster: Duration,
    /// One answer of a pod.
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

/// What is asked.
#[derive(Clone, Copy)]
pub struct VerifyRequest<'a> {
    /// The cluster whose control plane leads.
    pub primary: &'a Cluster,
    /// The remotes, each by its name in the mesh.
    pub remotes: &'a [(&'a str, &'a Cluster)],
    /// Which Istio.
    pub generation: IstioGeneration,
    /// The control plane's namespace.
    pub namespace: &'a str,
    /// The namespace of the sample, where it is to be looked at.
    pub sample: Option<&'a str>,
    /// Which addresses the console may dial.
    pub policy: AddressPolicy,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// Our clock.
    pub now: fn() -> Timestamp,
}

/// Whether the control plane has taken a remote up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// It has: it follows the remote, or registered an address of its pods.
    Synced,
    /// It does not say no, and the remote has no ready endpoint that could prove it.
    NothingToProve,
    /// It has not; what was seen.
    NotSynced(String),
}

/// What is known of one remote.
#[derive(Clone, Debug)]
pub struct RemoteReport {
    /// Its name in the mesh.
    pub name: String,
    /// Whether the control plane has taken it up.
    pub sync: Fact<SyncState>,
    /// What the remote says to the kubeconfig that is stored for it.
    pub access: Fact<Access>,
    /// Endpoints that the control plane knows and that are pods of the remote.
    pub registered: Fact<Vec<RegisteredEndpoint>>,
}

/// What is known of the sample.
#[derive(Clone, Debug)]
pub struct SampleReport {
    /// What the product page answers.
    pub answer: ProductAnswer,
    /// What the diagnosis was made of.
    pub seen: Observations,
    /// What is missing, if anything.
    pub diagnosis: Diagnosis,
    /// Each Service: where it is, who serves it, what is registered.
    pub services: Vec<ServiceTopology>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// What the control plane's pods answer.
    pub debug: DebugFacts,
    /// Each remote.
    pub remotes: Vec<RemoteReport>,
    /// The sample, when it was asked about.
    pub sample: Option<SampleReport>,
}

impl VerifyReport {
    /// Whether every remote is taken up, its stored token accepted, and the sample whole where it was
    /// asked about.
    pub fn is_healthy(&self) -> bool {
        let remote = |one: &RemoteReport| {
            matches!(one.sync, Ok(SyncState::Synced | SyncState::NothingToProve))
                && matches!(one.access, Ok(Access::Accepted { .. }))
        };
        let sample = self.sample.as_ref();
        self.remotes.iter().all(remote)
            && sample.is_none_or(|sample| sample.diagnosis == Diagnosis::Joined)
    }

    /// The sample as the doctor reads it.
    ///
    /// # Errors
    /// [`Unknown`] when the product page was not asked or does not answer.
    pub fn product(&self) -> Fact<ProductPageFacts> {
        match &self.sample {
            Some(sample) => sample.seen.facts(),
            None => Err(Unknown::because("the product page was not asked")),
        }
    }

    /// Gives the doctor what was found, for the control plane of this cluster of the console.
    pub fn tell(&self, facts: &mut MeshFacts, primary: &str) {
        let mut clusters = facts.clusters.iter_mut();
        let cluster = clusters.find(|one| one.name == primary);
        if let Some(Ok(Some(plane))) = cluster.map(|one| &mut one.control_plane) {
            plane.debug = self.debug.clone();
        }
        if self.sample.is_some() {
            facts.product_page = self.product().map(Some);
        }
    }
}

/// Asks everybody. It always ends; what could not be had says why.
pub async fn verify(request: &VerifyRequest<'_>) -> VerifyReport {
    let access = join_all(request.remotes.iter().map(|(name, remote)| {
        let looking = JoinQuery {
            primary: request.primary,
            remote,
            namespace: request.namespace,
            name,
            server: "",
            generation: request.generation,
            policy: request.policy,
        };
        async move { Box::pin(stored(&looking)).await }
    }));
    let (mut verdict, access) = tokio::join!(Box::pin(look(request)), Box::pin(access));
    for (remote, access) in verdict.remotes.iter_mut().zip(access) {
        remote.access = access;
    }
    verdict
}

/// The same without asking the remotes about their stored tokens, for who did already.
pub(crate) async fn look(request: &VerifyRequest<'_>) -> VerifyReport {
    let sides = join_all(sides(request));
    let debug = query::debug(
        request.primary,
        request.generation,
        request.namespace,
        request.timeouts.answer,
    );
    let (sides, debug) = tokio::join!(Box::pin(sides), Box::pin(debug));
    let remotes = sides.iter().skip(1);
    let remotes = remotes
        .map(|side| remote(request.generation, side, &debug))
        .collect();
    let sample = match request.sample {
        Some(namespace) => Some(Box::pin(sample(request, namespace, &sides, &debug)).await),
        None => None,
    };
    VerifyReport {
        debug,
        remotes,
        sample,
    }
}

fn sides<'a>(request: &'a VerifyRequest<'a>) -> Vec<impl Future<Output = ClusterInventory> + 'a> {
    let primary = std::iter::once((None, request.primary));
    let remotes = request
        .remotes
        .iter()
        .map(|(name, remote)| (Some(*name), *remote));
    let all = primary.chain(remotes);
    all.map(|(name, cluster)| inventory::look(name, cluster, request))
        .collect()
}

fn remote(
    generation: IstioGeneration,
    side: &ClusterInventory,
    debug: &DebugFacts,
) -> RemoteReport {
    let registered = registered(side, debug);
    let sync = match generation {
        IstioGeneration::Istiod => followed(&side.name, &debug.instances),
        IstioGeneration::Mixer => proven(side, &registered),
    };
    RemoteReport {
        name: side.name.clone(),
        sync,
        access: Err(Unknown::because("the remote was not asked")),
        registered,
    }
}

/// What is registered and is a pod of that cluster: by the cluster that the answer names, or by the
/// pod's address where it names none.
fn registered(side: &ClusterInventory, debug: &DebugFacts) -> Fact<Vec<RegisteredEndpoint>> {
    let endpoints = debug.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = side.pods.as_ref().map_err(Clone::clone)?;
    let has = |address: IpAddr| {
        let mut own = pods.iter().filter(|pod| !pod.host_network);
        own.any(|pod| pod.address == Some(address))
    };
    let of_it = |one: &&RegisteredEndpoint| {
        one.cluster.as_deref().is_none_or(|name| name == side.name) && has(one.address)
    };
    Ok(endpoints.iter().filter(of_it).cloned().collect())
}

/// Today's line: each pod of the control plane says whether it follows the remote.
fn followed(name: &str, instances: &[InstanceFacts]) -> Fact<SyncState> {
    if instances.is_empty() {
        return Err(Unknown::because("no pod of the control plane was asked"));
    }
    for instance in instances {
        let clusters = instance.clusters.as_ref().map_err(Clone::clone)?;
        let found = clusters.iter().find(|one| one.cluster == name);
        match found.map(|one| one.state.as_str()) {
            Some("synced") => {}
            Some(state) => {
                let said = format!("{} says {state} of {name}", instance.pod);
                return Ok(SyncState::NotSynced(said));
            }
            None => {
                let said = format!("{} does not know {name}", instance.pod);
                return Ok(SyncState::NotSynced(said));
            }
        }
    }
    Ok(SyncState::Synced)
}

/// The old line: an address of the remote's pods is registered.
fn proven(side: &ClusterInventory, registered: &Fact<Vec<RegisteredEndpoint>>) -> Fact<SyncState> {
    let registered = registered.as_ref().map_err(Clone::clone)?;
    if !registered.is_empty() {
        return Ok(SyncState::Synced);
    }
    let endpoints = side.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = side.pods.as_deref().unwrap_or_default();
    let of_a_pod = |address: IpAddr| pods.iter().any(|pod| pod.address == Some(address));
    if endpoints
        .iter()
        .any(|one| one.ready && of_a_pod(one.address))
    {
        let said = format!("no endpoint of {} is registered", side.name);
        return Ok(SyncState::NotSynced(said));
    }
    Ok(SyncState::NothingToProve)
}

async fn sample(
    request: &VerifyRequest<'_>,
    namespace: &str,
    sides: &[ClusterInventory],
    debug: &DebugFacts,
) -> SampleReport {
    let caller = sides
        .first()
        .map(|side| side.pods.as_ref().map_err(Clone::clone));
    let answer = match caller {
        Some(Ok(pods)) => {
            let timeouts = request.timeouts.answer;
            query::product(request.primary, pods, namespace, timeouts).await
        }
        Some(Err(unknown)) => ProductAnswer::unknown(&unknown),
        None => ProductAnswer::unknown(&Unknown::because("no cluster was looked at")),
    };
    let services = topology::services(namespace, sides, debug);
    let seen = diagnosis::see(&answer, &services, (request.now)());
    SampleReport {
        diagnosis: diagnose(&seen),
        answer,
        seen,
        services,
    }
}

#[cfg(test)]
mod tests;
