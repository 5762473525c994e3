//! What admission adds to new claims and volumes: the default class and the finalizers that protect
//! them while they are used.
//!
//! Start at [`protect`].

use serde_json::{Value, json};

use crate::cluster::State;
use crate::kinds::Kind;
use crate::object;

/// Completes a new claim or volume.
pub(super) fn protect(state: &State, kind: &Kind, object: &mut Value) {
    let finalizer = match kind.id.as_str() {
        "persistentvolumeclaims" => "kubernetes.io/pvc-protection",
        "persistentvolumes" => "kubernetes.io/pv-protection",
        _ => return,
    };
    if kind.id == "persistentvolumeclaims"
        && object["spec"]["storageClassName"].is_null()
        && let Some(class) = default_class(state)
    {
        object["spec"]["storageClassName"] = json!(class);
    }
    let mut finalizers: Vec<Value> = object::items(object, "/metadata/finalizers")
        .cloned()
        .collect();
    if finalizers.iter().all(|existing| existing != finalizer) {
        finalizers.push(json!(finalizer));
    }
    object::meta(object).insert("finalizers".into(), json!(finalizers));
}

/// The name of the default StorageClass, the newest of several.
pub(crate) fn default_class(state: &State) -> Option<String> {
    let classes = state.objects.entries("storageclasses.storage.k8s.io");
    let classes = classes.filter(|entry| {
        let annotations = &entry.object["metadata"]["annotations"];
        annotations["storageclass.kubernetes.io/is-default-class"] == "true"
    });
    let newest = classes.max_by_key(|entry| entry.created_at)?;
    Some(object::name(&newest.object).to_owned())
}
