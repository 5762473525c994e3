//! The status of a pod, as the kubelet reports it.
//!
//! Start at [`write_status`].

use serde_json::{Value, json};

use super::super::Conditions;
use super::super::container_status::container_statuses;
use super::super::pod_address;
use super::super::qos_class::qos_class;
use super::back_off;
use super::progress::Progress;
use crate::cluster::{Cluster, State};
use crate::fault::Requested;
use crate::object;

/// The reason and the message of the condition `Ready` in a phase; both are empty for a ready pod.
fn unready_reason(phase: &str, containers: &[Value]) -> (&'static str, String) {
    match phase {
        "Succeeded" => ("PodCompleted", String::new()),
        "Failed" => ("PodFailed", String::new()),
        "Running" if unready(containers).is_empty() => ("", String::new()),
        _ => {
            let message = format!("containers with unready status: [{}]", unready(containers));
            ("ContainersNotReady", message)
        }
    }
}

/// The names of the containers that are not ready.
fn unready(statuses: &[Value]) -> String {
    let names: Vec<&str> = statuses
        .iter()
        .filter(|status| status["ready"] != true)
        .filter_map(|status| status["name"].as_str())
        .collect();
    names.join(" ")
}

/// Writes the status of a pod with these stages of its containers.
pub(super) fn write_status(cluster: &Cluster, state: &mut State, pod: &Value, progress: &Progress) {
    let (now, conditions) = (state.now(), Conditions::new(pod, state));
    let requested = Requested::read(&state.objects);
    let fails_probe = |image: &str| requested.fails_probe(image);
    let mut containers = container_statuses(pod, "containers", &now, &progress.main, fails_probe);
    add_back_off(cluster, pod, &mut containers);
    let init_containers =
        container_statuses(pod, "initContainers", &now, &progress.init, |_| false);
    let phase = progress.phase();
    let are_ready = phase == "Running" && unready(&containers).is_empty();
    let is_ready = are_ready && !requested.has_lost(object::text(pod, "/spec/nodeName"));
    let is_attempted = progress.is_attempted();
    let (reason, message) = unready_reason(phase, &containers);
    let initialized = if progress.is_initialized() {
        conditions.condition("Initialized", true, "", "")
    } else {
        let incomplete = unready(&init_containers);
        let message = format!("containers with incomplete status: [{incomplete}]");
        conditions.condition("Initialized", false, "ContainersNotInitialized", &message)
    };
    let mut status = json!({
        "phase": phase, "qosClass": qos_class(pod), "hostIP": "192.168.100.1",
        "observedGeneration": pod["metadata"]["generation"],
        "startTime": pod["status"]["startTime"].as_str().unwrap_or(&now),
        "conditions": [
            conditions.condition("PodReadyToStartContainers", is_attempted, "", ""),
            initialized,
            conditions.condition("Ready", is_ready, reason, &message),
            conditions.condition("ContainersReady", are_ready, reason, &message),
            conditions.condition("PodScheduled", true, "", ""),
        ],
        "containerStatuses": containers,
    });
    if !init_containers.is_empty() {
        status["initContainerStatuses"] = json!(init_containers);
    }
    add_addresses(state, pod, &mut status, is_attempted);
    if let Some(pod) = state
        .objects
        .get("pods", object::namespace(pod), object::name(pod))
    {
        state.set_status(cluster, "pods", &pod, status);
    }
}

/// Adds the messages of the containers that wait for their next start.
fn add_back_off(cluster: &Cluster, pod: &Value, containers: &mut [Value]) {
    for status in containers {
        if object::text(status, "/state/waiting/reason") == "CrashLoopBackOff" {
            let message = back_off::message(cluster, pod, object::text(status, "/name"));
            status["state"]["waiting"]["message"] = json!(message);
        }
    }
}

/// Adds the address of the node, and that of the pod once it has one.
fn add_addresses(state: &mut State, pod: &Value, status: &mut Value, is_attempted: bool) {
    let node = state
        .objects
        .get("nodes", "", object::text(pod, "/spec/nodeName"));
    if let Some(node) = &node {
        let host = node["status"]["addresses"][0]["address"].clone();
        status["hostIPs"] = json!([{"ip": host}]);
        status["hostIP"] = host;
    }
    let existing = object::text(pod, "/status/podIP").to_owned();
    let address = if !existing.is_empty() || !is_attempted {
        existing
    } else if pod["spec"]["hostNetwork"] == true {
        object::text(status, "/hostIP").to_owned()
    } else {
        node.and_then(|node| pod_address::allocate(state, &node))
            .unwrap_or_default()
    };
    if !address.is_empty() {
        status["podIPs"] = json!([{"ip": address}]);
        status["podIP"] = json!(address);
    }
}
