//! ReplicaSets: creates and deletes pods until the number of replicas is reached.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use super::{Conditions, is_ready, pod_from, retry};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const ID: &str = "replicasets.apps";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "replicaset",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "ReplicaSet", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let set = state.objects.get_key(key)?;
    if object::is_terminating(&set) {
        return None;
    }
    let failure = reconcile(cluster, state, &set);
    failure.map(|_| retry::DELAY)
}

/// Creates and deletes pods; returns the condition of a failed creation.
fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) -> Option<Value> {
    let replicas = object::number(set, "/spec/replicas").unwrap_or(1).max(0) as usize;
    let mut pods = state.pods_of(set);
    pods.retain(|pod| !matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed"));
    let mut failure = None;
    for _ in pods.len()..replicas {
        failure = create_pod(cluster, state, set).err();
        if failure.is_some() {
            break;
        }
    }
    if pods.len() >= replicas {
        retry::record(state, set, true);
    }
    // Pods that are not ready are deleted first.
    pods.sort_by_key(|pod| !is_ready(pod));
    for pod in pods.iter().skip(replicas) {
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
    if let Some(failure) = &failure {
        status["conditions"] = json!([failure]);
    }
    state.set_status(cluster, ID, set, status);
    failure
}

/// Creates one pod; the error is a condition.
fn create_pod(cluster: &Cluster, state: &mut State, set: &Value) -> Result<(), Value> {
    if retry::is_delayed(state, set) {
        let existing = object::items(set, "/status/conditions").next();
        return Err(existing.cloned().unwrap_or_default());
    }
    let created = state.create(cluster, "pods", pod_from(&set["spec"]["template"], set));
    let event = match &created {
        Ok(pod) => EventRecord::normal(
            "replicaset-controller",
            "SuccessfulCreate",
            format!("Created pod: {}", object::name(pod)),
        ),
        Err(status) => EventRecord::warning(
            "replicaset-controller",
            "FailedCreate",
            format!("Error creating: {status}"),
        ),
    };
    record_event(cluster, state, set, &event);
    retry::record(state, set, created.is_ok());
    let Err(status) = created else {
        return Ok(());
    };
    let message = status.to_string();
    Err(Conditions::new(set, state).condition("ReplicaFailure", true, "FailedCreate", &message))
}
