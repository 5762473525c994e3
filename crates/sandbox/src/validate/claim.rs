//! PersistentVolumeClaims.
//!
//! Start at [`check`] and [`check_change`].

use serde_json::{Value, json};

use crate::api_status::Cause;
use crate::object;
use crate::problems::Problems;
use crate::quantity::Quantity;

const ACCESS_MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

/// Checks a claim.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    let modes: Vec<&Value> = object::items(spec, "/accessModes").collect();
    if modes.is_empty() {
        let detail = "at least 1 access mode is required";
        problems.required("spec.accessModes", detail);
    }
    for mode in modes {
        if !ACCESS_MODES.contains(&mode.as_str().unwrap_or_default()) {
            let cause = Cause::unsupported("spec.accessModes", mode, &ACCESS_MODES);
            problems.causes.push(cause);
        }
    }
    match spec.pointer("/resources/requests/storage") {
        None => problems.required("spec.resources[storage]", ""),
        Some(storage) => {
            if Quantity::of(storage).is_some_and(|size| size.is_negative() || size.is_zero()) {
                let detail = "must be greater than zero";
                problems.invalid("spec.resources[storage]", storage, detail);
            }
        }
    }
    problems.one_of(
        "spec.volumeMode",
        object::text(spec, "/volumeMode"),
        &["Block", "Filesystem"],
    );
}

/// Checks a change of a claim by a client.
pub(super) fn check_change(old: &Value, new: &Value, problems: &mut Problems) {
    let fixed = |object: &Value| {
        let mut spec = object["spec"].clone();
        spec["resources"]["requests"] = json!(null);
        spec["volumeAttributesClassName"] = json!(null);
        spec
    };
    if fixed(old) != fixed(new) {
        let detail = "spec is immutable after creation except resources.requests and \
                      volumeAttributesClassName for bound claims";
        problems.forbidden("spec", detail);
        return;
    }
    let size = |object: &Value| {
        let storage = object.pointer("/spec/resources/requests/storage");
        storage.and_then(Quantity::of).unwrap_or_default()
    };
    if size(new) < size(old) {
        let detail = "field can not be less than status.capacity";
        problems.forbidden("spec.resources.requests.storage", detail);
    }
}
