//! The fields of an object that a write keeps, and the owners of its fields.
//!
//! Start at [`retain_read_only_fields`] and [`requested_owners`].

use serde_json::{Value, json};

use crate::apply::managers::Managers;
use crate::kinds::Kind;
use crate::object;

/// The owners of the fields before an update: those that the writer set, or the present ones.
///
/// An empty list, or a list with one empty entry, removes all owners; an invalid list has no effect.
pub(super) fn requested_owners(new: &Value, old: &Value, subresource: &str) -> Managers {
    let requested = &new["metadata"]["managedFields"];
    if !subresource.is_empty() {
        return Managers::read(old);
    }
    if *requested == json!([]) || *requested == json!([{}]) {
        return Managers::default();
    }
    let is_valid = |entry: &Value| {
        matches!(entry["operation"].as_str(), Some("Apply" | "Update"))
            && entry["fieldsType"] == "FieldsV1"
            && entry["fieldsV1"].is_object()
    };
    let is_set = requested.is_array();
    if is_set && object::items(new, "/metadata/managedFields").all(is_valid) {
        Managers::read(new)
    } else {
        Managers::read(old)
    }
}

/// Restores the fields that a writer of this subresource may not change.
pub(super) fn retain_read_only_fields(
    kind: &Kind,
    old: &Value,
    new: &mut Value,
    subresource: &str,
) {
    if subresource == "status" {
        let status = new.get("status").cloned();
        let version = new["apiVersion"].clone();
        *new = old.clone();
        new["apiVersion"] = version;
        if let (Some(status), Some(members)) = (status, new.as_object_mut()) {
            members.insert("status".into(), status);
        }
    } else if kind.has("status")
        && let Some(members) = new.as_object_mut()
    {
        members.remove("status");
        if let Some(status) = old.get("status") {
            members.insert("status".into(), status.clone());
        }
    }
    let meta = object::meta(new);
    meta.retain(|_, value| !value.is_null());
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "generation",
        "generateName",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "resourceVersion",
        "managedFields",
    ] {
        match old.pointer(&format!("/metadata/{name}")) {
            Some(value) => drop(meta.insert(name.into(), value.clone())),
            None => drop(meta.remove(name)),
        }
    }
}

/// Whether members other than metadata and status differ.
pub(super) fn changes_spec(old: &Value, new: &Value) -> bool {
    let spec_members = |object: &Value| {
        let mut members = object.as_object().cloned().unwrap_or_default();
        members.retain(|name, _| !matches!(name.as_str(), "metadata" | "status" | "apiVersion"));
        members
    };
    spec_members(old) != spec_members(new)
}
