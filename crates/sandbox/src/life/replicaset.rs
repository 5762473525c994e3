//! ReplicaSets: as many pods as they ask for.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::events::{Said, tell};
use super::{is_ready, pod_from};
use crate::object;
use crate::world::{State, World};

const ID: &str = "replicasets.apps";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for set in state.store.list(ID, None) {
        if !object::is_going(&set) {
            reconcile(world, state, &set);
        }
    }
    None
}

fn reconcile(world: &World, state: &mut State, set: &Value) {
    let wanted = object::number(set, "/spec/replicas").unwrap_or(1).max(0) as usize;
    let mut pods = state.pods_of(set);
    pods.retain(|pod| !matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed"));
    for _ in pods.len()..wanted {
        // Refused only where the namespace is going.
        let Ok(pod) = state.make(world, "pods", pod_from(&set["spec"]["template"], set)) else {
            break;
        };
        let message = format!("Created pod: {}", object::name(&pod));
        let (reason, by) = ("SuccessfulCreate", "replicaset-controller");
        tell(
            world,
            state,
            set,
            &Said {
                sort: "Normal",
                reason,
                message,
                by,
            },
        );
    }
    // Those that are not ready go first.
    pods.sort_by_key(|pod| !is_ready(pod));
    for pod in pods.iter().skip(wanted) {
        state.delete("pods", pod);
    }
    let pods = state.pods_of(set);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "replicas": pods.len(), "observedGeneration": set["metadata"]["generation"],
    });
    if !pods.is_empty() {
        status["fullyLabeledReplicas"] = json!(pods.len());
    }
    if ready > 0 {
        status["readyReplicas"] = json!(ready);
        status["availableReplicas"] = json!(ready);
    }
    state.set_status(world, ID, set, status);
}
