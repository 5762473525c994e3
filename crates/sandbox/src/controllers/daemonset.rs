//! DaemonSets: a pod on every node.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::{is_ready, pod_from};
use crate::object;
use crate::select;
use crate::world::{State, World};

const ID: &str = "daemonsets.apps";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for set in state.store.list(ID, None) {
        if !object::is_going(&set) {
            reconcile(world, state, &set);
        }
    }
    None
}

fn reconcile(world: &World, state: &mut State, set: &Value) {
    let chosen = json!({"matchLabels": set["spec"]["template"]["spec"]["nodeSelector"]});
    let mut nodes = state.store.list("nodes", None);
    nodes.retain(|node| select::matches(&chosen, &node["metadata"]["labels"]));
    let pods = state.pods_of(set);
    for node in &nodes {
        let name = object::name(node);
        if !pods
            .iter()
            .any(|pod| object::text(pod, "/spec/nodeName") == name)
        {
            let mut pod = pod_from(&set["spec"]["template"], set);
            pod["spec"]["nodeName"] = json!(name);
            // Refused only where the namespace is going.
            let _ = state.make(world, "pods", pod);
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
    state.set_status(world, ID, set, status);
}
