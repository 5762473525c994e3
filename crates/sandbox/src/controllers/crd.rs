//! CustomResourceDefinitions: established, and deleted after their objects.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::Conditions;
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, EventType, ObjectKey};
use crate::write::delete;

const ID: &str = "customresourcedefinitions.apiextensions.k8s.io";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "crd",
    kinds: &[ID],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if &*change.kind == ID {
        return keys::own(ID, change);
    }
    // A CRD that terminates waits for the last of its objects.
    let is_deleted = change.event == EventType::Deleted && change.kind.contains('.');
    let crd = is_deleted.then(|| state.objects.get(ID, "", &change.kind));
    let waiting = crd.flatten().filter(|crd| object::is_terminating(crd));
    waiting
        .map(|crd| ObjectKey::of(ID, &crd))
        .into_iter()
        .collect()
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let crd = state.objects.get_key(key)?;
    if object::is_terminating(&crd) {
        finalize(state, &crd);
    } else {
        establish(cluster, state, &crd);
    }
    None
}

fn establish(cluster: &Cluster, state: &mut State, crd: &serde_json::Value) {
    let stored = object::items(crd, "/spec/versions")
        .find(|version| version["storage"] == true)
        .map(|version| version["name"].clone());
    let conditions = Conditions::new(crd, state);
    let status = json!({
        "acceptedNames": crd["spec"]["names"],
        "conditions": [
            conditions.condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
            conditions.condition("Established", true, "InitialNamesAccepted",
                "the initial names have been accepted"),
        ],
        "storedVersions": [stored],
    });
    let name = object::name(crd);
    if let Some(current) = state.objects.get(ID, "", name) {
        state.set_status(cluster, ID, &current, status);
    }
}

/// Deletes the objects of a CRD, then removes its finalizer.
fn finalize(state: &mut State, crd: &serde_json::Value) {
    let name = object::name(crd);
    let Some(kind) = state.kinds.by_id(name).cloned() else {
        return;
    };
    for found in state.objects.list(name, None) {
        state.delete(name, &found);
    }
    if !state.objects.list(name, None).is_empty() {
        return;
    }
    let Some(crds) = state.kinds.by_id(ID).cloned() else {
        return;
    };
    let mut finalized = crd.clone();
    if let Some(finalizers) = finalized
        .pointer_mut("/metadata/finalizers")
        .and_then(|list| list.as_array_mut())
    {
        finalizers.retain(|finalizer| finalizer != "customresourcecleanup.apiextensions.k8s.io");
    }
    let stored = state.objects.put(ID, finalized);
    state.kinds.remove_crd(&kind.id);
    delete::remove_if_finalized(state, &crds, &stored);
}
