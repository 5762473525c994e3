//! What two clusters contain, without what differs between two undisturbed runs.

use cluster::{AddressPolicy, Cluster, Kind, Object, read_kubeconfig};
use sandbox::HttpsServer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wire::ClusterName;

/// Kinds that controllers create with random names, or that only say what happened.
const DERIVED: [&str; 8] = [
    "Pod",
    "ReplicaSet",
    "ControllerRevision",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "Lease",
    "Node",
];
/// Metadata that differs between two runs.
const METADATA: [&str; 6] = [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "managedFields",
    "generation",
    "ownerReferences",
];
/// The start of each address of a pod.
const POD_NETWORK: &str = "172.16.";
/// Labels and annotations that differ between two runs.
const VARYING: [&str; 3] = ["createdAt", "modifiedAt", "service-account.uid"];
/// Fields of a release record that are times.
const TIMES: [&str; 5] = [
    "first_deployed",
    "last_deployed",
    "deleted",
    "started_at",
    "completed_at",
];

/// The objects of some clusters, by cluster, kind, namespace and name.
pub(crate) type Objects = BTreeMap<String, Value>;

/// A cluster, asked by its administrator.
pub(crate) fn connect(listening: &HttpsServer) -> Cluster {
    let policy = AddressPolicy::WithLoopback;
    let mut contexts = read_kubeconfig(&listening.kubeconfig(), policy).expect("a kubeconfig");
    let context = contexts.remove(0);
    let credentials = context.outcome.expect("credentials");
    let name = ClusterName::new(&context.name).expect("a name");
    Cluster::connect(name, &credentials, policy).expect("a client")
}

/// All objects of the clusters.
pub(crate) async fn objects(clusters: &[Cluster]) -> Objects {
    let mut found = Objects::new();
    for (at, cluster) in clusters.iter().enumerate() {
        let kinds = cluster.refresh_kinds().await.expect("the kinds");
        for kind in kinds.all().filter(|kind| kind.listable) {
            if DERIVED.contains(&kind.kind()) {
                continue;
            }
            let kind = Kind::new(kind.api_version(), kind.kind());
            let listed = cluster.list_objects(kind, None, "").await;
            for object in listed.expect("a list") {
                let mut key = format!("{at}: {}", object.reference());
                let mut value = comparable(object);
                if let Some((name, _)) = key.rsplit_once("-token-") {
                    // A rotation that continues makes a token with another number.
                    key = format!("{name}-token-N");
                    assert!(!found.contains_key(&key), "two tokens: {key}");
                    value["metadata"]["name"] = json!("N");
                }
                found.insert(key, value);
            }
        }
    }
    found
}

fn comparable(object: Object) -> Value {
    let is_secret = object.kind() == "Secret";
    let record = (is_secret && object.text("/type") == "helm.sh/release.v1")
        .then(|| record(&object))
        .flatten();
    let is_service = object.kind() == "Service";
    let mut value = object.into_value();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in METADATA {
            metadata.remove(key);
        }
        for kept in ["labels", "annotations"] {
            if let Some(Value::Object(map)) = metadata.get_mut(kept) {
                map.retain(|key, _| !VARYING.iter().any(|varying| key.ends_with(varying)));
            }
        }
    }
    if let Some(map) = value.as_object_mut() {
        map.remove("status");
        if is_secret {
            // Tokens differ; the keys have to be the same.
            for part in ["data", "stringData"] {
                if let Some(Value::Object(data)) = map.get_mut(part) {
                    data.values_mut().for_each(|value| *value = json!("…"));
                }
            }
        }
        if let Some(record) = record {
            map.insert("data".to_owned(), record);
        }
        if is_service && let Some(Value::Object(spec)) = map.get_mut("spec") {
            for address in ["clusterIP", "clusterIPs"] {
                spec.remove(address);
            }
            let ports = spec.get_mut("ports").and_then(Value::as_array_mut);
            let ports = ports.into_iter().flatten().filter_map(Value::as_object_mut);
            ports.for_each(|port| drop(port.remove("nodePort")));
        }
    }
    without_addresses(&mut value);
    value
}

/// Replaces the addresses of pods, which differ in each round.
fn without_addresses(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(without_addresses),
        Value::Array(items) => items.iter_mut().for_each(without_addresses),
        Value::String(text) if text.contains(POD_NETWORK) => {
            let mut parts = text.split(POD_NETWORK);
            let first = parts.next().unwrap_or_default().to_owned();
            *text = parts.fold(first, |text, part| {
                let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                format!("{text}<pod>{rest}")
            });
        }
        _ => {}
    }
}

/// The record of a release, without its times.
fn record(secret: &Object) -> Option<Value> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let packed = STANDARD.decode(secret.text("/data/release")).ok()?;
    let text = String::from_utf8(packed).ok()?;
    let release = release::decode(secret.name(), &text).ok()?;
    let mut value = serde_json::to_value(release).ok()?;
    without_times(&mut value);
    Some(value)
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !TIMES.contains(&key.as_str()));
            map.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

/// What differs, by key.
pub(crate) fn differences(expected: &Objects, found: &Objects) -> Vec<String> {
    let keys = expected.keys().chain(found.keys());
    let mut differing: Vec<&String> = keys
        .filter(|key| expected.get(*key) != found.get(*key))
        .collect();
    differing.sort();
    differing.dedup();
    let none = Value::Null;
    differing
        .into_iter()
        .map(|key| {
            let (expected, found) = (expected.get(key), found.get(key));
            let mut paths = vec![key.clone()];
            compare(
                "",
                expected.unwrap_or(&none),
                found.unwrap_or(&none),
                &mut paths,
            );
            paths.join("\n")
        })
        .collect()
}

/// The paths at which two values differ.
fn compare(path: &str, expected: &Value, found: &Value, paths: &mut Vec<String>) {
    match (expected, found) {
        _ if expected == found => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let value = |map: &serde_json::Map<String, Value>| {
                    map.get(key).cloned().unwrap_or_default()
                };
                compare(&format!("{path}/{key}"), &value(a), &value(b), paths);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}/{at}"), a, b, paths);
            }
        }
        _ => paths.push(format!("  {path}: expected {expected}, found {found}")),
    }
}
