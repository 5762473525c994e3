//! EndpointSlices and Endpoints: the addresses of the pods of a Service.
//!
//! Start at [`CONTROLLER`] and [`write`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::is_ready;
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, EventType, Index, ObjectKey, label};

const SLICES: &str = "endpointslices.discovery.k8s.io";

/// The number from which the pods of a label are not counted.
const MANY: usize = 200;

const SERVICE: &str = "kubernetes.io/service-name";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "endpoints",
    kinds: &["services"],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let object = &change.object;
    let (namespace, name) = (object::namespace(object), object::name(object));
    let service = |name: &str| vec![ObjectKey::new("services", namespace, name)];
    match &*change.kind {
        "services" => keys::own("services", change),
        "pods" => services_of(state, change),
        "endpoints" if change.event == EventType::Deleted => service(name),
        SLICES if change.event == EventType::Deleted => service(
            object["metadata"]["labels"][SERVICE]
                .as_str()
                .unwrap_or_default(),
        ),
        _ => Vec::new(),
    }
}

/// The Services that select a pod, if its endpoint changed.
fn services_of(state: &State, change: &Change) -> Vec<ObjectKey> {
    let relevant = |pod: &Value| {
        (
            pod["metadata"]["labels"].clone(),
            is_listed(pod),
            endpoint(pod),
        )
    };
    let mut versions = change.versions().map(|pod| relevant(pod));
    if let (Some(after), Some(before)) = (versions.next(), versions.next())
        && after == before
    {
        return Vec::new();
    }
    let mut keys = Vec::new();
    for pod in change.versions() {
        for (name, value) in object::pairs(pod, "/metadata/labels") {
            let term = label(pod, name, value);
            let services = state.objects.indexed(Index::Selector, &term);
            let selecting = services.filter(|(_, service)| selects(service, pod));
            keys.extend(selecting.map(|(key, _)| key.clone()));
        }
    }
    keys
}

/// Whether a Service selects a pod.
fn selects(service: &Value, pod: &Value) -> bool {
    let mut labels = object::pairs(service, "/spec/selector").peekable();
    labels.peek().is_some() && labels.all(|(name, value)| pod["metadata"]["labels"][name] == value)
}

/// The pods with the rarest label that a Service selects.
fn candidates(state: &State, service: &Value) -> Vec<Arc<Value>> {
    let terms = object::pairs(service, "/spec/selector");
    let terms = terms.map(|(name, value)| label(service, name, value));
    let count = |term: &String| state.objects.indexed(Index::Label, term).take(MANY).count();
    let rarest = terms.min_by_key(count);
    rarest.map_or_else(Vec::new, |term| {
        let pods = state.objects.indexed(Index::Label, &term);
        pods.map(|(_, pod)| pod.clone()).collect()
    })
}

/// Whether a pod has an endpoint.
fn is_listed(pod: &Value) -> bool {
    !object::text(pod, "/status/podIP").is_empty()
        && object::text(pod, "/status/phase") == "Running"
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let service = state.objects.get_key(key)?;
    let has_selector = object::pairs(&service, "/spec/selector").next().is_some();
    if has_selector && !object::is_terminating(&service) {
        let pods = candidates(state, &service).into_iter();
        let listed = pods.filter(|pod| is_listed(pod) && selects(&service, pod));
        let endpoints = listed.map(|pod| endpoint(&pod)).collect();
        write(cluster, state, &service, endpoints);
    }
    None
}

fn endpoint(pod: &Value) -> Value {
    let is_terminating = object::is_terminating(pod);
    let is_ready = is_ready(pod);
    json!({
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": is_ready && !is_terminating, "serving": is_ready, "terminating": is_terminating},
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": {
            "kind": "Pod", "name": object::name(pod), "namespace": object::namespace(pod),
            "uid": object::uid(pod),
        },
    })
}

/// Writes the Endpoints and the EndpointSlice of a Service.
pub(super) fn write(cluster: &Cluster, state: &mut State, service: &Value, endpoints: Vec<Value>) {
    let (namespace, name) = (object::namespace(service), object::name(service));
    let ports = ports(service);
    let mut labels = service["metadata"]["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    let is_headless = object::text(service, "/spec/clusterIP") == "None";
    let mut endpoints_object = json!({
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
    });
    endpoints_object["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"] =
        json!("endpoint-controller");
    if !endpoints.is_empty() {
        endpoints_object["subsets"] = json!([subset(&endpoints, &ports)]);
    }
    put(cluster, state, "endpoints", endpoints_object);
    if is_headless {
        labels["service.kubernetes.io/headless"] = json!("");
    }
    labels[SERVICE] = json!(name);
    labels["endpointslice.kubernetes.io/managed-by"] = json!("endpointslice-controller.k8s.io");
    let existing = state
        .objects
        .list(SLICES, Some(namespace))
        .into_iter()
        .find(|slice| slice["metadata"]["labels"][SERVICE] == name)
        .map(|slice| object::name(&slice).to_owned());
    let mut meta = json!({
        "namespace": namespace, "labels": labels,
        "ownerReferences": [object::controller_reference(service)],
    });
    match existing {
        Some(existing) => meta["name"] = json!(existing),
        None => meta["generateName"] = json!(format!("{name}-")),
    }
    put(
        cluster,
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
    let (ready, not_ready): (Vec<&Value>, Vec<&Value>) = endpoints
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
    for (name, endpoints) in [("addresses", ready), ("notReadyAddresses", not_ready)] {
        if !endpoints.is_empty() {
            subset[name] = json!(addresses(&endpoints));
        }
    }
    subset
}

/// Creates an object or replaces its members, and keeps members that are not specified.
fn put(cluster: &Cluster, state: &mut State, id: &str, desired: Value) {
    let (namespace, name) = (object::namespace(&desired), object::name(&desired));
    let Some(existing) = state
        .objects
        .get(id, namespace, name)
        .filter(|_| !name.is_empty())
    else {
        // This fails only while the namespace terminates.
        let _ = state.create(cluster, id, desired);
        return;
    };
    let mut changed = existing.as_ref().clone();
    for (member, value) in desired.as_object().into_iter().flatten() {
        if member != "metadata" {
            changed[member] = value.clone();
        }
    }
    if desired.get("subsets").is_none() {
        drop(
            changed
                .as_object_mut()
                .map(|members| members.remove("subsets")),
        );
    }
    changed["metadata"]["labels"] = desired["metadata"]["labels"].clone();
    state.update(cluster, id, changed, "");
}
