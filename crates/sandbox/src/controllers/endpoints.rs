//! EndpointSlices and Endpoints: the addresses behind a Service.
//!
//! Start at [`step`] and [`write`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::is_ready;
use crate::object;
use crate::world::{State, World};

const SLICES: &str = "endpointslices.discovery.k8s.io";
const SERVICE: &str = "kubernetes.io/service-name";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for service in state.store.list("services", None) {
        let selector = &service["spec"]["selector"];
        let has_selector = selector
            .as_object()
            .is_some_and(|labels| !labels.is_empty());
        if has_selector && !object::is_going(&service) {
            let mut pods = state.store.list("pods", Some(object::namespace(&service)));
            let wanted = json!({"matchLabels": selector});
            pods.retain(|pod| {
                crate::select::matches(&wanted, &pod["metadata"]["labels"])
                    && !object::text(pod, "/status/podIP").is_empty()
                    && object::text(pod, "/status/phase") == "Running"
            });
            write(world, state, &service, pods.iter().map(endpoint).collect());
        }
    }
    None
}

fn endpoint(pod: &Arc<Value>) -> Value {
    let going = object::is_going(pod);
    let ready = is_ready(pod);
    json!({
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready && !going, "serving": ready, "terminating": going},
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": {
            "kind": "Pod", "name": object::name(pod), "namespace": object::namespace(pod),
            "uid": object::uid(pod),
        },
    })
}

/// Writes the endpoints of a Service in both kinds.
pub(super) fn write(world: &World, state: &mut State, service: &Value, endpoints: Vec<Value>) {
    let (namespace, name) = (object::namespace(service), object::name(service));
    let ports = ports(service);
    let mut labels = service["metadata"]["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    let is_headless = object::text(service, "/spec/clusterIP") == "None";
    let mut plain = json!({
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
    });
    plain["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"] =
        json!("endpoint-controller");
    if !endpoints.is_empty() {
        plain["subsets"] = json!([subset(&endpoints, &ports)]);
    }
    put(world, state, "endpoints", plain);
    if is_headless {
        labels["service.kubernetes.io/headless"] = json!("");
    }
    labels[SERVICE] = json!(name);
    labels["endpointslice.kubernetes.io/managed-by"] = json!("endpointslice-controller.k8s.io");
    let known = state
        .store
        .list(SLICES, Some(namespace))
        .into_iter()
        .find(|slice| slice["metadata"]["labels"][SERVICE] == name)
        .map(|slice| object::name(&slice).to_owned());
    let mut meta = json!({
        "namespace": namespace, "labels": labels,
        "ownerReferences": [object::controlled_by(service)],
    });
    match known {
        Some(known) => meta["name"] = json!(known),
        None => meta["generateName"] = json!(format!("{name}-")),
    }
    put(
        world,
        state,
        SLICES,
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta,
            "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
        }),
    );
}

fn ports(service: &Value) -> Vec<Value> {
    object::items(service, "/spec/ports")
        .map(|port| {
            let number = port["targetPort"]
                .as_i64()
                .or_else(|| port["port"].as_i64());
            let name = port["name"].as_str().unwrap_or_default();
            json!({"name": name, "port": number, "protocol": port["protocol"]})
        })
        .collect()
}

fn subset(endpoints: &[Value], ports: &[Value]) -> Value {
    let (ready, waiting): (Vec<&Value>, Vec<&Value>) = endpoints
        .iter()
        .partition(|endpoint| endpoint["conditions"]["ready"] == true);
    let addresses = |endpoints: &[&Value]| -> Vec<Value> {
        endpoints
            .iter()
            .map(|endpoint| {
                let mut address = json!({"ip": endpoint["addresses"][0]});
                for name in ["nodeName", "targetRef"] {
                    if !endpoint[name].is_null() {
                        address[name] = endpoint[name].clone();
                    }
                }
                address
            })
            .collect()
    };
    let mut subset = json!({"ports": ports});
    for (name, endpoints) in [("addresses", ready), ("notReadyAddresses", waiting)] {
        if !endpoints.is_empty() {
            subset[name] = json!(addresses(&endpoints));
        }
    }
    subset
}

/// Creates or changes an object, keeping what is not stated.
fn put(world: &World, state: &mut State, id: &str, wanted: Value) {
    let (namespace, name) = (object::namespace(&wanted), object::name(&wanted));
    let Some(known) = state
        .store
        .get(id, namespace, name)
        .filter(|_| !name.is_empty())
    else {
        // Refused only where the namespace is going.
        let _ = state.make(world, id, wanted);
        return;
    };
    let mut changed = known.as_ref().clone();
    for (member, value) in wanted.as_object().into_iter().flatten() {
        if member != "metadata" {
            changed[member] = value.clone();
        }
    }
    if wanted.get("subsets").is_none() {
        drop(
            changed
                .as_object_mut()
                .map(|members| members.remove("subsets")),
        );
    }
    changed["metadata"]["labels"] = wanted["metadata"]["labels"].clone();
    state.change(world, id, changed, "");
}
