//! Jobs: pods that succeed, as many as are asked for.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::{condition, is_ready, pod_from};
use crate::object;
use crate::world::{State, World, now};

const ID: &str = "jobs.batch";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for job in state.store.list(ID, None) {
        let is_done = object::items(&job, "/status/conditions")
            .any(|condition| condition["type"] == "Complete" && condition["status"] == "True");
        if !object::is_going(&job) && !is_done && job["spec"]["suspend"] != true {
            reconcile(world, state, &job);
        }
    }
    None
}

fn reconcile(world: &World, state: &mut State, job: &Value) {
    let wanted = object::number(job, "/spec/completions").unwrap_or(1).max(0) as usize;
    let at_once = object::number(job, "/spec/parallelism").unwrap_or(1).max(0) as usize;
    let (done, active): (Vec<_>, Vec<_>) = state
        .pods_of(job)
        .into_iter()
        .partition(|pod| object::text(pod, "/status/phase") == "Succeeded");
    let missing = wanted
        .saturating_sub(done.len())
        .min(at_once)
        .saturating_sub(active.len());
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
    if done.len() >= wanted {
        let mut conditions = Vec::new();
        for sort in ["SuccessCriteriaMet", "Complete"] {
            let mut reached = condition(
                job,
                sort,
                true,
                "CompletionsReached",
                "Reached expected number of succeeded pods",
            );
            reached["lastProbeTime"] = reached["lastTransitionTime"].clone();
            conditions.push(reached);
        }
        status["conditions"] = json!(conditions);
        status["completionTime"] = json!(now());
    }
    state.set_status(world, ID, job, status);
}
