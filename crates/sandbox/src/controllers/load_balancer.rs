//! Load balancers: allocates addresses for Services of type `LoadBalancer`. An annotation asks for a host name in
//! place of an address, as some clouds give one.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::fault::{Requested, concerns_faults};
use crate::object;
use crate::object_map::{Change, ObjectKey};

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "load-balancer",
    kinds: &["services"],
    keys: concerned,
    reconcile,
};

/// The annotation of a Service with the host name of its load balancer.
const HOST_NAME: &str = "sandbox.meshspan.io/load-balancer-hostname";

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if concerns_faults(change) {
        return keys::all(state, "services");
    }
    keys::own("services", change)
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let service = state.objects.get_key(key)?;
    let is_load_balancer = object::text(&service, "/spec/type") == "LoadBalancer";
    let annotations = service.pointer("/metadata/annotations");
    let host = annotations.and_then(|all| all.get(HOST_NAME)?.as_str());
    let has_address = service.pointer("/status/loadBalancer/ingress").is_some();
    let is_pending = Requested::read(&state.objects).is_pending(&service);
    let is_open = is_load_balancer && !is_pending && !object::is_terminating(&service);
    if let Some(host) = host.filter(|_| is_open) {
        let ingress = json!({"loadBalancer": {"ingress": [{"hostname": host}]}});
        if service.get("status") != Some(&ingress) {
            state.set_status(cluster, "services", &service, ingress);
        }
    } else if is_open && !has_address {
        let requested = object::text(&service, "/spec/loadBalancerIP").to_owned();
        let address = if requested.is_empty() {
            allocate(cluster, state)
        } else {
            requested
        };
        let load_balancer = json!({"ingress": [{"ip": address, "ipMode": "VIP"}]});
        state.set_status(
            cluster,
            "services",
            &service,
            json!({"loadBalancer": load_balancer}),
        );
    } else if service.get("status").is_none() || has_address && (!is_load_balancer || is_pending) {
        state.set_status(cluster, "services", &service, json!({"loadBalancer": {}}));
    }
    None
}

fn allocate(cluster: &Cluster, state: &State) -> String {
    let services = state.objects.list("services", None);
    let is_allocated = |address: &str| {
        services.iter().any(|service| {
            object::items(service, "/status/loadBalancer/ingress")
                .any(|ingress| ingress["ip"] == address)
        })
    };
    (10..=250)
        .map(|last| format!("10.20.{}.{last}", cluster.config.load_balancer_subnet))
        .find(|address| !is_allocated(address))
        .unwrap_or_default()
}
