//! Pods: scheduled, started, ready, completed if they run once, and terminated when deleted.
//!
//! No container runs: the controller writes the status that each stage has after its delay. Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Conditions;
use super::container_status::{Stage, container_statuses, pull_error};
use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::ObjectKey;
use crate::write::delete;

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "pod",
    kinds: &["pods"],
    keys: |_, change| keys::own("pods", change),
    reconcile,
};

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let pod = state.objects.get_key(key)?;
    let phase = object::text(&pod, "/status/phase");
    if object::is_terminating(&pod) {
        return terminate(cluster, state, &pod);
    }
    let is_scheduled = !object::text(&pod, "/spec/nodeName").is_empty();
    if !is_scheduled || matches!(phase, "Succeeded" | "Failed") {
        return None;
    }
    if pod.pointer("/status/containerStatuses").is_none() {
        return accept(cluster, state, &pod);
    }
    advance(cluster, state, &pod)
}

fn terminate(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let elapsed = state.elapsed_since(pod, "termination");
    let grace_period = cluster.config.timing.pod_termination;
    if elapsed < grace_period
        && object::number(pod, "/metadata/deletionGracePeriodSeconds") != Some(0)
    {
        return grace_period.checked_sub(elapsed);
    }
    if object::items(pod, "/metadata/finalizers").next().is_some() {
        return None;
    }
    if let Some(kind) = state.kinds.by_id("pods").cloned() {
        delete::remove(state, &kind, pod);
    }
    None
}

/// Accepts a pod that was assigned to the node.
fn accept(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    write_status(cluster, state, pod, |_| Stage::Creating);
    for container in object::items(pod, "/spec/containers") {
        let message = format!("Pulling image \"{}\"", object::text(container, "/image"));
        let event = EventRecord::normal("kubelet", "Pulling", message);
        record_event(cluster, state, pod, &event);
    }
    None
}

/// Starts or completes a scheduled pod, if its delay has passed.
fn advance(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let timing = cluster.config.timing;
    let elapsed = state.elapsed_since(pod, "start");
    if elapsed < timing.container_start {
        return timing.container_start.checked_sub(elapsed);
    }
    let images = || {
        object::items(pod, "/spec/initContainers")
            .chain(object::items(pod, "/spec/containers"))
            .map(|container| object::text(container, "/image"))
    };
    let is_running = object::text(pod, "/status/phase") == "Running";
    let failing: Vec<String> = images()
        .filter(|image| state.faults.fails_image_pull(&state.objects, image))
        .map(str::to_owned)
        .collect();
    if !failing.is_empty() && !is_running {
        return Some(fail_pull(cluster, state, pod, &failing));
    }
    state.reset_timer(pod, "pull-failed");
    let runs_once = object::text(pod, "/spec/restartPolicy") != "Always";
    if is_running {
        let elapsed = state.elapsed_since(pod, "run");
        if runs_once && elapsed >= timing.job_duration {
            return complete(cluster, state, pod);
        }
        return runs_once.then(|| timing.job_duration.saturating_sub(elapsed));
    }
    write_status(cluster, state, pod, |_| Stage::Running);
    for container in object::items(pod, "/spec/containers") {
        let image = object::text(container, "/image");
        let name = object::text(container, "/name");
        for (reason, message) in [
            ("Pulled", format!("Successfully pulled image \"{image}\"")),
            ("Created", format!("Created container: {name}")),
            ("Started", format!("Started container {name}")),
        ] {
            record_event(
                cluster,
                state,
                pod,
                &EventRecord::normal("kubelet", reason, message),
            );
        }
    }
    runs_once.then_some(timing.job_duration)
}

/// Completes a pod that runs once, when its programs have ended.
fn complete(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let Some(outcome) = state.programs.outcome(pod) else {
        return Some(
            cluster
                .config
                .timing
                .sync_delay
                .max(Duration::from_millis(10)),
        );
    };
    let Err(message) = outcome else {
        write_status(cluster, state, pod, |_| Stage::Done);
        return None;
    };
    write_status(cluster, state, pod, |_| Stage::Failed);
    let (namespace, name) = (object::namespace(pod), object::name(pod));
    let failed = state.objects.get("pods", namespace, name)?;
    let mut status = failed["status"].clone();
    for container in status["containerStatuses"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        container["state"]["terminated"]["message"] = json!(message);
    }
    state.set_status(cluster, "pods", &failed, status);
    None
}

/// Reports failed image pulls: `ErrImagePull` first, then `ImagePullBackOff`.
fn fail_pull(cluster: &Cluster, state: &mut State, pod: &Value, failing: &[String]) -> Duration {
    let timing = cluster.config.timing;
    let is_new = !state
        .timers
        .contains_key(&format!("{}/pull-failed", object::uid(pod)));
    let elapsed = state.elapsed_since(pod, "pull-failed");
    let stage = if elapsed < timing.container_start {
        Stage::PullFailed
    } else {
        Stage::BackOff
    };
    let previous = pod.pointer("/status/containerStatuses").cloned();
    write_status(cluster, state, pod, |image| {
        if failing.iter().any(|failing| failing == image) {
            stage
        } else {
            Stage::Running
        }
    });
    let current = state
        .objects
        .get("pods", object::namespace(pod), object::name(pod))
        .and_then(|pod| pod.pointer("/status/containerStatuses").cloned());
    for image in failing.iter().filter(|_| is_new) {
        for message in [
            format!("Failed to pull image \"{image}\": {}", pull_error(image)),
            "Error: ErrImagePull".to_owned(),
        ] {
            let event = EventRecord::warning("kubelet", "Failed", message);
            record_event(cluster, state, pod, &event);
        }
    }
    if stage == Stage::BackOff && previous != current {
        for image in failing {
            let message = format!("Back-off pulling image \"{image}\"");
            let event = EventRecord::normal("kubelet", "BackOff", message);
            record_event(cluster, state, pod, &event);
            let message = "Error: ImagePullBackOff".to_owned();
            let event = EventRecord::warning("kubelet", "Failed", message);
            record_event(cluster, state, pod, &event);
        }
    }
    // A restored image is noticed at the next retry.
    timing.container_start.max(Duration::from_millis(50))
}

/// The phase of a pod, from the stages of its containers.
fn phase(pod: &Value, stage: impl Fn(&str) -> Stage) -> &'static str {
    let all = |expected: Stage| {
        object::items(pod, "/spec/containers")
            .all(|container| stage(object::text(container, "/image")) == expected)
    };
    if all(Stage::Done) {
        "Succeeded"
    } else if all(Stage::Failed) {
        "Failed"
    } else if all(Stage::Running) {
        "Running"
    } else {
        "Pending"
    }
}

/// The reason and the message of the condition `Ready` in a phase; both are empty for a ready pod.
fn unready_reason(phase: &str, containers: &[Value]) -> (&'static str, String) {
    match phase {
        "Succeeded" => ("PodCompleted", String::new()),
        "Failed" => ("PodFailed", String::new()),
        "Running" => ("", String::new()),
        _ => {
            let names: Vec<&str> = containers
                .iter()
                .filter(|status| status["ready"] != true)
                .filter_map(|status| status["name"].as_str())
                .collect();
            let message = format!("containers with unready status: [{}]", names.join(" "));
            ("ContainersNotReady", message)
        }
    }
}

fn write_status(cluster: &Cluster, state: &mut State, pod: &Value, stage: impl Fn(&str) -> Stage) {
    let (now, conditions) = (state.now(), Conditions::new(pod, state));
    let containers = container_statuses(pod, "containers", &now, &stage);
    let phase = phase(pod, &stage);
    let is_ready = phase == "Running";
    let (reason, message) = unready_reason(phase, &containers);
    let is_started = phase != "Pending";
    let mut status = json!({
        "phase": phase, "qosClass": super::qos_class::qos_class(pod), "hostIP": "192.168.100.1",
        "observedGeneration": pod["metadata"]["generation"],
        "startTime": pod["status"]["startTime"].as_str().unwrap_or(&now),
        "conditions": [
            conditions.condition("PodReadyToStartContainers", is_started, "", ""),
            conditions.condition("Initialized", true, "", ""),
            conditions.condition("Ready", is_ready, reason, &message),
            conditions.condition("ContainersReady", is_ready, reason, &message),
            conditions.condition("PodScheduled", true, "", ""),
        ],
        "containerStatuses": containers,
    });
    if object::items(pod, "/spec/initContainers").next().is_some() {
        let done = |image: &str| {
            if is_started {
                Stage::Done
            } else {
                stage(image)
            }
        };
        status["initContainerStatuses"] =
            json!(container_statuses(pod, "initContainers", &now, done));
    }
    let node = state
        .objects
        .get("nodes", "", object::text(pod, "/spec/nodeName"));
    if let Some(node) = &node {
        let host = node["status"]["addresses"][0]["address"].clone();
        status["hostIPs"] = json!([{"ip": host}]);
        status["hostIP"] = host;
    }
    let existing = object::text(pod, "/status/podIP").to_owned();
    let address = if !existing.is_empty() || !is_started {
        existing
    } else if pod["spec"]["hostNetwork"] == true {
        object::text(&status, "/hostIP").to_owned()
    } else {
        node.and_then(|node| super::pod_address::allocate(state, &node))
            .unwrap_or_default()
    };
    if !address.is_empty() {
        status["podIPs"] = json!([{"ip": address}]);
        status["podIP"] = json!(address);
    }
    if let Some(pod) = state
        .objects
        .get("pods", object::namespace(pod), object::name(pod))
    {
        state.set_status(cluster, "pods", &pod, status);
    }
}
