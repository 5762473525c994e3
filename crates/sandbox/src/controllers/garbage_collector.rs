//! The garbage collector: deletes the dependents of deleted owners.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::BuiltInController;
use crate::cluster::{Cluster, State};
use crate::kinds::Kind;
use crate::object;
use crate::object_map::{Change, EventType, Index, ObjectKey};
use crate::write::{DeleteOptions, delete};

/// The number of dependents that are deleted while the cluster is locked.
const DELETE_BATCH: usize = 100;

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "garbage-collector",
    kinds: &[],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let mut concerned = Vec::new();
    let has_owner = object::items(&change.object, "/metadata/ownerReferences").next();
    if change.event != EventType::Deleted {
        if has_owner.is_some() || object::is_terminating(&change.object) || is_endpoints(change) {
            concerned.push(ObjectKey::of(&change.kind, &change.object));
        }
    } else if &*change.kind == "services" {
        concerned.push(ObjectKey::of("endpoints", &change.object));
    }
    if change.event == EventType::Deleted {
        let dependents = state
            .objects
            .indexed(Index::Owner, object::uid(&change.object));
        concerned.extend(dependents.map(|(key, _)| key.clone()));
    }
    // An owner that is deleted in the foreground waits for its dependents.
    for owner in change.before.iter().flat_map(|before| owners(before)) {
        let found = state.objects.indexed(Index::Uid, owner);
        let waiting = found.filter(|(_, owner)| object::is_terminating(owner));
        concerned.extend(waiting.map(|(key, _)| key.clone()));
    }
    concerned
}

fn is_endpoints(change: &Change) -> bool {
    &*change.kind == "endpoints" && change.event == EventType::Added
}

/// The UIDs of the owners of an object.
fn owners(object: &Value) -> impl Iterator<Item = &str> {
    object::items(object, "/metadata/ownerReferences").map(|owner| object::text(owner, "/uid"))
}

fn reconcile(_: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let found = state.objects.get_key(key)?;
    if object::is_terminating(&found) {
        let kind = state.kinds.by_id(&key.kind).cloned()?;
        return process_finalizers(state, &kind, &found);
    }
    let is_orphaned = {
        let mut owners = owners(&found).peekable();
        let exists = |uid: &str| state.objects.indexed(Index::Uid, uid).next().is_some();
        owners.peek().is_some() && !owners.any(exists)
    };
    if is_orphaned || &*key.kind == "endpoints" && is_without_service(state, &found) {
        state.delete(&key.kind, &found);
    }
    None
}

/// Processes the finalizers of foreground and orphan deletion.
fn process_finalizers(state: &mut State, kind: &Kind, owner: &Value) -> Option<Duration> {
    let has_finalizer = |finalizer: &str| {
        object::items(owner, "/metadata/finalizers").any(|name| name == finalizer)
    };
    let (is_orphan, is_foreground) = (has_finalizer("orphan"), has_finalizer("foregroundDeletion"));
    if !is_orphan && !is_foreground {
        return None;
    }
    let dependents = state.objects.indexed(Index::Owner, object::uid(owner));
    let dependents: Vec<(ObjectKey, Arc<Value>)> = dependents
        .map(|(key, found)| (key.clone(), found.clone()))
        .collect();
    if is_orphan {
        for (key, found) in &dependents {
            remove_owner_reference(state, &key.kind, found, owner);
        }
        remove_finalizer(state, kind, owner, "orphan");
        return None;
    }
    let remaining = dependents
        .iter()
        .filter(|(_, found)| !object::is_terminating(found));
    let to_delete: Vec<_> = remaining.take(DELETE_BATCH).collect();
    for (key, found) in &to_delete {
        delete_dependent(state, key, found);
    }
    if !dependents.iter().any(|(_, found)| blocks(found, owner)) {
        remove_finalizer(state, kind, owner, "foregroundDeletion");
    }
    (!to_delete.is_empty()).then_some(Duration::ZERO)
}

/// Deletes a dependent of an owner that waits for it: what has dependents itself waits for them too.
fn delete_dependent(state: &mut State, key: &ObjectKey, found: &Arc<Value>) {
    let mut dependents = state.objects.indexed(Index::Owner, object::uid(found));
    let has_dependents = dependents.next().is_some();
    drop(dependents);
    if !has_dependents {
        state.delete(&key.kind, found);
        return;
    }
    let options = DeleteOptions {
        propagation: "Foreground".to_owned(),
        ..DeleteOptions::default()
    };
    if let Some(kind) = state.kinds.by_id(&key.kind).cloned() {
        // A deletion without preconditions cannot fail.
        let _ = delete::delete(state, &kind, found, &options);
    }
}

/// Whether an owner that is deleted in the foreground waits for a dependent.
fn blocks(dependent: &Value, owner: &Value) -> bool {
    object::items(dependent, "/metadata/ownerReferences").any(|reference| {
        reference["uid"] == object::uid(owner) && reference["blockOwnerDeletion"] == true
    })
}

/// Removes the reference to an owner from the current version of an object.
fn remove_owner_reference(state: &mut State, id: &str, found: &Value, owner: &Value) {
    let current = state
        .objects
        .get(id, object::namespace(found), object::name(found));
    let Some(mut changed) = current.map(|current| current.as_ref().clone()) else {
        return;
    };
    let owners = changed
        .pointer_mut("/metadata/ownerReferences")
        .and_then(Value::as_array_mut);
    if let Some(owners) = owners {
        owners.retain(|reference| reference["uid"] != object::uid(owner));
    }
    state.objects.put(id, changed);
}

fn remove_finalizer(state: &mut State, kind: &Kind, owner: &Value, finalizer: &str) {
    let current = state.objects.get(
        kind.storage(),
        object::namespace(owner),
        object::name(owner),
    );
    let Some(mut changed) = current.map(|current| current.as_ref().clone()) else {
        return;
    };
    if let Some(finalizers) = changed
        .pointer_mut("/metadata/finalizers")
        .and_then(Value::as_array_mut)
    {
        finalizers.retain(|name| name != finalizer);
        if finalizers.is_empty() {
            object::meta(&mut changed).insert("finalizers".into(), json!([]));
        }
    }
    let stored = state.objects.put(kind.storage(), changed);
    delete::remove_if_finalized(state, kind, &stored);
}

/// Whether Endpoints of a controller have no Service; Endpoints have no owner reference.
fn is_without_service(state: &State, found: &Value) -> bool {
    let manager = &found["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"];
    let (namespace, name) = (object::namespace(found), object::name(found));
    manager == "endpoint-controller" && state.objects.get("services", namespace, name).is_none()
}
