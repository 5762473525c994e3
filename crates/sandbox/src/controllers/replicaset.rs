//! ReplicaSets: as many pods as they ask for.
//!
//! Start at [`step`].

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::events::{Said, tell};
use super::{condition, is_ready, pod_from};
use crate::object;
use crate::world::{State, World};

const ID: &str = "replicasets.apps";

/// The mark of a set whose pod was refused.
const REFUSED: &str = "refused";

/// How long a refused pod waits for the next try.
const AGAIN: Duration = Duration::from_millis(500);

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    let mut soonest = None;
    for set in state.store.list(ID, None) {
        if !object::is_going(&set) && reconcile(world, state, &set).is_some() {
            soonest = Some(AGAIN);
        }
    }
    soonest
}

/// Makes and removes pods; what was refused is said, and tried again later.
fn reconcile(world: &World, state: &mut State, set: &Value) -> Option<Value> {
    let wanted = object::number(set, "/spec/replicas").unwrap_or(1).max(0) as usize;
    let mut pods = state.pods_of(set);
    pods.retain(|pod| !matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed"));
    let mut refused = None;
    for _ in pods.len()..wanted {
        refused = grow(world, state, set).err();
        if refused.is_some() {
            break;
        }
    }
    if pods.len() >= wanted {
        state.no_longer(set, REFUSED);
    }
    // Those that are not ready go first.
    pods.sort_by_key(|pod| !is_ready(pod));
    for pod in pods.iter().skip(wanted) {
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
    if let Some(refused) = &refused {
        status["conditions"] = json!([refused]);
    }
    state.set_status(world, ID, set, status);
    refused
}

/// Makes one pod, or says by a condition why there is none.
fn grow(world: &World, state: &mut State, set: &Value) -> Result<(), Value> {
    let mark = format!("{}/{REFUSED}", object::uid(set));
    let tried = state.marks.get(&mark).map(Instant::elapsed);
    if tried.is_some_and(|waited| waited < AGAIN) {
        let known = object::items(set, "/status/conditions").next();
        return Err(known.cloned().unwrap_or_default());
    }
    let made = state.make(world, "pods", pod_from(&set["spec"]["template"], set));
    let said = match &made {
        Ok(pod) => Said {
            sort: "Normal",
            reason: "SuccessfulCreate",
            message: format!("Created pod: {}", object::name(pod)),
            by: "replicaset-controller",
        },
        Err(refusal) => Said {
            sort: "Warning",
            reason: "FailedCreate",
            message: format!("Error creating: {refusal}"),
            by: "replicaset-controller",
        },
    };
    tell(world, state, set, &said);
    let Err(refusal) = made else {
        state.no_longer(set, REFUSED);
        return Ok(());
    };
    state.marks.insert(mark, Instant::now());
    let why = refusal.to_string();
    Err(condition(set, "ReplicaFailure", true, "FailedCreate", &why))
}
