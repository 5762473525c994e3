//! The phases of PersistentVolumes, and their reclaim policy.
//!
//! Start at [`reconcile`].

use serde_json::{Value, json};

use super::{CLAIMS, PROVISIONER, VOLUMES, remove_finalizer};
use crate::cluster::{Cluster, State};
use crate::object;

const VOLUME_FINALIZER: &str = "kubernetes.io/pv-protection";

pub(super) fn reconcile(cluster: &Cluster, state: &mut State, volume: &Value) {
    let phase = phase(state, volume);
    if object::is_terminating(volume) {
        if phase != "Bound" {
            remove_finalizer(cluster, state, VOLUMES, volume, VOLUME_FINALIZER);
        }
        return;
    }
    if volume["status"]["phase"] != phase {
        let status = json!({"phase": phase, "lastPhaseTransitionTime": state.now()});
        state.set_status(cluster, VOLUMES, volume, status);
    }
    let is_ours =
        volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"] == PROVISIONER;
    let policy = &volume["spec"]["persistentVolumeReclaimPolicy"];
    if phase == "Released" && policy == "Delete" && is_ours {
        state.delete(VOLUMES, volume);
    }
}

/// The phase of a volume: bound to a claim that exists, released by one, or available.
fn phase(state: &State, volume: &Value) -> &'static str {
    let reference = &volume["spec"]["claimRef"];
    let uid = object::text(reference, "/uid");
    if uid.is_empty() {
        return "Available";
    }
    let (namespace, name) = (
        object::text(reference, "/namespace"),
        object::text(reference, "/name"),
    );
    let claim = state.objects.get(CLAIMS, namespace, name);
    if claim.is_some_and(|claim| object::uid(&claim) == uid) {
        "Bound"
    } else {
        "Released"
    }
}
