//! Running pods that run until they are deleted: what requested faults do to them.
//!
//! Start at [`keep_running`] and [`evict`].

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::super::container_status::Stage;
use super::super::events::{EventRecord, record_event};
use super::super::is_ready;
use super::back_off::back_off;
use super::progress::Progress;
use super::status::write_status;
use crate::cluster::{Cluster, State};
use crate::fault::Requested;
use crate::object;

/// Lets containers crash and start again, and reports what changed.
pub(super) fn keep_running(cluster: &Cluster, state: &mut State, pod: &Value) -> Option<Duration> {
    let requested = Requested::read(&state.objects);
    let before = Progress::read(pod);
    let is_steady = before.main.iter().all(|stage| *stage == Stage::Running);
    if !requested.is_active() && is_steady && is_ready(pod) {
        return None;
    }
    if requested.has_lost(object::text(pod, "/spec/nodeName")) {
        // The kubelet acts on nothing; the node controller reports the pod as not ready.
        write_status(cluster, state, pod, &before);
        return None;
    }
    let mut progress = before.clone();
    let mut due = None;
    for (container, stage) in progress.main_containers(pod) {
        let image = object::text(container, "/image");
        let next = step(
            cluster,
            state,
            pod,
            container,
            stage,
            requested.exit_code(image),
        );
        due = due.into_iter().chain(next).min();
        report_probe(cluster, state, pod, container, requested.fails_probe(image));
    }
    write_status(cluster, state, pod, &progress);
    due
}

/// Brings a container to its next stage; returns when it is due again.
fn step(
    cluster: &Cluster,
    state: &mut State,
    pod: &Value,
    container: &Value,
    stage: &mut Stage,
    exit_code: Option<i64>,
) -> Option<Duration> {
    let name = object::text(container, "/name");
    let (running, waiting) = (format!("crash {name}"), format!("back-off {name}"));
    match (*stage, exit_code) {
        (Stage::Running, Some(code)) => {
            let elapsed = state.elapsed_since(pod, &running);
            let run_time = cluster.config.timing.container_start;
            if elapsed < run_time {
                return run_time.checked_sub(elapsed);
            }
            state.reset_timer(pod, &running);
            state.reset_timer(pod, &waiting);
            *stage = Stage::Crashed(code);
            let message = format!(
                "Back-off restarting failed container {name} in pod {}_{}({})",
                object::name(pod),
                object::namespace(pod),
                object::uid(pod)
            );
            let event = EventRecord::warning("kubelet", "BackOff", message);
            record_event(cluster, state, pod, &event);
            Some(back_off(cluster, pod, name))
        }
        (Stage::Crashed(_), _) => {
            let elapsed = state.elapsed_since(pod, &waiting);
            let delay = back_off(cluster, pod, name);
            // A fault that is no longer requested ends at once.
            if exit_code.is_some() && elapsed < delay {
                return delay.checked_sub(elapsed);
            }
            *stage = Stage::Running;
            let event =
                EventRecord::normal("kubelet", "Started", format!("Started container {name}"));
            record_event(cluster, state, pod, &event);
            exit_code.map(|_| cluster.config.timing.container_start)
        }
        _ => None,
    }
}

/// Reports a readiness probe that starts to fail.
fn report_probe(cluster: &Cluster, state: &mut State, pod: &Value, container: &Value, fails: bool) {
    let timer = format!("probe {}", object::text(container, "/name"));
    if !fails {
        state.reset_timer(pod, &timer);
    } else if state.is_first(pod, &timer) {
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
        let event = EventRecord::warning("kubelet", "Unhealthy", message.to_owned());
        record_event(cluster, state, pod, &event);
    }
}

/// Deletes a pod whose node has a taint with the effect `NoExecute` that the pod does not tolerate,
/// or no longer; returns when that is due.
pub(super) fn evict(state: &mut State, pod: &Value) -> Option<Duration> {
    let node = state
        .objects
        .get("nodes", "", object::text(pod, "/spec/nodeName"))?;
    let now = state.time();
    let mut next = None;
    for taint in object::items(&node, "/spec/taints") {
        if taint["effect"] != "NoExecute" {
            continue;
        }
        match tolerated_for(pod, taint, now) {
            None => {}
            Some(Duration::ZERO) => {
                state.delete("pods", pod);
                return None;
            }
            Some(remaining) => next = next.into_iter().chain([remaining]).min(),
        }
    }
    next
}

/// How long a pod still tolerates a taint; `None` without an end.
fn tolerated_for(pod: &Value, taint: &Value, now: Timestamp) -> Option<Duration> {
    let mut tolerations = object::items(pod, "/spec/tolerations");
    let found = tolerations.find(|toleration| {
        let all_keys = toleration["key"].is_null() && toleration["operator"] == "Exists";
        let same_key = all_keys || toleration["key"] == taint["key"];
        let same_effect = toleration["effect"].is_null() || toleration["effect"] == "NoExecute";
        let same_value = toleration["operator"] == "Exists"
            || object::text(toleration, "/value") == object::text(taint, "/value");
        same_key && same_effect && same_value
    });
    let Some(toleration) = found else {
        return Some(Duration::ZERO);
    };
    let seconds = object::number(toleration, "/tolerationSeconds")?;
    let since: Timestamp = object::text(taint, "/timeAdded").parse().unwrap_or(now);
    let tolerated = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let elapsed = Duration::try_from(now.duration_since(since)).unwrap_or_default();
    Some(tolerated.saturating_sub(elapsed))
}
