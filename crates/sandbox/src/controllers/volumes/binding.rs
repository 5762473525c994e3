//! Binding of claims to volumes that exist.
//!
//! The smallest volume that fits is taken, and one that names the claim before all others. Start at
//! [`find`] and [`bind`].

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::events::{EventRecord, record_event};
use super::{BIND_COMPLETED, BOUND_BY_CONTROLLER, CLAIMS, COMPONENT, VOLUMES};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::quantity::thousandths;
use crate::selector::selector_matches;

/// The volume to bind a claim to; only one that names the claim if the claim still waits for a pod.
pub(super) fn find(state: &State, claim: &Value, waits: bool) -> Option<Arc<Value>> {
    let volumes = state.objects.list(VOLUMES, None);
    let reserved = volumes.iter().find(|volume| is_reserved(volume, claim));
    if reserved.is_some() || waits {
        return reserved.cloned();
    }
    let fitting = volumes.iter().filter(|volume| fits(volume, claim));
    fitting.min_by_key(|volume| capacity(volume)).cloned()
}

/// Whether a volume names a claim.
pub(super) fn is_reserved(volume: &Value, claim: &Value) -> bool {
    let reference = &volume["spec"]["claimRef"];
    let uid = object::text(reference, "/uid");
    reference["name"] == object::name(claim)
        && reference["namespace"] == object::namespace(claim)
        && (uid.is_empty() || uid == object::uid(claim))
        && !object::is_terminating(volume)
}

fn fits(volume: &Value, claim: &Value) -> bool {
    let text = |object: &Value, pointer: &str| object::text(object, pointer).to_owned();
    let has_mode = |mode: &Value| object::items(volume, "/spec/accessModes").any(|own| own == mode);
    let volume_mode = |object: &Value| {
        object["spec"]["volumeMode"]
            .as_str()
            .unwrap_or("Filesystem")
            .to_owned()
    };
    let selector = &claim["spec"]["selector"];
    volume["spec"]["claimRef"].is_null()
        && !object::is_terminating(volume)
        && text(volume, "/spec/storageClassName") == text(claim, "/spec/storageClassName")
        && volume_mode(volume) == volume_mode(claim)
        && object::items(claim, "/spec/accessModes").all(has_mode)
        && (selector.is_null() || selector_matches(selector, &volume["metadata"]["labels"]))
        && capacity(volume) >= thousandths(&claim["spec"]["resources"]["requests"]["storage"])
}

fn capacity(volume: &Value) -> Option<i128> {
    thousandths(&volume["spec"]["capacity"]["storage"])
}

/// The reference of a volume to its claim.
pub(super) fn reference(claim: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": object::namespace(claim),
        "name": object::name(claim), "uid": object::uid(claim),
        "resourceVersion": claim["metadata"]["resourceVersion"],
    })
}

/// Binds a claim and a volume to each other.
pub(super) fn bind(cluster: &Cluster, state: &mut State, claim: &Value, volume: &Value) {
    if object::text(volume, "/spec/claimRef/uid") != object::uid(claim) {
        let mut bound = volume.clone();
        if bound["spec"]["claimRef"].is_null() {
            bound["metadata"]["annotations"][BOUND_BY_CONTROLLER] = json!("yes");
        }
        bound["spec"]["claimRef"] = reference(claim);
        state.update(cluster, VOLUMES, bound, "");
    }
    let mut bound = claim.clone();
    bound["spec"]["volumeName"] = json!(object::name(volume));
    bound["metadata"]["annotations"][BIND_COMPLETED] = json!("yes");
    bound["metadata"]["annotations"][BOUND_BY_CONTROLLER] = json!("yes");
    state.update(cluster, CLAIMS, bound, "");
    let (namespace, name) = (object::namespace(claim), object::name(claim));
    if let Some(claim) = state.objects.get(CLAIMS, namespace, name) {
        complete(cluster, state, &claim);
    }
}

/// Reports the binding of a claim that names its volume.
pub(super) fn complete(cluster: &Cluster, state: &mut State, claim: &Value) {
    let name = object::text(claim, "/spec/volumeName");
    let volume = state.objects.get(VOLUMES, "", name);
    let is_completed = claim["metadata"]["annotations"][BIND_COMPLETED] == "yes";
    match volume {
        Some(volume) if object::text(&volume, "/spec/claimRef/uid") == object::uid(claim) => {
            let status = json!({
                "phase": "Bound", "accessModes": volume["spec"]["accessModes"],
                "capacity": volume["spec"]["capacity"],
            });
            state.set_status(cluster, CLAIMS, claim, status);
        }
        // The claim names its volume itself.
        Some(volume) if volume["spec"]["claimRef"].is_null() || is_reserved(&volume, claim) => {
            bind(cluster, state, claim, &volume);
        }
        None if is_completed && claim["status"]["phase"] != "Lost" => {
            let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
            let event = EventRecord::warning(COMPONENT, "ClaimLost", message.to_owned());
            record_event(cluster, state, claim, &event);
            state.set_status(cluster, CLAIMS, claim, json!({"phase": "Lost"}));
        }
        _ => {}
    }
}
