//! Decides which marks each object of a join gets. Pure.

use crate::{
    istio::CLUSTER_ANNOTATION,
    membership::{
        MemberSpec,
        names::ADOPTED_ANNOTATION,
        objects::{labels, managers, missing_labels, step},
        state::JoinState,
    },
    step::{Action, Side, Step},
};
use cluster::Object;
use serde_json::{Map, Value, json};

/// The prefix of an added label in the annotation of an adopted object.
pub(super) const LABEL: &str = "label:";
/// The prefix of an added annotation.
pub(super) const ANNOTATION: &str = "annotation:";

/// The objects of a join that exist, in the order of a join: the reader, its stored token, the remote Secret.
pub(super) fn objects(state: &JoinState) -> Vec<(Side, &Object)> {
    let entry = state.entry.as_ref();
    let stored = entry.and_then(|entry| entry.token_secret.as_deref());
    let mut tokens = state.tokens.iter().map(|token| &token.secret);
    let token = tokens.find(|secret| Some(secret.name()) == stored);
    let remote = [
        state.account.as_ref(),
        state.role.as_ref(),
        state.binding.as_ref(),
        token,
    ];
    let remote = remote.into_iter().flatten();
    let secret = entry.map(|entry| (Side::Primary, &entry.secret));
    let all = remote.map(|live| (Side::Remote, live)).chain(secret);
    all.collect()
}

/// The steps of an adoption.
pub(super) fn adoption(spec: &MemberSpec, state: &JoinState) -> Vec<Step> {
    let each = objects(state).into_iter();
    let steps = each.map(|(side, live)| {
        let id = (side == Side::Primary).then_some(spec.id.as_str());
        adopted(side, live, id)
    });
    steps.collect()
}

/// The step of an object; the remote Secret gets the ID of the remote as an annotation.
fn adopted(side: Side, live: &Object, id: Option<&str>) -> Step {
    let labels: Map<String, Value> = labels(Some(live))
        .into_iter()
        .filter(|(key, value)| live.label(key) != value.as_str())
        .collect();
    let id = id.filter(|_| live.annotation(CLUSTER_ANNOTATION).is_none());
    let mut missing = missing_labels(Some(live), &labels);
    let mut added: Vec<String> = labels.keys().map(|key| format!("{LABEL}{key}")).collect();
    let mut annotations = Map::new();
    if let Some(id) = id {
        missing.push(format!("annotation {CLUSTER_ANNOTATION}={id}"));
        added.push(format!("{ANNOTATION}{CLUSTER_ANNOTATION}"));
        annotations.insert(CLUSTER_ANNOTATION.to_owned(), json!(id));
    }
    let action = if missing.is_empty() {
        Action::Unchanged
    } else {
        missing.push(format!("annotation {ADOPTED_ANNOTATION}"));
        annotations.insert(ADOPTED_ANNOTATION.to_owned(), json!(added.join(",")));
        Action::Adopt {
            managers: managers(live),
            missing,
        }
    };
    let object = live.reference();
    let manifest = json!({
        "apiVersion": live.value()["apiVersion"], "kind": object.kind,
        "metadata": {"name": object.name, "namespace": object.namespace,
                     "labels": labels, "annotations": annotations},
    });
    step(side, manifest, object, Some(live), action)
}
