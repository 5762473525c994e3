//! The garbage collector: deletes the dependents of deleted owners.
//!
//! Start at [`reconcile_all`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cluster::{Cluster, State};
use crate::kinds::Kind;
use crate::object;
use crate::write::delete;

pub(super) fn reconcile_all(_: &Cluster, state: &mut State) -> Option<Duration> {
    let uids: BTreeSet<String> = state
        .objects
        .iter_all()
        .map(|(_, entry)| object::uid(&entry.object).to_owned())
        .collect();
    let all: Vec<(Arc<str>, Arc<Value>)> = state
        .objects
        .iter_all()
        .map(|(kind, entry)| (kind.clone(), entry.object.clone()))
        .collect();
    for (id, found) in &all {
        if object::is_terminating(found) {
            if let Some(kind) = state.kinds.by_id(id).cloned() {
                process_finalizers(state, &kind, found, &all);
            }
            continue;
        }
        let mut owners = object::items(found, "/metadata/ownerReferences").peekable();
        let is_owned = owners.peek().is_some();
        if is_owned && owners.all(|owner| !uids.contains(object::text(owner, "/uid"))) {
            state.delete(id, found);
        }
    }
    delete_orphaned_endpoints(state);
    None
}

/// Processes the finalizers of foreground and orphan deletion.
fn process_finalizers(
    state: &mut State,
    kind: &Kind,
    owner: &Value,
    all: &[(Arc<str>, Arc<Value>)],
) {
    let has_finalizer = |finalizer: &str| {
        object::items(owner, "/metadata/finalizers").any(|name| name == finalizer)
    };
    let dependents: Vec<_> = all
        .iter()
        .filter(|(_, found)| {
            object::items(found, "/metadata/ownerReferences")
                .any(|reference| reference["uid"] == object::uid(owner))
        })
        .collect();
    if has_finalizer("orphan") {
        for (id, found) in dependents {
            remove_owner_reference(state, id, found, owner);
        }
        remove_finalizer(state, kind, owner, "orphan");
    } else if has_finalizer("foregroundDeletion") {
        for (id, found) in &dependents {
            state.delete(id, found);
        }
        if dependents.is_empty() {
            remove_finalizer(state, kind, owner, "foregroundDeletion");
        }
    }
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

/// Deletes Endpoints without a Service; Endpoints have no owner reference.
fn delete_orphaned_endpoints(state: &mut State) {
    for found in state.objects.list("endpoints", None) {
        let is_managed = found["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"]
            == "endpoint-controller";
        let (namespace, name) = (object::namespace(&found), object::name(&found));
        if is_managed && state.objects.get("services", namespace, name).is_none() {
            state.delete("endpoints", &found);
        }
    }
}
