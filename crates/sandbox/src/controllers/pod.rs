//! Pods on their nodes: started, ready, completed if they run once, and terminated when deleted.
//!
//! No container runs: the controller writes the status that each stage has after its delay. Init
//! containers run one after the other, then the other containers. Start at [`CONTROLLER`].

mod back_off;
mod progress;
mod pull;
mod running;
mod status;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::container_status::Stage;
use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::fault::{Requested, concerns_faults};
use crate::object;
use crate::object_map::{Change, Index, ObjectKey};
use crate::write::delete;
use progress::Progress;
use status::write_status;

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "pod",
    kinds: &["pods"],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if concerns_faults(change) {
        return keys::all(state, "pods");
    }
    if &*change.kind == "nodes" {
        return on_node(state, change);
    }
    keys::own("pods", change)
}

/// The pods of a node whose taints changed.
fn on_node(state: &State, change: &Change) -> Vec<ObjectKey> {
    let mut taints = change.versions().map(|node| &node["spec"]["taints"]);
    if let (Some(after), Some(before)) = (taints.next(), taints.next())
        && after == before
    {
        return Vec::new();
    }
    let pods = state
        .objects
        .indexed(Index::Node, object::name(&change.object));
    pods.map(|(key, _)| key.clone()).collect()
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let pod = state.objects.get_key(key)?;
    let phase = object::text(&pod, "/status/phase");
    let is_lost = Requested::read(&state.objects).has_lost(object::text(&pod, "/spec/nodeName"));
    if object::is_terminating(&pod) {
        // A pod on a lost node ends when its kubelet answers again, or by force.
        if is_lost && object::number(&pod, "/metadata/deletionGracePeriodSeconds") != Some(0) {
            return None;
        }
        return terminate(cluster, state, &pod);
    }
    let is_scheduled = !object::text(&pod, "/spec/nodeName").is_empty();
    if !is_scheduled || matches!(phase, "Succeeded" | "Failed") {
        return None;
    }
    let evicted = running::evict(state, &pod);
    let next = if phase == "Running" {
        run(cluster, state, &pod)
    } else if is_lost {
        None
    } else {
        start(cluster, state, &pod)
    };
    evicted.into_iter().chain(next).min()
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

/// Starts the containers whose turn it is, if their delays have passed.
fn start(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let before = Progress::read(pod);
    let mut progress = before.clone();
    let mut due = None;
    for (container, stage) in progress.init_containers(pod) {
        if matches!(stage, Stage::Done | Stage::Running) {
            continue;
        }
        let is_sidecar = container["restartPolicy"] == "Always";
        due = start_container(cluster, state, pod, container, stage);
        if *stage != Stage::Running {
            break;
        }
        if !is_sidecar {
            *stage = Stage::Done;
        }
    }
    if progress.is_initialized() {
        for (container, stage) in progress.main_containers(pod) {
            if *stage != Stage::Running {
                let next = start_container(cluster, state, pod, container, stage);
                due = due.into_iter().chain(next).min();
            }
        }
    }
    if progress != before || pod.pointer("/status/containerStatuses").is_none() {
        write_status(cluster, state, pod, &progress);
    }
    due
}

/// Brings one container to its next stage; returns when it is to be tried again.
fn start_container(
    cluster: &Cluster,
    state: &mut State,
    pod: &Value,
    container: &Value,
    stage: &mut Stage,
) -> Option<Duration> {
    let timing = cluster.config.timing;
    let (name, image) = (
        object::text(container, "/name"),
        object::text(container, "/image"),
    );
    if state.is_new_timer(pod, &format!("start {name}")) {
        let message = format!("Pulling image \"{image}\"");
        let event = EventRecord::normal("kubelet", "Pulling", message);
        record_event(cluster, state, pod, &event);
    }
    let elapsed = state.elapsed_since(pod, &format!("start {name}"));
    if elapsed < timing.container_start {
        return timing.container_start.checked_sub(elapsed);
    }
    if state.faults.fails_image_pull(&state.objects, image) {
        *stage = pull::fail(cluster, state, pod, container, *stage);
        // A restored image is noticed at the next retry.
        return Some(timing.container_start.max(Duration::from_millis(50)));
    }
    pull::reset(state, pod, container);
    *stage = Stage::Running;
    for (reason, message) in [
        ("Pulled", format!("Successfully pulled image \"{image}\"")),
        ("Created", format!("Created container: {name}")),
        ("Started", format!("Started container {name}")),
    ] {
        let event = EventRecord::normal("kubelet", reason, message);
        record_event(cluster, state, pod, &event);
    }
    None
}

/// Completes a running pod that runs once, after its time.
fn run(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    if object::text(pod, "/spec/restartPolicy") == "Always" {
        return running::keep_running(cluster, state, pod);
    }
    let elapsed = state.elapsed_since(pod, "run");
    let duration = cluster.config.timing.job_duration;
    if elapsed < duration {
        return duration.checked_sub(elapsed);
    }
    complete(cluster, state, pod)
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
    let progress = Progress::read(pod);
    let Err(message) = outcome else {
        write_status(cluster, state, pod, &progress.ended(Stage::Done));
        return None;
    };
    write_status(cluster, state, pod, &progress.ended(Stage::Failed));
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
