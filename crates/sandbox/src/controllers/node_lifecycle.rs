//! The taints of nodes that are cordoned, not ready or under pressure.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::fault::{Requested, concerns_faults};
use crate::object;
use crate::object_map::{Change, ObjectKey};

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "node-lifecycle",
    kinds: &["nodes"],
    keys: concerned,
    reconcile,
};

/// The conditions that taint a node: type, status and the name of the taint.
const TAINTS: [(&str, &str, &str); 6] = [
    ("Ready", "False", "not-ready"),
    ("Ready", "Unknown", "unreachable"),
    ("MemoryPressure", "True", "memory-pressure"),
    ("DiskPressure", "True", "disk-pressure"),
    ("PIDPressure", "True", "pid-pressure"),
    ("NetworkUnavailable", "True", "network-unavailable"),
];

const PREFIX: &str = "node.kubernetes.io/";

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if concerns_faults(change) {
        return keys::all(state, "nodes");
    }
    keys::own("nodes", change)
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let node = state.objects.get_key(key)?;
    let is_lost = Requested::read(&state.objects).has_lost(&key.name);
    if let Some(status) = kubelet_status(&node, is_lost, &state.now()) {
        state.set_status(cluster, "nodes", &node, status);
        return Some(Duration::ZERO);
    }
    let existing: Vec<Value> = object::items(&node, "/spec/taints").cloned().collect();
    let taints = with_conditions(&node, &existing, &state.now());
    if taints != existing {
        let mut tainted = node.as_ref().clone();
        if taints.is_empty() {
            tainted["spec"].as_object_mut()?.remove("taints");
        } else {
            tainted["spec"]["taints"] = json!(taints);
        }
        state.update(cluster, "nodes", tainted, "");
    }
    None
}

/// The reason of the conditions of a node whose kubelet does not answer.
const LOST: &str = "NodeStatusUnknown";

/// The status of a node whose kubelet stopped or started to answer; `None` if it did neither.
fn kubelet_status(node: &Value, is_lost: bool, now: &str) -> Option<Value> {
    let was_lost = object::items(node, "/status/conditions")
        .any(|condition| condition["type"] == "Ready" && condition["reason"] == LOST);
    if is_lost == was_lost {
        return None;
    }
    let mut status = node["status"].clone();
    let conditions = status["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        let (status, reason, message) = match object::text(condition, "/type") {
            _ if is_lost => ("Unknown", LOST, "Kubelet stopped posting node status."),
            "Ready" => ("True", "KubeletReady", "kubelet is posting ready status"),
            "MemoryPressure" => (
                "False",
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available",
            ),
            "DiskPressure" => (
                "False",
                "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure",
            ),
            "PIDPressure" => (
                "False",
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available",
            ),
            _ => continue,
        };
        for (member, text) in [
            ("status", status),
            ("reason", reason),
            ("message", message),
            ("lastTransitionTime", now),
        ] {
            condition[member] = json!(text);
        }
    }
    Some(status)
}

/// The taints of a node, with those of its conditions and without outdated ones.
fn with_conditions(node: &Value, existing: &[Value], now: &str) -> Vec<Value> {
    let mut desired: Vec<(String, &str)> = Vec::new();
    if node["spec"]["unschedulable"] == true {
        desired.push((format!("{PREFIX}unschedulable"), "NoSchedule"));
    }
    for (condition_type, status, name) in TAINTS {
        let applies = object::items(node, "/status/conditions")
            .any(|condition| condition["type"] == condition_type && condition["status"] == status);
        if applies {
            desired.push((format!("{PREFIX}{name}"), "NoSchedule"));
        }
        if applies && condition_type == "Ready" {
            desired.push((format!("{PREFIX}{name}"), "NoExecute"));
        }
    }
    let names = TAINTS.map(|(_, _, name)| name);
    let is_managed = |taint: &Value| {
        let name = object::text(taint, "/key").strip_prefix(PREFIX);
        name.is_some_and(|name| name == "unschedulable" || names.contains(&name))
    };
    let is_desired = |taint: &Value| {
        let same =
            |(key, effect): &(String, &str)| taint["key"] == *key && taint["effect"] == *effect;
        desired.iter().any(same)
    };
    let mut taints: Vec<Value> = existing
        .iter()
        .filter(|taint| !is_managed(taint) || is_desired(taint))
        .cloned()
        .collect();
    for (key, effect) in &desired {
        let is_new = !taints
            .iter()
            .any(|taint| taint["key"] == *key && taint["effect"] == *effect);
        if is_new {
            taints.push(json!({"key": key, "effect": effect, "timeAdded": now}));
        }
    }
    taints
}
