//! The garbage collector: dependents go with their owners.
//!
//! Start at [`step`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object;
use crate::world::{State, World};
use crate::write::removal;

pub(super) fn step(_: &World, state: &mut State) -> Option<Duration> {
    let living: BTreeSet<String> = state
        .store
        .everything()
        .map(|(_, entry)| object::uid(&entry.object).to_owned())
        .collect();
    let all: Vec<(Arc<str>, Arc<Value>)> = state
        .store
        .everything()
        .map(|(kind, entry)| (kind.clone(), entry.object.clone()))
        .collect();
    for (id, found) in &all {
        if object::is_going(found) {
            if let Some(kind) = state.kinds.by_id(id).cloned() {
                finish(state, &kind, found, &all);
            }
            continue;
        }
        let mut owners = object::items(found, "/metadata/ownerReferences").peekable();
        let is_owned = owners.peek().is_some();
        if is_owned && owners.all(|owner| !living.contains(object::text(owner, "/uid"))) {
            state.delete(id, found);
        }
    }
    end_endpoints(state);
    None
}

/// Follows the finalizers of foreground and orphan deletion.
fn finish(state: &mut State, kind: &Kind, owner: &Value, all: &[(Arc<str>, Arc<Value>)]) {
    let holds =
        |wanted: &str| object::items(owner, "/metadata/finalizers").any(|held| held == wanted);
    let dependents: Vec<_> = all
        .iter()
        .filter(|(_, found)| {
            object::items(found, "/metadata/ownerReferences")
                .any(|reference| reference["uid"] == object::uid(owner))
        })
        .collect();
    if holds("orphan") {
        for (id, found) in dependents {
            disown(state, id, found, owner);
        }
        release(state, kind, owner, "orphan");
    } else if holds("foregroundDeletion") {
        for (id, found) in &dependents {
            state.delete(id, found);
        }
        if dependents.is_empty() {
            release(state, kind, owner, "foregroundDeletion");
        }
    }
}

/// Takes an owner out of an object, as it stands now.
fn disown(state: &mut State, id: &str, found: &Value, owner: &Value) {
    let now = state
        .store
        .get(id, object::namespace(found), object::name(found));
    let Some(mut freed) = now.map(|now| now.as_ref().clone()) else {
        return;
    };
    let owners = freed
        .pointer_mut("/metadata/ownerReferences")
        .and_then(Value::as_array_mut);
    if let Some(owners) = owners {
        owners.retain(|reference| reference["uid"] != object::uid(owner));
    }
    state.store.put(id, freed);
}

fn release(state: &mut State, kind: &Kind, owner: &Value, finalizer: &str) {
    let now = state.store.get(
        kind.storage(),
        object::namespace(owner),
        object::name(owner),
    );
    let Some(mut freed) = now.map(|now| now.as_ref().clone()) else {
        return;
    };
    if let Some(held) = freed
        .pointer_mut("/metadata/finalizers")
        .and_then(Value::as_array_mut)
    {
        held.retain(|held| held != finalizer);
        if held.is_empty() {
            object::meta(&mut freed).insert("finalizers".into(), json!([]));
        }
    }
    let stored = state.store.put(kind.storage(), freed);
    removal::finish(state, kind, &stored);
}

/// Endpoints have no owner reference; they go when their Service is gone.
fn end_endpoints(state: &mut State) {
    for found in state.store.list("endpoints", None) {
        let is_ours = found["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"]
            == "endpoint-controller";
        let (namespace, name) = (object::namespace(&found), object::name(&found));
        if is_ours && state.store.get("services", namespace, name).is_none() {
            state.delete("endpoints", &found);
        }
    }
}
