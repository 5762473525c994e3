//! CustomResourceDefinitions: established, and deleted after their objects.
//!
//! Start at [`reconcile_all`].

use std::time::Duration;

use serde_json::json;

use super::Conditions;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::write::delete;

const ID: &str = "customresourcedefinitions.apiextensions.k8s.io";

pub(super) fn reconcile_all(cluster: &Cluster, state: &mut State) -> Option<Duration> {
    for crd in state.objects.list(ID, None) {
        if object::is_terminating(&crd) {
            finalize(state, &crd);
        } else {
            establish(cluster, state, &crd);
        }
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
