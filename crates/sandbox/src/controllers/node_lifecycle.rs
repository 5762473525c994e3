//! The taints of nodes that are cordoned, not ready or under pressure.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::ObjectKey;

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "node-lifecycle",
    kinds: &["nodes"],
    keys: |_, change| keys::own("nodes", change),
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

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let node = state.objects.get_key(key)?;
    let existing: Vec<Value> = object::items(&node, "/spec/taints").cloned().collect();
    let taints = with_conditions(&node, &existing, &state.now());
    if taints != existing {
        let mut tainted = node.as_ref().clone();
        tainted["spec"]["taints"] = json!(taints);
        state.update(cluster, "nodes", tainted, "");
    }
    None
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
