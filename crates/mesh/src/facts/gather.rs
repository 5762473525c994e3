//! Gathers what is known of a mesh: a few lists a cluster, all at once, all within a bound.
//!
//! A call that is forbidden or does not come back leaves an `Unknown` with its reason and nothing else:
//! the rest of the facts is there all the same. Start at [`gather`].

mod addresses;
mod ask;
mod cluster_facts;
mod joins;
mod network;
mod ranges;
mod remains;
mod trust;

pub(crate) use ask::why;
pub use network::network;

use super::{
    ClusterFacts, Intent, IstioGeneration, MeshFacts, NetworkOverride, PlannedChanges, Role,
};
use crate::verify;
use ::cluster::{AddressPolicy, Cluster, Credentials, ResponseLimits};
use futures::future::join_all;
use jiff::Timestamp;
use std::time::Duration;
use wire::check::Stage;

/// How long gathering may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// One call.
    pub call: Duration,
    /// All calls to one cluster.
    pub cluster: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(8),
            cluster: Duration::from_secs(25),
        }
    }
}

/// One cluster that is to be looked at.
pub struct GatherTarget<'a> {
    /// Its part; none takes it from whether a control plane is there.
    pub role: Option<Role>,
    /// What a person typed of its network and ranges.
    pub network_override: NetworkOverride,
    /// The cluster, by its name in the console.
    pub cluster: &'a Cluster,
    /// Its API server's address, as the console dials it.
    pub server: String,
    /// What is about to come.
    pub planned: PlannedChanges,
}

/// A join that is planned.
#[derive(Clone, Debug)]
pub struct PlannedJoin {
    /// The primary, by its name in the console.
    pub primary: String,
    /// The remote, by its name in the console.
    pub remote: String,
    /// The remote's name in the mesh.
    pub name: String,
    /// The address that the kubeconfig is to name.
    pub server: String,
    /// The name that the server's certificate has, where it is another than the address.
    pub tls_server_name: Option<String>,
    /// The authority that it is to name, as PEM.
    pub ca_bundle: String,
}

/// What is to be found out, and how.
pub struct GatherRequest<'a> {
    /// The clusters.
    pub members: Vec<GatherTarget<'a>>,
    /// Joins that are planned; those that are done are found.
    pub joins: Vec<PlannedJoin>,
    /// Which Istio is planned; none takes the one that is there.
    pub generation: Option<IstioGeneration>,
    /// What for.
    pub intent: Intent,
    /// Which addresses may be dialled.
    pub policy: AddressPolicy,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// Our clock.
    pub now: fn() -> Timestamp,
}

/// What came of one cluster: facts, and what joins need beside them.
struct ClusterSnapshot {
    facts: ClusterFacts,
    /// The credentials of each entry of each remote Secret, in their order.
    stored: Vec<Vec<Option<Credentials>>>,
    /// What its mesh configuration tells proxies to dial.
    dialled: super::Fact<Vec<(String, String)>>,
    raw: joins::ReaderObjects,
}

/// Hears what is known after each stage; the facts of later ones are unknown, and there are no joins yet
/// after the first.
pub type OnStage<'a> = &'a (dyn Fn(Stage, &MeshFacts) + Send + Sync);

/// Finds out what is known of a mesh, and says so stage by stage up to [`Stage::ControlPlanes`]. It always
/// ends, and what it could not find out says why.
pub async fn gather(request: &GatherRequest<'_>, on_stage: OnStage<'_>) -> MeshFacts {
    let each = request.members.iter().map(|member| {
        // On the heap: together these futures are large.
        Box::pin(cluster_facts::of(request, member))
    });
    let mut snapshots: Vec<ClusterSnapshot> = join_all(each).await;
    give_roles(request, &mut snapshots);
    let generation = request.generation.or_else(|| installed(&snapshots));
    let mut facts = MeshFacts::new(
        (request.now)(),
        generation.unwrap_or(IstioGeneration::Istiod),
    );
    facts.intent = request.intent;
    facts.loopback_allowed = request.policy == AddressPolicy::WithLoopback;
    facts.clusters = snapshots.iter().map(|one| one.facts.clone()).collect();
    on_stage(Stage::Clusters, &facts);
    for one in &mut snapshots {
        let stored = std::mem::take(&mut one.stored);
        joins::ask_remotes(request, &mut one.facts, &stored).await;
        one.stored = stored;
    }
    facts.joins = Box::pin(joins::of(request, &snapshots, facts.generation)).await;
    facts.clusters = snapshots.into_iter().map(|one| one.facts).collect();
    on_stage(Stage::Remotes, &facts);
    Box::pin(answers(request, &mut facts)).await;
    on_stage(Stage::ControlPlanes, &facts);
    facts
}

/// What control planes and the sample answer, through port-forwards.
async fn answers(request: &GatherRequest<'_>, facts: &mut MeshFacts) {
    // Without the pods nobody knows whether there is a page.
    let unread = facts.primaries().find_map(|one| one.pods.as_ref().err());
    facts.product_page = unread.cloned().map_or(Ok(None), Err);
    let member = |name: &str| {
        let mut members = request.members.iter();
        members.find(|one| one.cluster.name().as_str() == name)
    };
    for name in facts
        .primaries()
        .map(|one| one.name.clone())
        .collect::<Vec<_>>()
    {
        let Some((primary, plane)) = member(&name).zip(
            facts
                .cluster(&name)
                .and_then(ClusterFacts::installed_control_plane),
        ) else {
            continue;
        };
        let joined = facts
            .joins_with_clusters()
            .filter(|(join, ..)| join.joined && join.primary == name);
        let remotes: Vec<(&str, &Cluster)> = joined
            .filter_map(|(join, ..)| Some((join.name.as_str(), member(&join.remote)?.cluster)))
            .collect();
        let pods = facts
            .cluster(&name)
            .map(ClusterFacts::known_pods)
            .unwrap_or_default();
        let page = pods.iter().find(|pod| pod.label("app") == "productpage");
        let asked = verify::VerifyRequest {
            primary: primary.cluster,
            remotes: &remotes,
            generation: plane.generation,
            namespace: &plane.namespace,
            sample: page.map(|pod| pod.namespace.as_str()),
            policy: request.policy,
            timeouts: verify::Timeouts {
                cluster: request.timeouts.cluster,
                answer: ResponseLimits {
                    timeout: request.timeouts.call,
                    ..ResponseLimits::default()
                },
            },
            now: request.now,
        };
        let verdict = Box::pin(verify::look(&asked)).await;
        verdict.tell(facts, &name);
    }
}

/// Where a part was not told: who has a control plane leads. When nobody does, the first one would.
fn give_roles(request: &GatherRequest<'_>, snapshots: &mut [ClusterSnapshot]) {
    for (member, one) in request.members.iter().zip(snapshots.iter_mut()) {
        let leads = one.facts.installed_control_plane().is_some();
        let found = if leads { Role::Primary } else { Role::Remote };
        one.facts.role = member.role.unwrap_or(found);
    }
    let nobody = snapshots.iter().all(|one| one.facts.role == Role::Remote);
    if let Some(first) = snapshots.first_mut().filter(|_| nobody) {
        first.facts.role = Role::Primary;
    }
}

/// The line of the first control plane that is there.
fn installed(snapshots: &[ClusterSnapshot]) -> Option<IstioGeneration> {
    let planes = snapshots
        .iter()
        .filter_map(|one| one.facts.installed_control_plane());
    planes.map(|plane| plane.generation).next()
}
