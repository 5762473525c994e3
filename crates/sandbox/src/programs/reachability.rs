//! The addresses and ports of a cluster that accept connections.
//!
//! Start at [`reconcile`] and [`accepts_connections`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::{is_running, of_pod};
use crate::cluster::{AdmissionPrograms, Cluster, State};
use crate::object;

/// Starts the programs of running pods, ends those of other pods, and publishes the addresses
/// that accept connections.
pub(crate) fn reconcile(cluster: &Arc<Cluster>, state: &mut State) {
    let mut pods = state.objects.list("pods", None);
    pods.retain(|pod| is_running(pod));
    let mut admission = AdmissionPrograms::new();
    for pod in &pods {
        let programs = of_pod(cluster, state, pod).into_iter();
        let serving: Vec<_> = programs
            .map(|running| running.program)
            .filter(|program| program.admission_server().is_some())
            .collect();
        if !serving.is_empty() {
            admission.insert(object::text(pod, "/status/podIP").to_owned(), serving);
        }
    }
    let running: BTreeSet<&str> = pods.iter().map(|pod| object::uid(pod)).collect();
    state.programs.retain(|uid| running.contains(uid));
    let pod_addresses = pods.iter().map(|pod| object::text(pod, "/status/podIP"));
    let mut addresses: BTreeSet<String> = pod_addresses.map(str::to_owned).collect();
    let serving: Vec<_> = admission.values().flatten().cloned().collect();
    for address in load_balancer_addresses(state) {
        if !serving.is_empty() {
            admission.insert(address.clone(), serving.clone());
        }
        addresses.insert(address);
    }
    cluster.network().publish(cluster, addresses, admission);
}

/// The addresses of load balancers with ready endpoints.
fn load_balancer_addresses(state: &State) -> Vec<String> {
    let services = state.objects.list("services", None);
    let services = services
        .iter()
        .filter(|service| has_ready_endpoints(state, service));
    services
        .flat_map(|service| {
            ingress_addresses(service)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
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
            && object::text(pod, "/status/podIP") == address
            && object::items(pod, "/spec/containers")
                .flat_map(|container| object::items(container, "/ports"))
                .any(|spec| spec["containerPort"] == port)
    };
    let is_service = |service: &Value| {
        object::text(service, "/spec/clusterIP") == address
            && object::items(service, "/spec/ports").any(|spec| spec["port"] == port)
            && has_ready_endpoints(state, service)
    };
    let pods = state.objects.list("pods", None);
    let services = state.objects.list("services", None);
    has_load_balancer(state, address, port)
        || pods.iter().any(|pod| is_pod(pod))
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
