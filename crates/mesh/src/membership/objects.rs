//! Decides the action on an object of a join, and the labels that mark it. Pure.

use super::names::{JOIN_LABEL, MANAGED_BY_LABEL, SERVICE_ACCOUNT_ANNOTATION};
use crate::{
    facts::Owner,
    gather::read,
    istio::{CONTROL_PLANE_CLUSTERS_ANNOTATION, SYSTEM_NAMESPACE, is_istio_key, reader::is_reader},
    step::{Action, Side, Step},
};
use cluster::{FIELD_MANAGER, Object, ObjectRef};
use serde_json::{Map, Value, json};

/// Whether an object belongs to a reader: by the label of a join, or by its name.
pub fn is_reader_object(object: &Object) -> bool {
    object.label(JOIN_LABEL).is_some() || is_reader(object.name())
}

/// Whether a Secret in the namespace of a reader has the token of a ServiceAccount, or belongs to a join; its metadata
/// is enough.
pub fn is_reader_token(secret: &Object) -> bool {
    let is_token = secret.annotation(SERVICE_ACCOUNT_ANNOTATION).is_some();
    is_token || is_reader_object(secret)
}

/// What a namespace tells Istio, from its metadata: its labels, since discovery selectors may name any, its control
/// planes, and whether it is being deleted. None for a namespace without a label or annotation of Istio that is not
/// the one of the control plane.
pub fn namespace_settings(namespace: &Object) -> Option<String> {
    let metadata = &namespace.value()["metadata"];
    let keys = |field: &str| metadata[field].as_object().into_iter().flat_map(Map::keys);
    let mut all = keys("labels").chain(keys("annotations"));
    let is_meshed = namespace.name() == SYSTEM_NAMESPACE || all.any(|key| is_istio_key(key));
    let settings = || {
        let control_planes = &metadata["annotations"][CONTROL_PLANE_CLUSTERS_ANNOTATION];
        let deletion = &metadata["deletionTimestamp"];
        json!([metadata["labels"], control_planes, deletion]).to_string()
    };
    is_meshed.then(settings)
}

/// The managers of the cluster itself: they write a token into its Secret, and note its last use there.
const CLUSTER_MANAGERS: [&str; 2] = ["kube-apiserver", "kube-controller-manager"];

/// The field managers of an object, each once; without those of the cluster itself.
pub(crate) fn managers(object: &Object) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in object.managed_fields() {
        let name = entry.manager;
        let is_tool = !name.is_empty() && !CLUSTER_MANAGERS.contains(&name);
        if is_tool && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The action on an object that lacks `missing`.
pub(crate) fn action_for(live: Option<&Object>, missing: Vec<String>) -> Action {
    let Some(live) = live else {
        return Action::Create;
    };
    if missing.is_empty() {
        return Action::Unchanged;
    }
    match read::owner(live) {
        Owner::Console => Action::Update { changes: missing },
        Owner::Release(..) | Owner::Manager(_) => Action::Adopt {
            managers: managers(live),
            missing,
        },
    }
}

/// A step that is based on the live object.
pub(crate) fn step(
    side: Side,
    manifest: Value,
    object: ObjectRef,
    live: Option<&Object>,
    action: Action,
) -> Step {
    Step {
        side,
        object,
        manifest,
        action,
        resource_version: live.map(|live| live.resource_version().to_owned()),
    }
}

/// The labels of an object of a join; an object that another tool manages keeps that tool's name. Releases are
/// applied by the same field manager: what the manifest of a join left out would be removed from an object of a
/// release, so it keeps all of its labels, as its annotations.
pub(crate) fn labels(live: Option<&Object>) -> Map<String, Value> {
    let mut labels = kept(live, "labels");
    labels.insert(JOIN_LABEL.to_owned(), json!("true"));
    let manager = live.and_then(|live| live.label(MANAGED_BY_LABEL));
    if manager.is_none_or(|manager| manager == FIELD_MANAGER) {
        labels.insert(MANAGED_BY_LABEL.to_owned(), json!(FIELD_MANAGER));
    }
    labels
}

/// The annotations of an object of a join: those of an object of a release, as they say to which one it belongs.
pub(crate) fn annotations(live: Option<&Object>) -> Map<String, Value> {
    kept(live, "annotations")
}

fn kept(live: Option<&Object>, field: &str) -> Map<String, Value> {
    let of_release = live.filter(|live| matches!(read::owner(live), Owner::Release(..)));
    let kept = of_release.and_then(|live| live.value()["metadata"][field].as_object());
    kept.cloned().unwrap_or_default()
}

/// The wanted labels that an object lacks, a line each.
pub(crate) fn missing_labels(live: Option<&Object>, wanted: &Map<String, Value>) -> Vec<String> {
    let Some(live) = live else { return Vec::new() };
    let missing = wanted
        .iter()
        .filter(|(key, value)| live.label(key) != value.as_str());
    let line = |(key, value): (&String, &Value)| {
        format!("label {key}={}", value.as_str().unwrap_or_default())
    };
    missing.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespace(name: &str, labels: Value) -> Object {
        Object::new(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels},
        }))
        .expect("a namespace")
    }

    #[test]
    fn the_settings_of_a_namespace_are_those_that_istio_goes_by() {
        let settings = |name: &str, labels| namespace_settings(&namespace(name, labels));
        assert_eq!(settings("shop", json!({"team": "a"})), None);
        assert!(settings("istio-system", json!({})).is_some());
        let injected = json!({"istio-injection": "enabled", "team": "a"});
        let moved = json!({"istio-injection": "enabled", "team": "b"});
        assert!(settings("shop", injected.clone()).is_some());
        assert_ne!(settings("shop", injected), settings("shop", moved));
        let labelled = json!({"topology.istio.io/network": "network-2"});
        assert_ne!(
            settings("istio-system", labelled),
            settings("istio-system", json!({}))
        );
    }
}
