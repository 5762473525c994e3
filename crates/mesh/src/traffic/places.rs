//! Which pods are sampled, and which cluster an ID or an address belongs to. Pure.
//!
//! Start at [`serving`] and [`calling`].

use crate::{
    facts::{ClusterFacts, MeshFacts, PodFacts, external_addresses, is_gateway},
    istio::{ISTIOD, SYSTEM_NAMESPACE},
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::IpAddr,
};
use wire::{
    ClusterName,
    mesh::{TrafficPlace, TrafficView},
};

/// A Service by its namespace and name, the same in every cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServicePath {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// A pod whose proxy is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SampledPod {
    /// Its cluster.
    pub cluster: ClusterName,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub pod: String,
}

/// The pods that are asked, and the number of those that could be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) pods: Vec<SampledPod>,
    pub(super) all: usize,
}

/// The pods with a proxy that serve a Service, in turn from each cluster.
pub(super) fn serving(facts: &MeshFacts, service: &ServicePath) -> Selection {
    let candidates = facts.clusters.iter().flat_map(|cluster| {
        let endpoints = cluster.endpoints.as_deref().unwrap_or_default().iter();
        let own = endpoints.filter(|endpoint| {
            endpoint.namespace == service.namespace && endpoint.service == service.name
        });
        let addresses: BTreeSet<IpAddr> = own.map(|endpoint| endpoint.address).collect();
        let pods = proxies(cluster);
        let serves = move |pod: &&PodFacts| {
            pod.address
                .is_some_and(|address| addresses.contains(&address))
        };
        pods.filter(serves).map(|pod| (0, pod_of(cluster, pod)))
    });
    select(candidates.collect())
}

/// The pods with a proxy that may call a Service: those that have called it, then ingress gateways, then pods of
/// the same namespace, then all others; of each workload one pod first, and in turn from each cluster.
pub(super) fn calling(
    facts: &MeshFacts,
    service: &ServicePath,
    known: &BTreeSet<SampledPod>,
) -> Selection {
    let mut workloads: BTreeMap<(&ClusterName, &str, &str), u8> = BTreeMap::new();
    let mut candidates = Vec::new();
    for cluster in &facts.clusters {
        for pod in proxies(cluster).filter(|pod| pod.ready) {
            let sampled = pod_of(cluster, pod);
            let workload = (&cluster.name, &*pod.namespace, pod.label("app"));
            let replicas = workloads.entry(workload).or_default();
            let rank = if known.contains(&sampled) {
                0
            } else {
                rank(pod, service) + 4 * (*replicas).min(8)
            };
            *replicas = replicas.saturating_add(1);
            candidates.push((rank, sampled));
        }
    }
    select(candidates)
}

/// How likely it is that a pod calls a Service; the lowest first. An east-west gateway passes connections on and
/// counts no requests.
fn rank(pod: &PodFacts, service: &ServicePath) -> u8 {
    match pod.label("istio") {
        "eastwestgateway" | "ilbgateway" => 4,
        "ingressgateway" => 1,
        _ if pod.namespace == service.namespace => 2,
        _ => 3,
    }
}

/// The pods of a cluster that have a proxy.
fn proxies(cluster: &ClusterFacts) -> impl Iterator<Item = &PodFacts> {
    let is_control_plane = |pod: &PodFacts| {
        pod.namespace == SYSTEM_NAMESPACE
            && (pod.label("app") == ISTIOD || pod.label("istio") == "pilot")
    };
    let pods = cluster.known_pods().iter();
    pods.filter(move |pod| pod.live && pod.sidecar.is_some() && !is_control_plane(pod))
}

fn pod_of(cluster: &ClusterFacts, pod: &PodFacts) -> SampledPod {
    SampledPod {
        cluster: cluster.name.clone(),
        namespace: pod.namespace.clone(),
        pod: pod.name.clone(),
    }
}

/// The candidates with the lowest ranks, in turn from each cluster.
fn select(mut candidates: Vec<(u8, SampledPod)>) -> Selection {
    let all = candidates.len();
    candidates.sort();
    candidates.dedup();
    let mut clusters: BTreeMap<ClusterName, VecDeque<(u8, SampledPod)>> = BTreeMap::new();
    for candidate in candidates {
        let cluster = candidate.1.cluster.clone();
        clusters.entry(cluster).or_default().push_back(candidate);
    }
    let mut pods = Vec::new();
    while pods.len() < TrafficView::MAX_PROXIES && !clusters.is_empty() {
        for queue in clusters.values_mut() {
            let next = queue
                .pop_front()
                .filter(|_| pods.len() < TrafficView::MAX_PROXIES);
            pods.extend(next.map(|(_, pod)| pod));
        }
        clusters.retain(|_, queue| !queue.is_empty());
    }
    pods.sort();
    Selection { pods, all }
}

/// The cluster of each cluster ID.
#[derive(Clone, Debug, Default)]
pub(super) struct ClusterIds(BTreeMap<String, ClusterName>);

impl ClusterIds {
    /// The IDs of the joins, and those that the proxies of each cluster have.
    pub(super) fn new(facts: &MeshFacts) -> Self {
        let proxies = facts.clusters.iter().flat_map(|cluster| {
            let sidecars = cluster
                .known_pods()
                .iter()
                .filter_map(|pod| pod.sidecar.as_ref());
            sidecars.map(|sidecar| (sidecar.cluster_id.clone(), cluster.name.clone()))
        });
        let joins = facts.joins.iter();
        let joins = joins.map(|join| (join.id.to_string(), join.remote.clone()));
        let known = proxies.chain(joins).filter(|(id, _)| !id.is_empty());
        Self(known.collect())
    }

    /// The place of a cluster ID in a metric, where a caller outside of the mesh has none.
    pub(super) fn place(&self, id: &str) -> TrafficPlace {
        match self.0.get(id) {
            Some(cluster) => TrafficPlace::Cluster(cluster.clone()),
            None if id.is_empty() || id == "unknown" => TrafficPlace::Unknown,
            None => TrafficPlace::Other(id.to_owned()),
        }
    }
}

/// Where an address belongs that a proxy in the cluster `from` dials: a pod of a cluster on the same network, or
/// the gateway of another network.
pub(super) fn place_of_address(
    facts: &MeshFacts,
    from: &ClusterFacts,
    address: IpAddr,
) -> TrafficPlace {
    let own = std::iter::once(from);
    let others = facts
        .clusters
        .iter()
        .filter(|cluster| cluster.name != from.name);
    let mut reachable = own.chain(
        others
            .clone()
            .filter(|other| facts.share_network(from, other)),
    );
    if let Some(cluster) = reachable.find(|cluster| cluster.is_pod_address(address)) {
        return TrafficPlace::Cluster(cluster.name.clone());
    }
    let text = address.to_string();
    let has_gateway = |cluster: &&ClusterFacts| {
        let services = cluster.services.as_deref().unwrap_or_default().iter();
        let mut gateways = services.filter(|service| is_gateway(service));
        gateways.any(|gateway| external_addresses(gateway).contains(&text))
    };
    match others.into_iter().find(has_gateway) {
        Some(cluster) if cluster.network.is_empty() => TrafficPlace::Cluster(cluster.name.clone()),
        Some(cluster) => TrafficPlace::Network(cluster.network.clone()),
        None => TrafficPlace::Other(text),
    }
}
