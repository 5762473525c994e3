//! Custom resource definitions: accepted, established, and emptied before they go.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::json;

use super::condition;
use crate::object;
use crate::world::{State, World};
use crate::write::removal;

const ID: &str = "customresourcedefinitions.apiextensions.k8s.io";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for definition in state.store.list(ID, None) {
        if object::is_going(&definition) {
            end(state, &definition);
        } else {
            establish(world, state, &definition);
        }
    }
    None
}

fn establish(world: &World, state: &mut State, definition: &serde_json::Value) {
    let stored = object::items(definition, "/spec/versions")
        .find(|version| version["storage"] == true)
        .map(|version| version["name"].clone());
    let status = json!({
        "acceptedNames": definition["spec"]["names"],
        "conditions": [
            condition(definition, "NamesAccepted", true, "NoConflicts", "no conflicts found"),
            condition(definition, "Established", true, "InitialNamesAccepted",
                "the initial names have been accepted"),
        ],
        "storedVersions": [stored],
    });
    let name = object::name(definition);
    if let Some(now) = state.store.get(ID, "", name) {
        state.set_status(world, ID, &now, status);
    }
}

/// Deletes the objects of a definition, then lets it go.
fn end(state: &mut State, definition: &serde_json::Value) {
    let name = object::name(definition);
    let Some(kind) = state.kinds.by_id(name).cloned() else {
        return;
    };
    for found in state.store.list(name, None) {
        state.delete(name, &found);
    }
    if !state.store.list(name, None).is_empty() {
        return;
    }
    let Some(crds) = state.kinds.by_id(ID).cloned() else {
        return;
    };
    let mut freed = definition.clone();
    if let Some(finalizers) = freed
        .pointer_mut("/metadata/finalizers")
        .and_then(|at| at.as_array_mut())
    {
        finalizers.retain(|held| held != "customresourcecleanup.apiextensions.k8s.io");
    }
    let stored = state.store.put(ID, freed);
    state.kinds.forget(&kind.id);
    removal::finish(state, &crds, &stored);
}
