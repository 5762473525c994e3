//! Jobs: pods that succeed, as many as are asked for.
//!
//! Start at [`step`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{condition, is_ready, pod_from};
use crate::object;
use crate::world::{State, World, now};

const ID: &str = "jobs.batch";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for job in state.store.list(ID, None) {
        let is_done = object::items(&job, "/status/conditions")
            .filter(|condition| condition["status"] == "True")
            .any(|condition| condition["type"] == "Complete" || condition["type"] == "Failed");
        if !object::is_going(&job) && !is_done && job["spec"]["suspend"] != true {
            reconcile(world, state, &job);
        }
    }
    None
}

fn reconcile(world: &World, state: &mut State, job: &Value) {
    let wanted = object::number(job, "/spec/completions").unwrap_or(1).max(0) as usize;
    let at_once = object::number(job, "/spec/parallelism").unwrap_or(1).max(0) as usize;
    let in_phase =
        |phase: &'static str| move |pod: &Arc<Value>| object::text(pod, "/status/phase") == phase;
    let (done, rest): (Vec<_>, Vec<_>) = state
        .pods_of(job)
        .into_iter()
        .partition(in_phase("Succeeded"));
    let (failed, active): (Vec<_>, Vec<_>) = rest.into_iter().partition(in_phase("Failed"));
    let most = object::number(job, "/spec/backoffLimit")
        .unwrap_or(6)
        .max(0) as usize;
    let is_failed = failed.len() > most;
    let mut missing = wanted
        .saturating_sub(done.len())
        .min(at_once)
        .saturating_sub(active.len());
    if is_failed {
        missing = 0;
    }
    for _ in 0..missing {
        // Refused only where the namespace is going.
        let _ = state.make(world, "pods", pod_from(&job["spec"]["template"], job));
    }
    let ready = active.iter().filter(|pod| is_ready(pod)).count();
    let started = job["status"]["startTime"]
        .as_str()
        .map_or_else(now, str::to_owned);
    let mut status = json!({
        "startTime": started, "ready": ready, "terminating": 0, "uncountedTerminatedPods": {},
    });
    if active.len() + missing > 0 {
        status["active"] = json!(active.len() + missing);
    }
    if !done.is_empty() {
        status["succeeded"] = json!(done.len());
    }
    if !failed.is_empty() {
        status["failed"] = json!(failed.len());
    }
    if is_failed {
        let said = "Job has reached the specified backoff limit";
        let sorts = ["FailureTarget", "Failed"];
        status["conditions"] = ended(job, sorts, "BackoffLimitExceeded", said);
    } else if done.len() >= wanted {
        let said = "Reached expected number of succeeded pods";
        let sorts = ["SuccessCriteriaMet", "Complete"];
        status["conditions"] = ended(job, sorts, "CompletionsReached", said);
        status["completionTime"] = json!(now());
    }
    state.set_status(world, ID, job, status);
}

/// The conditions of a Job that is over.
fn ended(job: &Value, sorts: [&str; 2], reason: &str, said: &str) -> Value {
    let conditions = sorts.map(|sort| {
        let mut reached = condition(job, sort, true, reason, said);
        reached["lastProbeTime"] = reached["lastTransitionTime"].clone();
        reached
    });
    json!(conditions)
}
