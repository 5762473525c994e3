//! New pods of a DaemonSet, which the scheduler places on the node of their affinity.
//!
//! Start at [`pod`].

use serde_json::{Value, json};

use super::super::pod_from;
use crate::object;

/// The taints that the pods of a DaemonSet tolerate.
const TOLERATED: [(&str, &str); 6] = [
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
];

/// The terms of the required node affinity.
const TERMS: &str =
    "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";

/// A pod of any node, with the tolerations of a DaemonSet.
pub(super) fn pod(set: &Value) -> Value {
    let mut pod = pod_from(&set["spec"]["template"], set);
    let mut tolerations: Vec<Value> = object::items(&pod, "/spec/tolerations").cloned().collect();
    let is_host_network = pod["spec"]["hostNetwork"] == true;
    let network = is_host_network.then_some(("network-unavailable", "NoSchedule"));
    for (name, effect) in TOLERATED.into_iter().chain(network) {
        let key = format!("node.kubernetes.io/{name}");
        tolerations.push(json!({"key": key, "operator": "Exists", "effect": effect}));
    }
    pod["spec"]["tolerations"] = json!(tolerations);
    pod
}

/// The pod with an affinity to one node.
pub(super) fn on_node(mut pod: Value, node: &str) -> Value {
    let is_node = json!([{"key": "metadata.name", "operator": "In", "values": [node]}]);
    let mut terms: Vec<Value> = object::items(&pod, TERMS).cloned().collect();
    if terms.is_empty() {
        terms.push(json!({}));
    }
    for term in &mut terms {
        term["matchFields"] = is_node.clone();
    }
    pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] =
        json!({"nodeSelectorTerms": terms});
    pod
}

/// The node of a pod of a DaemonSet, which it may still wait for.
pub(super) fn node(pod: &Value) -> &str {
    let scheduled = object::text(pod, "/spec/nodeName");
    if !scheduled.is_empty() {
        return scheduled;
    }
    let mut terms = object::items(pod, TERMS);
    let first = terms.next().unwrap_or(&Value::Null);
    object::text(first, "/matchFields/0/values/0")
}
