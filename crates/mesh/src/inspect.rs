//! Gathers all facts of a mesh: those of the clusters, and the answers of control planes and the sample.
//!
//! Start at [`inspect`].

use crate::{
    endpoint_sync::EndpointMonitor,
    facts::{ClusterFacts, MeshFacts},
    gather::{GatherRequest, GatherTarget, OnStage, ShardQuery, gather},
    verify,
};
use cluster::ResponseLimits;
use wire::{ClusterName, check::Stage};

/// Gathers all facts of a mesh and reports them after each stage, up to [`Stage::ControlPlanes`]. It always
/// ends; a fact that could not be read has its reason. `endpoints` keeps the endpoints between inspections.
pub async fn inspect(
    request: &GatherRequest<'_>,
    endpoints: &EndpointMonitor,
    on_stage: OnStage<'_>,
) -> MeshFacts {
    let mut facts = gather(request, on_stage).await;
    // Boxed: the responses of a whole mesh at once.
    Box::pin(query_control_planes(request, endpoints, &mut facts)).await;
    endpoints.report(&mut facts);
    on_stage(Stage::ControlPlanes, &facts);
    facts
}

/// Queries each control plane and the product page through port-forwards.
async fn query_control_planes(
    request: &GatherRequest<'_>,
    endpoints: &EndpointMonitor,
    facts: &mut MeshFacts,
) {
    // Without the list of pods it is not known whether the sample has a page.
    let unread = facts
        .primaries()
        .find_map(|cluster| cluster.pods.as_ref().err());
    facts.product_page = unread.cloned().map_or(Ok(None), Err);
    let names: Vec<ClusterName> = facts
        .primaries()
        .map(|cluster| cluster.name.clone())
        .collect();
    for name in names {
        query_control_plane(request, endpoints, facts, &name).await;
    }
}

async fn query_control_plane(
    request: &GatherRequest<'_>,
    endpoints: &EndpointMonitor,
    facts: &mut MeshFacts,
    name: &ClusterName,
) {
    let control_plane = facts
        .cluster(name)
        .and_then(ClusterFacts::installed_control_plane);
    let Some((primary, control_plane)) = target(request, name).zip(control_plane) else {
        return;
    };
    let (mut remotes, mut unreachable) = (Vec::new(), Vec::new());
    for (join, _, remote) in facts.joins_with_clusters() {
        if !join.joined || join.primary != *name {
            continue;
        }
        match (remote.unreachable(), target(request, &join.remote)) {
            (Some(unknown), _) => {
                unreachable.push((&remote.name, join.id.clone(), unknown.clone()));
            }
            (None, Some(target)) => remotes.push((join.id.clone(), target.identity)),
            (None, None) => {}
        }
    }
    let pods = facts
        .cluster(name)
        .map(ClusterFacts::known_pods)
        .unwrap_or_default();
    let page = pods.iter().find(|pod| pod.label("app") == "productpage");
    let verify_request = verify::VerifyRequest {
        primary: primary.identity,
        remotes: &remotes,
        generation: control_plane.generation,
        namespace: &control_plane.namespace,
        sample: page.map(|pod| pod.namespace.as_str()),
        policy: request.policy,
        timeouts: verify::Timeouts {
            cluster: request.timeouts.cluster,
            answer: ResponseLimits {
                timeout: request.timeouts.call,
                ..ResponseLimits::default()
            },
        },
        shards: ShardQuery::Shared(&endpoints.reads),
        now: request.now,
    };
    let report = verify::inspect(&verify_request, &unreachable).await;
    report.apply_to(facts, name);
}

fn target<'a>(request: &'a GatherRequest<'_>, name: &ClusterName) -> Option<&'a GatherTarget<'a>> {
    let mut members = request.members.iter();
    members.find(|member| member.identity.cluster().name() == name)
}
