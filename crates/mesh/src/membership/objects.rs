//! Decides the action on an object of a join, and the labels that mark it. Pure.

use super::names::{JOIN_LABEL, MANAGED_BY_LABEL};
use crate::{
    facts::Owner,
    gather::read,
    istio::reader::is_reader,
    step::{Action, Side, Step},
};
use cluster::{FIELD_MANAGER, Object, ObjectRef};
use serde_json::{Map, Value, json};

/// Whether an object belongs to a reader: by the label of a join, or by its name.
pub fn is_reader_object(object: &Object) -> bool {
    object.label(JOIN_LABEL).is_some() || is_reader(object.name())
}

/// The field managers of an object, each once.
pub(crate) fn managers(object: &Object) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in object.managed_fields() {
        let name = entry.manager;
        if !name.is_empty() && !names.iter().any(|known| known == name) {
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
