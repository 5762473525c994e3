//! Jobs: creates pods until the number of completions is reached.
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

const ID: &str = "jobs.batch";
const COMPONENT: &str = "job-controller";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "job",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "Job", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let job = state.objects.get_key(key)?;
    let is_done = object::items(&job, "/status/conditions")
        .filter(|condition| condition["status"] == "True")
        .any(|condition| condition["type"] == "Complete" || condition["type"] == "Failed");
    if object::is_terminating(&job) || is_done || job["spec"]["suspend"] == true {
        return None;
    }
    reconcile(cluster, state, &job)
}

fn reconcile(cluster: &Cluster, state: &mut State, job: &Value) -> Option<Duration> {
    let completions = object::number(job, "/spec/completions").unwrap_or(1).max(0) as usize;
    let parallelism = object::number(job, "/spec/parallelism").unwrap_or(1).max(0) as usize;
    let in_phase =
        |phase: &'static str| move |pod: &Arc<Value>| object::text(pod, "/status/phase") == phase;
    let (done, rest): (Vec<_>, Vec<_>) = state
        .pods_of(job)
        .into_iter()
        .partition(in_phase("Succeeded"));
    let (failed, active): (Vec<_>, Vec<_>) = rest.into_iter().partition(in_phase("Failed"));
    let backoff_limit = object::number(job, "/spec/backoffLimit")
        .unwrap_or(6)
        .max(0) as usize;
    let is_failed = failed.len() > backoff_limit;
    let mut missing = completions
        .saturating_sub(done.len())
        .min(parallelism)
        .saturating_sub(active.len());
    if is_failed {
        missing = 0;
    }
    let mut created = 0;
    while created < missing && create_pod(cluster, state, job) {
        created += 1;
    }
    let ready = active.iter().filter(|pod| is_ready(pod)).count();
    let started = job["status"]["startTime"]
        .as_str()
        .map_or_else(|| state.now(), str::to_owned);
    let mut status = json!({
        "startTime": started, "ready": ready, "terminating": 0, "uncountedTerminatedPods": {},
    });
    if active.len() + created > 0 {
        status["active"] = json!(active.len() + created);
    }
    if !done.is_empty() {
        status["succeeded"] = json!(done.len());
    }
    if !failed.is_empty() {
        status["failed"] = json!(failed.len());
    }
    let conditions = Conditions::new(job, state);
    if is_failed {
        let message = "Job has reached the specified backoff limit";
        let types = ["FailureTarget", "Failed"];
        status["conditions"] =
            finished_conditions(&conditions, types, "BackoffLimitExceeded", message);
        let event = EventRecord::warning(COMPONENT, "BackoffLimitExceeded", message.into());
        record_event(cluster, state, job, &event);
    } else if done.len() >= completions {
        let message = "Reached expected number of succeeded pods";
        let types = ["SuccessCriteriaMet", "Complete"];
        status["conditions"] =
            finished_conditions(&conditions, types, "CompletionsReached", message);
        status["completionTime"] = json!(state.now());
        let event = EventRecord::normal(COMPONENT, "Completed", "Job completed".into());
        record_event(cluster, state, job, &event);
    }
    state.set_status(cluster, ID, job, status);
    (created < missing).then_some(retry::DELAY)
}

/// Creates one pod; `false` if that failed and is to be retried.
fn create_pod(cluster: &Cluster, state: &mut State, job: &Value) -> bool {
    if retry::is_delayed(state, job) {
        return false;
    }
    let created = state.create(cluster, "pods", pod_from(&job["spec"]["template"], job));
    let event = match &created {
        Ok(pod) => {
            let message = format!("Created pod: {}", object::name(pod));
            EventRecord::normal(COMPONENT, "SuccessfulCreate", message)
        }
        Err(status) => {
            let message = format!("Error creating: {status}");
            EventRecord::warning(COMPONENT, "FailedCreate", message)
        }
    };
    record_event(cluster, state, job, &event);
    retry::record(state, job, created.is_ok());
    created.is_ok()
}

/// The conditions of a finished Job.
fn finished_conditions(
    conditions: &Conditions<'_>,
    types: [&str; 2],
    reason: &str,
    message: &str,
) -> Value {
    let conditions = types.map(|condition_type| {
        let mut condition = conditions.condition(condition_type, true, reason, message);
        condition["lastProbeTime"] = condition["lastTransitionTime"].clone();
        condition
    });
    json!(conditions)
}
