//! The interface of a built-in controller, and the mapping of changes to the objects that it
//! reconciles.
//!
//! Start at [`BuiltInController`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

/// A controller of one kind of object or a few.
pub(super) struct BuiltInController {
    pub(super) name: &'static str,
    /// The kinds whose objects are all reconciled at the start and now and then; every kind if it
    /// is empty.
    pub(super) kinds: &'static [&'static str],
    /// The objects to reconcile after a change.
    pub(super) keys: fn(&State, &Change) -> Vec<ObjectKey>,
    /// Reconciles one object, which may no longer exist. Returns the time after which it is to be
    /// reconciled again even if nothing changes.
    pub(super) reconcile: fn(&Arc<Cluster>, &mut State, &ObjectKey) -> Option<Duration>,
}

/// The changed object, if it is of this kind.
pub(super) fn own(kind: &str, change: &Change) -> Vec<ObjectKey> {
    let is_own = &*change.kind == kind;
    let key = is_own.then(|| ObjectKey::of(kind, &change.object));
    key.into_iter().collect()
}

/// The changed object if it is of a kind, or the object of this kind that controls the changed
/// one. `type_name` is the kind as owner references write it.
pub(super) fn own_or_controller(kind: &str, type_name: &str, change: &Change) -> Vec<ObjectKey> {
    let mut keys = own(kind, change);
    for version in change.versions() {
        let owner = controller(kind, type_name, version);
        let owner = owner.filter(|owner| !keys.contains(owner));
        keys.extend(owner);
    }
    keys
}

/// The object of this kind that controls an object. `type_name` is the kind as owner references
/// write it.
pub(super) fn controller(kind: &str, type_name: &str, object: &Value) -> Option<ObjectKey> {
    let mut owners = object::items(object, "/metadata/ownerReferences");
    let owner = owners.find(|owner| owner["controller"] == true && owner["kind"] == type_name)?;
    let namespace = object::namespace(object);
    Some(ObjectKey::new(
        kind,
        namespace,
        object::text(owner, "/name"),
    ))
}

/// All objects of a controller.
pub(super) fn of_controller(state: &State, controller: &BuiltInController) -> Vec<ObjectKey> {
    if controller.kinds.is_empty() {
        let kinds = state.objects.stored_kinds();
        return kinds.flat_map(|kind| all(state, kind)).collect();
    }
    let kinds = controller.kinds.iter();
    kinds.flat_map(|kind| all(state, kind)).collect()
}

/// All objects of a kind.
pub(super) fn all(state: &State, kind: &str) -> Vec<ObjectKey> {
    let entries = state.objects.entries(kind);
    entries
        .map(|entry| ObjectKey::of(kind, &entry.object))
        .collect()
}
