//! The scheduler: assigns pods to nodes that fit, or reports why no node does.
//!
//! A pod that fits nowhere is tried again when a node, a claim or the pods of a node change. Start at
//! [`CONTROLLER`].

mod filter;
mod node_affinity;
mod pod_affinity;
mod spread;
mod volumes;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Conditions;
use super::events::{EventRecord, record_event};
use super::keys::BuiltInController;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, EventType, Index, ObjectKey};
use filter::Filters;

const COMPONENT: &str = "default-scheduler";

/// Whether a pod tolerates the taints of a node with these effects, and its node selector and
/// affinity match the node.
pub(super) fn permits(pod: &Value, node: &Value, effects: &[&str]) -> bool {
    node_affinity::matches(pod, node) && filter::tolerates_taints(pod, node, effects)
}

/// The delay before a pod is tried again that waits for other pods.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "scheduler",
    kinds: &["pods"],
    keys: concerned,
    reconcile,
};

/// The key of all pods that are not scheduled.
fn all_waiting() -> ObjectKey {
    ObjectKey::new("pods", "", "")
}

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    match &*change.kind {
        "nodes" => vec![all_waiting()],
        "pods" => {
            let is_waiting = object::text(&change.object, "/spec/nodeName").is_empty();
            if is_waiting {
                return vec![ObjectKey::of("pods", &change.object)];
            }
            let frees_resources = change.event == EventType::Deleted
                || matches!(
                    object::text(&change.object, "/status/phase"),
                    "Succeeded" | "Failed"
                );
            frees_resources.then(all_waiting).into_iter().collect()
        }
        "persistentvolumeclaims" => {
            let claim = &change.object;
            let term = format!("{}/{}", object::namespace(claim), object::name(claim));
            let pods = state.objects.indexed(Index::Claim, &term);
            let waiting = pods.filter(|(_, pod)| object::text(pod, "/spec/nodeName").is_empty());
            waiting.map(|(key, _)| key.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    if *key == all_waiting() {
        let waiting = state.objects.indexed(Index::Node, "");
        let waiting: Vec<ObjectKey> = waiting.map(|(key, _)| key.clone()).collect();
        state.requeued.extend(waiting);
        return None;
    }
    let pod = state.objects.get_key(key)?;
    let is_waiting = object::text(&pod, "/spec/nodeName").is_empty()
        && !object::is_terminating(&pod)
        && pod["spec"]["schedulerName"] == COMPONENT;
    if !is_waiting {
        return None;
    }
    if object::items(&pod, "/spec/schedulingGates")
        .next()
        .is_some()
    {
        let message = "Scheduling is blocked due to non-empty scheduling gates";
        set_condition(cluster, state, &pod, "SchedulingGated", message);
        return None;
    }
    schedule(cluster, state, &pod)
}

/// Assigns a pod to the best node that fits.
fn schedule(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let mut usage = std::mem::take(&mut state.node_usage);
    usage.update(&state.objects);
    let nodes = state.objects.list("nodes", None);
    let found = if nodes.is_empty() {
        Err("no nodes available to schedule pods".to_owned())
    } else {
        volumes::check(state, pod)
            .and_then(|volumes| Filters::new(state, &usage, pod, volumes.node).best(&nodes))
            .map_err(|rejection| rejection.message(nodes.len()))
    };
    state.node_usage = usage;
    match found {
        Ok(node) => {
            if volumes::select_node(cluster, state, pod, object::name(&node)) {
                bind(cluster, state, pod, object::name(&node));
            }
            None
        }
        Err(message) => {
            let is_new = !object::items(pod, "/status/conditions")
                .any(|condition| condition["message"] == message.as_str());
            if is_new {
                let event = EventRecord::warning(COMPONENT, "FailedScheduling", message.clone());
                record_event(cluster, state, pod, &event);
            }
            set_condition(cluster, state, pod, "Unschedulable", &message);
            message.contains("affinity rules").then_some(RETRY_INTERVAL)
        }
    }
}

fn bind(cluster: &Cluster, state: &mut State, pod: &Value, node: &str) {
    let mut scheduled = pod.clone();
    scheduled["spec"]["nodeName"] = json!(node);
    state.update(cluster, "pods", scheduled.clone(), "");
    let (namespace, name) = (object::namespace(pod), object::name(pod));
    let message = format!("Successfully assigned {namespace}/{name} to {node}");
    // The scheduler records the event before the node knows the pod.
    record_event(
        cluster,
        state,
        pod,
        &EventRecord::normal(COMPONENT, "Scheduled", message),
    );
}

/// Reports that a pod is not scheduled.
fn set_condition(cluster: &Cluster, state: &mut State, pod: &Value, reason: &str, message: &str) {
    let condition = Conditions::new(pod, state).condition("PodScheduled", false, reason, message);
    let status = json!({
        "phase": "Pending", "qosClass": super::qos_class::qos_class(pod),
        "conditions": [condition],
    });
    state.set_status(cluster, "pods", pod, status);
}
