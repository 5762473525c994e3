//! ReplicaSets: creates and deletes pods until the number of replicas is reached.
//!
//! Start at [`CONTROLLER`].

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::availability::{Availability, is_finished};
use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use super::{Conditions, is_ready, pod_from, retry};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const ID: &str = "replicasets.apps";
const COMPONENT: &str = "replicaset-controller";

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
    reconcile(cluster, state, &set)
}

/// The number of pods that are created or deleted while the cluster is locked; the change of each
/// pod reconciles the set again.
const BURST: usize = 50;

fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) -> Option<Duration> {
    if object::is_terminating(set) {
        return None;
    }
    let failure = scale(cluster, state, set);
    let availability = Availability::new(set, state.time());
    let mut pods = state.pods_of(set);
    pods.retain(|pod| !is_finished(pod));
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let available = pods.iter().filter(|pod| availability.is_available(pod));
    let mut status = json!({
        "replicas": pods.len(), "observedGeneration": set["metadata"]["generation"],
    });
    for (name, number) in [
        ("fullyLabeledReplicas", pods.len()),
        ("readyReplicas", ready),
        ("availableReplicas", available.count()),
    ] {
        if number > 0 {
            status[name] = json!(number);
        }
    }
    let retry = failure.as_ref().map(|_| retry::DELAY);
    if let Some(failure) = failure {
        status["conditions"] = json!([failure]);
    }
    state.set_status(cluster, ID, set, status);
    let next = availability.next(pods.iter().map(AsRef::as_ref));
    retry.into_iter().chain(next).min()
}

/// Creates and deletes pods; returns the condition of a failed creation.
fn scale(cluster: &Cluster, state: &mut State, set: &Value) -> Option<Value> {
    let replicas = object::number(set, "/spec/replicas").unwrap_or(1).max(0);
    let replicas = usize::try_from(replicas).unwrap_or(usize::MAX);
    let mut pods = state.pods_of(set);
    pods.retain(|pod| !is_finished(pod));
    let mut failure = None;
    for _ in (pods.len()..replicas).take(BURST) {
        failure = create_pod(cluster, state, set).err();
        if failure.is_some() {
            break;
        }
    }
    if pods.len() >= replicas {
        retry::record(state, set, true);
    }
    pods.sort_by_cached_key(|pod| keep_rank(pod));
    for pod in pods.iter().skip(replicas).take(BURST) {
        state.delete("pods", pod);
        let message = format!("Deleted pod: {}", object::name(pod));
        let event = EventRecord::normal(COMPONENT, "SuccessfulDelete", message);
        record_event(cluster, state, set, &event);
    }
    failure
}

/// The rank of a pod by which it is kept: scheduled, running, ready and costly pods first, then the
/// older ones.
fn keep_rank(pod: &Value) -> (bool, bool, bool, Reverse<i64>, String) {
    let cost = object::text(
        pod,
        "/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost",
    );
    (
        object::text(pod, "/spec/nodeName").is_empty(),
        object::text(pod, "/status/phase") != "Running",
        !is_ready(pod),
        Reverse(cost.parse().unwrap_or(0)),
        object::text(pod, "/metadata/creationTimestamp").to_owned(),
    )
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
            COMPONENT,
            "SuccessfulCreate",
            format!("Created pod: {}", object::name(pod)),
        ),
        Err(status) => EventRecord::warning(
            COMPONENT,
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
