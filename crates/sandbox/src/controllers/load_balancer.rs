//! Load balancers: Services that ask for one get an address.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::json;

use crate::object;
use crate::world::{State, World};

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for service in state.store.list("services", None) {
        let wants = object::text(&service, "/spec/type") == "LoadBalancer";
        let has = service.pointer("/status/loadBalancer/ingress").is_some();
        if wants && !has && !object::is_going(&service) {
            let stated = object::text(&service, "/spec/loadBalancerIP").to_owned();
            let address = if stated.is_empty() {
                free(world, state)
            } else {
                stated
            };
            let given = json!({"ingress": [{"ip": address, "ipMode": "VIP"}]});
            state.set_status(world, "services", &service, json!({"loadBalancer": given}));
        } else if service.get("status").is_none() || has && !wants {
            state.set_status(world, "services", &service, json!({"loadBalancer": {}}));
        }
    }
    None
}

fn free(world: &World, state: &State) -> String {
    let services = state.store.list("services", None);
    let is_taken = |address: &str| {
        services.iter().any(|service| {
            object::items(service, "/status/loadBalancer/ingress")
                .any(|ingress| ingress["ip"] == address)
        })
    };
    (10..=250)
        .map(|last| format!("10.20.{}.{last}", world.shape.balancers))
        .find(|address| !is_taken(address))
        .unwrap_or_default()
}
