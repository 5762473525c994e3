//! The claims that a pod waits for.
//!
//! Start at [`check`].

use serde_json::{Value, json};

use super::filter::Rejection;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::claim_names;

const CLAIMS: &str = "persistentvolumeclaims";
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// What the volumes of a pod demand of its node.
#[derive(Debug)]
pub(super) struct Volumes {
    /// The node that was selected for volumes which are not bound yet.
    pub(super) node: Option<String>,
}

/// Checks the claims of a pod.
pub(super) fn check(state: &State, pod: &Value) -> Result<Volumes, Rejection> {
    let mut node = None;
    for name in claim_names(pod) {
        let claim = state.objects.get(CLAIMS, object::namespace(pod), &name);
        let Some(claim) = claim else {
            let prefix = format!("{}-", object::name(pod));
            let is_ephemeral = object::items(pod, "/spec/volumes").any(|volume| {
                let own = volume
                    .get("ephemeral")
                    .map(|_| object::text(volume, "/name"));
                own.is_some_and(|own| name.strip_prefix(&prefix) == Some(own))
            });
            let reason = if is_ephemeral {
                format!(
                    "waiting for ephemeral volume controller to create the persistentvolumeclaim \
                     \"{name}\""
                )
            } else {
                format!("persistentvolumeclaim \"{name}\" not found")
            };
            return Err(Rejection::Pod(reason));
        };
        if object::is_terminating(&claim) {
            let reason = format!("persistentvolumeclaim \"{name}\" is being deleted");
            return Err(Rejection::Pod(reason));
        }
        if is_bound(&claim) {
            continue;
        }
        if object::text(&claim, "/status/phase") == "Lost" {
            let reason = format!(
                "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{}\"",
                object::text(&claim, "/spec/volumeName")
            );
            return Err(Rejection::Pod(reason));
        }
        if !waits_for_consumer(state, &claim) {
            let reason = "pod has unbound immediate PersistentVolumeClaims".to_owned();
            return Err(Rejection::Pod(reason));
        }
        let selected = claim["metadata"]["annotations"][SELECTED_NODE].as_str();
        node = node.or(selected.map(str::to_owned));
    }
    Ok(Volumes { node })
}

/// Selects the node for the claims that wait for it; whether all claims of the pod are bound.
pub(super) fn select_node(cluster: &Cluster, state: &mut State, pod: &Value, node: &str) -> bool {
    let mut is_complete = true;
    for name in claim_names(pod) {
        let claim = state.objects.get(CLAIMS, object::namespace(pod), &name);
        let Some(claim) = claim.filter(|claim| !is_bound(claim)) else {
            continue;
        };
        is_complete = false;
        let mut selected = claim.as_ref().clone();
        selected["metadata"]["annotations"][SELECTED_NODE] = json!(node);
        state.update(cluster, CLAIMS, selected, "");
    }
    is_complete
}

fn is_bound(claim: &Value) -> bool {
    object::text(claim, "/status/phase") == "Bound"
}

/// Whether the volume of a claim is created for its first pod.
fn waits_for_consumer(state: &State, claim: &Value) -> bool {
    let class = object::text(claim, "/spec/storageClassName");
    let class = state
        .objects
        .get("storageclasses.storage.k8s.io", "", class);
    class.is_some_and(|class| class["volumeBindingMode"] == "WaitForFirstConsumer")
}
