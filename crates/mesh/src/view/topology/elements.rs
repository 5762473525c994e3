//! The elements of a member: control plane, API server, gateways, workloads.

use super::plane;
use crate::facts::{
    Access, ClusterFacts, Fact, IstioGeneration, JoinFacts, PodFacts, ServiceFacts, ServiceType,
    external_addresses, is_gateway,
};
use wire::mesh::{ElementKind, MeshElement, PartState};

/// The Deployments of the control plane that serve proxies.
const DISCOVERY: [&str; 2] = ["istiod", "istio-pilot"];

/// The elements, in the order of the drawing: what others connect to comes first.
pub(super) fn elements(
    cluster: &ClusterFacts,
    join: Option<(&JoinFacts, &ClusterFacts)>,
) -> Vec<MeshElement> {
    let mut elements = Vec::new();
    elements.extend(control_plane(cluster));
    if let Some((join, primary)) = join {
        elements.push(api_server(cluster, join, primary));
    }
    elements.extend(gateways(cluster));
    elements.extend(workloads(cluster));
    elements
}

/// The state of a fact that is not known.
fn state_of_unknown<T>(fact: &Fact<T>) -> Option<PartState> {
    let unknown = fact.as_ref().err()?;
    Some(if unknown.unreachable.is_some() {
        PartState::Unreachable
    } else {
        PartState::Unknown
    })
}

pub(super) fn state_of_pods((ready, all): (u32, u32)) -> PartState {
    match (ready, all) {
        (0, _) => PartState::Failed,
        (ready, all) if ready < all => PartState::Warning,
        _ => PartState::Ready,
    }
}

fn control_plane(cluster: &ClusterFacts) -> Option<MeshElement> {
    let plane = plane(cluster)?;
    let parts = plane.deployments.iter();
    let parts = parts.filter(|part| DISCOVERY.iter().any(|name| part.name.starts_with(name)));
    let pods = parts.fold((0, 0), |(ready, all), part| {
        (ready + part.ready, all + part.desired)
    });
    let name = match plane.generation {
        IstioGeneration::Istiod => "istiod",
        IstioGeneration::Mixer => "Pilot",
    };
    Some(MeshElement {
        kind: ElementKind::ControlPlane {
            name: name.to_owned(),
            version: plane.version.clone(),
            pods,
        },
        state: state_of_pods(pods),
    })
}

fn api_server(cluster: &ClusterFacts, join: &JoinFacts, primary: &ClusterFacts) -> MeshElement {
    let address = join.server.split_once("://");
    let address = address.map_or(join.server.as_str(), |(_, address)| address);
    let secrets = primary.remote_secrets.as_deref().unwrap_or_default();
    let entry = join.entry(secrets).map(|(_, entry)| &entry.access);
    let state = match (state_of_unknown(&cluster.version), entry) {
        (Some(PartState::Unreachable), _) => PartState::Unreachable,
        (_, Some(Ok(Access::Accepted { .. }))) => PartState::Ready,
        (_, Some(Ok(Access::Rejected(_) | Access::UntrustedCertificate(_)))) => PartState::Failed,
        (_, Some(access @ Err(_))) => state_of_unknown(access).unwrap_or(PartState::Unknown),
        // Before the join, the console is the only one that reads it.
        (state, None) => state.unwrap_or(PartState::Ready),
    };
    MeshElement {
        kind: ElementKind::ApiServer {
            address: address.to_owned(),
        },
        state,
    }
}

pub(super) fn count(pods: usize) -> u32 {
    u32::try_from(pods).unwrap_or(u32::MAX)
}

/// The Services of gateways: those for other clusters, and those of Istio's gateway charts.
fn gateways(cluster: &ClusterFacts) -> Vec<MeshElement> {
    let services = cluster.services.as_deref().unwrap_or_default();
    let is_shown = |service: &&ServiceFacts| {
        let selected = service.selector.get("istio");
        is_gateway(service) || selected.is_some_and(|value| value.ends_with("gateway"))
    };
    let gateway = |service: &ServiceFacts| {
        let all = cluster.pods.iter().flatten();
        let all = all.filter(|pod| {
            pod.live
                && pod.namespace == service.namespace
                && pod.matches_selector(&service.selector)
        });
        let all: Vec<&PodFacts> = all.collect();
        let ready = all.iter().filter(|pod| pod.ready).count();
        let pods = (count(ready), count(all.len()));
        let address = external_addresses(service).into_iter().next();
        let is_pending = service.service_type == ServiceType::LoadBalancer && address.is_none();
        let state = if is_pending {
            PartState::Failed
        } else {
            state_of_unknown(&cluster.pods).unwrap_or_else(|| state_of_pods(pods))
        };
        MeshElement {
            kind: ElementKind::Gateway {
                name: service.name.clone(),
                address,
                pods,
            },
            state,
        }
    };
    services.iter().filter(is_shown).map(gateway).collect()
}

/// The workloads with a proxy; none without one.
fn workloads(cluster: &ClusterFacts) -> Option<MeshElement> {
    let pods = cluster.pods.iter().flatten();
    let pods = pods.filter(|pod| pod.live && pod.sidecar.is_some());
    let pods: Vec<&PodFacts> = pods.collect();
    let services = cluster.services.iter().flatten().filter(|service| {
        let mut pods = pods.iter();
        pods.any(|pod| {
            pod.namespace == service.namespace && pod.matches_selector(&service.selector)
        })
    });
    let services = count(services.count());
    let ready = pods.iter().filter(|pod| pod.ready).count();
    let pods = (count(ready), count(pods.len()));
    (pods.1 > 0).then(|| MeshElement {
        kind: ElementKind::Workloads { services, pods },
        state: state_of_pods(pods),
    })
}
