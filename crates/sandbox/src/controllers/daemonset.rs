//! DaemonSets: one pod per node.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::{self, BuiltInController};
use super::{is_ready, pod_from};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use crate::selector;

const ID: &str = "daemonsets.apps";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "daemonset",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    // Each node may get a pod of every set.
    if &*change.kind == "nodes" {
        return keys::all(state, ID);
    }
    keys::own_or_controller(ID, "DaemonSet", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let set = state.objects.get_key(key)?;
    if !object::is_terminating(&set) {
        reconcile(cluster, state, &set);
    }
    None
}

fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) {
    let node_selector = json!({"matchLabels": set["spec"]["template"]["spec"]["nodeSelector"]});
    let mut nodes = state.objects.list("nodes", None);
    nodes.retain(|node| selector::selector_matches(&node_selector, &node["metadata"]["labels"]));
    let pods = state.pods_of(set);
    for node in &nodes {
        let name = object::name(node);
        if !pods
            .iter()
            .any(|pod| object::text(pod, "/spec/nodeName") == name)
        {
            let mut pod = pod_from(&set["spec"]["template"], set);
            pod["spec"]["nodeName"] = json!(name);
            // This fails only while the namespace terminates.
            let _ = state.create(cluster, "pods", pod);
        }
    }
    let pods = state.pods_of(set);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let status = json!({
        "desiredNumberScheduled": nodes.len(), "currentNumberScheduled": pods.len(),
        "updatedNumberScheduled": pods.len(), "numberMisscheduled": 0, "numberReady": ready,
        "numberAvailable": ready, "numberUnavailable": nodes.len().saturating_sub(ready),
        "observedGeneration": set["metadata"]["generation"],
    });
    state.set_status(cluster, ID, set, status);
}
