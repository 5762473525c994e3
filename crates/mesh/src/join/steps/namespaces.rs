//! The namespaces of a join: the control planes of the remote's namespace, and the networks of both.

use super::Decision;
use crate::{
    facts::IstioGeneration,
    istio::{CONTROL_PLANE_CLUSTERS_ANNOTATION, NETWORK_LABEL, control_plane_clusters},
    join::JoinSpec,
    membership::{
        names::{MANAGED_BY_LABEL, namespace_ref},
        objects::step,
        state::JoinState,
    },
    step::{Action, Side, Step},
};
use cluster::{FIELD_MANAGER, Object};
use serde_json::{Map, Value, json};

/// The step of the remote's namespace: its annotation and its network.
pub(super) fn remote_namespace(spec: &JoinSpec, state: &JoinState) -> Step {
    let live = state.remote_namespace.as_ref();
    let mut missing = Vec::new();
    let (mut labels, mut annotations) = (managed_by(live), Map::new());
    if spec.member.generation == IstioGeneration::Istiod {
        let primary_id = spec.member.primary_id.as_str();
        let existing = live.and_then(|live| live.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION));
        let mut ids = control_plane_clusters(existing);
        if !ids.iter().any(|id| id == primary_id || id == "*") {
            ids.push(primary_id.to_owned());
            missing.push(format!(
                "annotation {CONTROL_PLANE_CLUSTERS_ANNOTATION}={}",
                ids.join(",")
            ));
        }
        annotations.insert(
            CONTROL_PLANE_CLUSTERS_ANNOTATION.to_owned(),
            json!(ids.join(",")),
        );
        network_label(spec.network.as_deref(), live, &mut labels, &mut missing);
    }
    let manifest = manifest(&spec.member.namespace, labels, annotations);
    let action = action(live, missing);
    let object = namespace_ref(&spec.member.namespace);
    step(Side::Remote, manifest, object, live, action)
}

/// The step of the primary's namespace: its network.
pub(super) fn primary_namespace(spec: &JoinSpec, state: &JoinState) -> Step {
    let live = state.primary_namespace.as_ref();
    let mut labels = managed_by(live);
    let mut missing = Vec::new();
    if spec.member.generation == IstioGeneration::Istiod {
        let network = spec.primary_network.as_deref();
        network_label(network, live, &mut labels, &mut missing);
    }
    let manifest = manifest(&spec.member.namespace, labels, Map::new());
    let action = action(live, missing);
    let object = namespace_ref(&spec.member.namespace);
    step(Side::Primary, manifest, object, live, action)
}

/// A namespace that the console creates has its name as manager.
fn managed_by(live: Option<&Object>) -> Map<String, Value> {
    let mut labels = Map::new();
    if live.is_none() {
        labels.insert(MANAGED_BY_LABEL.to_owned(), json!(FIELD_MANAGER));
    }
    labels
}

fn action(live: Option<&Object>, missing: Vec<String>) -> Action {
    match live {
        None => Action::Create,
        Some(_) if missing.is_empty() => Action::Unchanged,
        Some(_) => Action::Update { changes: missing },
    }
}

/// Adds the network's label to the wanted labels, and a line when the namespace lacks it.
fn network_label(
    network: Option<&str>,
    live: Option<&Object>,
    labels: &mut Map<String, Value>,
    missing: &mut Vec<String>,
) {
    let Some(network) = network.filter(|network| !network.is_empty()) else {
        return;
    };
    let existing = live.and_then(|live| live.label(NETWORK_LABEL));
    if existing != Some(network) {
        let existing = existing.map_or_else(String::new, |name| format!(" (it was {name})"));
        missing.push(format!("label {NETWORK_LABEL}={network}{existing}"));
    }
    labels.insert(NETWORK_LABEL.to_owned(), json!(network));
}

/// The networks that existing namespaces get.
pub(super) fn new_networks(decision: &Decision) -> Vec<String> {
    let namespaces = decision
        .steps
        .iter()
        .filter(|step| step.object.kind == "Namespace");
    let lines = namespaces.flat_map(|step| match &step.action {
        Action::Update { changes } => changes.as_slice(),
        _ => &[],
    });
    let label = format!("label {NETWORK_LABEL}=");
    let names = lines.filter_map(|line| line.strip_prefix(&label)?.split(' ').next());
    names.map(str::to_owned).collect()
}

fn manifest(name: &str, labels: Map<String, Value>, annotations: Map<String, Value>) -> Value {
    let mut metadata = json!({ "name": name });
    for (key, map) in [("labels", labels), ("annotations", annotations)] {
        if !map.is_empty() {
            metadata[key] = Value::Object(map);
        }
    }
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
}
