//! The addresses and ports of a cluster that accept connections.
//!
//! Start at [`reconcile_pod`] and [`accepts_connections`].

use std::sync::Arc;

use serde_json::Value;

use super::{is_running, of_pod};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Index, ObjectKey};

/// Starts the programs of a running pod or ends those of another one, and publishes whether its
/// address accepts connections.
pub(crate) fn reconcile_pod(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) {
    let pod = state.objects.get_key(key).filter(|pod| is_running(pod));
    let mut programs = Vec::new();
    let addresses = if let Some(pod) = &pod {
        programs = of_pod(cluster, state, pod);
        vec![object::text(pod, "/status/podIP").to_owned()]
    } else {
        state.programs.end(&key.namespace, &key.name);
        Vec::new()
    };
    let programs = programs.into_iter().map(|running| running.program);
    let serving = programs.filter(|program| program.admission_server().is_some());
    let network = cluster.network();
    network.publish_admission(cluster, key, serving.collect());
    network.publish(cluster, key, addresses);
}

/// Publishes the addresses of a load balancer with ready endpoints.
pub(crate) fn reconcile_service(cluster: &Arc<Cluster>, state: &State, key: &ObjectKey) {
    let service = state.objects.get_key(key);
    let service = service.filter(|service| has_ready_endpoints(state, service));
    let addresses = service.map_or_else(Vec::new, |service| {
        ingress_addresses(&service).map(str::to_owned).collect()
    });
    cluster.network().publish(cluster, key, addresses);
}

/// Whether a load balancer with ready endpoints has this address and port.
pub(super) fn has_load_balancer(state: &State, address: &str, port: u16) -> bool {
    state.objects.list("services", None).iter().any(|service| {
        ingress_addresses(service).any(|ingress| ingress == address)
            && object::items(service, "/spec/ports").any(|spec| spec["port"] == port)
            && has_ready_endpoints(state, service)
    })
}

/// Whether an address of a cluster accepts connections: that of a pod on one of its container
/// ports, of a Service, or of a load balancer.
pub(super) fn accepts_connections(state: &State, address: &str, port: u16) -> bool {
    let is_pod = |pod: &Value| {
        is_running(pod)
            && object::items(pod, "/spec/containers")
                .flat_map(|container| object::items(container, "/ports"))
                .any(|spec| spec["containerPort"] == port)
    };
    let is_service = |service: &Value| {
        object::text(service, "/spec/clusterIP") == address
            && object::items(service, "/spec/ports").any(|spec| spec["port"] == port)
            && has_ready_endpoints(state, service)
    };
    let mut pods = state.objects.indexed(Index::Address, address);
    let services = state.objects.list("services", None);
    has_load_balancer(state, address, port)
        || pods.any(|(_, pod)| is_pod(pod))
        || services.iter().any(|service| is_service(service))
}

fn ingress_addresses(service: &Value) -> impl Iterator<Item = &str> {
    object::items(service, "/status/loadBalancer/ingress")
        .map(|ingress| object::text(ingress, "/ip"))
}

fn has_ready_endpoints(state: &State, service: &Value) -> bool {
    let (namespace, name) = (object::namespace(service), object::name(service));
    let endpoints = state.objects.get("endpoints", namespace, name);
    endpoints.is_some_and(|endpoints| endpoints.pointer("/subsets/0/addresses").is_some())
}
