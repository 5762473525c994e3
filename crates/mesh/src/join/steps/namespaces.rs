//! The namespaces of a join: who leads the remote's, and on which networks both are.

use super::{Decided, step};
use crate::{
    facts::IstioGeneration,
    join::{
        JoinSpec,
        names::{LED_BY, MANAGED_BY, NETWORK, US, led_by, namespace_ref},
        state::JoinState,
    },
    step::{Action, Side, Step},
};
use cluster::Object;
use serde_json::{Map, Value, json};

pub(super) fn remote_namespace(wanted: &JoinSpec, found: &JoinState) -> Step {
    let live = found.remote_namespace.as_ref();
    let mut missing = Vec::new();
    let (mut labels, mut annotations) = (Map::new(), Map::new());
    if live.is_none() {
        labels.insert(MANAGED_BY.to_owned(), json!(US));
    }
    if wanted.generation == IstioGeneration::Istiod {
        let was = live.and_then(|live| live.annotation(LED_BY));
        let mut names = led_by(was);
        if !names
            .iter()
            .any(|name| *name == wanted.primary_id || name == "*")
        {
            names.push(wanted.primary_id.clone());
            missing.push(format!("annotation {LED_BY}={}", names.join(",")));
        }
        annotations.insert(LED_BY.to_owned(), json!(names.join(",")));
        network_label(wanted.network.as_deref(), live, &mut labels, &mut missing);
    }
    let manifest = namespace(&wanted.namespace, labels, annotations);
    let action = match live {
        None => Action::Create,
        Some(_) if missing.is_empty() => Action::Unchanged,
        Some(_) => Action::Update { changes: missing },
    };
    step(
        Side::Remote,
        manifest,
        namespace_ref(&wanted.namespace),
        live,
        action,
    )
}

/// Puts the network's label among those that are wanted, and says what of it is missing.
fn network_label(
    network: Option<&str>,
    live: Option<&Object>,
    labels: &mut Map<String, Value>,
    missing: &mut Vec<String>,
) {
    let Some(network) = network.filter(|one| !one.is_empty()) else {
        return;
    };
    let was = live.and_then(|live| live.label(NETWORK));
    if was != Some(network) {
        let was = was.map_or_else(String::new, |was| format!(" (it was {was})"));
        missing.push(format!("label {NETWORK}={network}{was}"));
    }
    labels.insert(NETWORK.to_owned(), json!(network));
}

/// The networks that come to namespaces that are there already.
pub(super) fn networks_that_come(decided: &Decided) -> Vec<String> {
    let namespaces = decided.steps.iter().filter(|step| {
        step.object.kind == "Namespace" && matches!(step.action, Action::Update { .. })
    });
    let lines = namespaces.flat_map(|step| match &step.action {
        Action::Update { changes } => changes.as_slice(),
        _ => &[],
    });
    let label = format!("label {NETWORK}=");
    let names = lines.filter_map(|line| line.strip_prefix(&label)?.split(' ').next());
    names.map(str::to_owned).collect()
}

fn namespace(name: &str, labels: Map<String, Value>, annotations: Map<String, Value>) -> Value {
    let mut metadata = json!({ "name": name });
    for (key, map) in [("labels", labels), ("annotations", annotations)] {
        if !map.is_empty() {
            metadata[key] = Value::Object(map);
        }
    }
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
}

pub(super) fn primary_namespace(wanted: &JoinSpec, found: &JoinState) -> Step {
    let live = found.primary_namespace.as_ref();
    let mut labels = Map::new();
    if live.is_none() {
        labels.insert(MANAGED_BY.to_owned(), json!(US));
    }
    let mut missing = Vec::new();
    if wanted.generation == IstioGeneration::Istiod {
        let network = wanted.primary_network.as_deref();
        network_label(network, live, &mut labels, &mut missing);
    }
    let action = match live {
        None => Action::Create,
        Some(_) if missing.is_empty() => Action::Unchanged,
        Some(_) => Action::Update { changes: missing },
    };
    let manifest = namespace(&wanted.namespace, labels, Map::new());
    step(
        Side::Primary,
        manifest,
        namespace_ref(&wanted.namespace),
        live,
        action,
    )
}
