//! Container statuses: waiting, running, terminated, or without an image.
//!
//! Start at [`container_statuses`].

use serde_json::{Value, json};

use crate::object;

/// The stage of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Creating,
    Running,
    /// Terminated with success.
    Done,
    /// Terminated with an error.
    Failed,
    /// The pull just failed.
    PullFailed,
    /// The pull failed and is retried later.
    BackOff,
    /// It exited with this code and starts again later.
    Crashed(i64),
}

impl Stage {
    /// Whether the container runs, or ran and starts again.
    pub(super) fn has_started(self) -> bool {
        matches!(self, Self::Running | Self::Crashed(_))
    }
}

/// The error message of a failed pull.
pub(super) fn pull_error(image: &str) -> String {
    format!(
        "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": not \
         found (a fault of the sandbox)"
    )
}

/// The member of a status with the statuses of a list of containers.
pub(super) fn status_list(list: &str) -> &'static str {
    if list == "containers" {
        "containerStatuses"
    } else {
        "initContainerStatuses"
    }
}

/// The statuses of a list of containers at a time, by their stages.
pub(super) fn container_statuses(
    pod: &Value,
    list: &str,
    now: &str,
    stages: &[Stage],
    fails_probe: impl Fn(&str) -> bool,
) -> Vec<Value> {
    let status_list = status_list(list);
    let has_init = object::items(pod, "/spec/initContainers").next().is_some();
    let waiting = if has_init {
        "PodInitializing"
    } else {
        "ContainerCreating"
    };
    object::items(pod, &format!("/spec/{list}"))
        .zip(stages.iter().copied())
        .map(|(container, stage)| {
            let image = object::text(container, "/image");
            let name = object::text(container, "/name");
            let previous = object::items(pod, &format!("/status/{status_list}"))
                .find(|status| status["name"] == name)
                .cloned()
                .unwrap_or_default();
            let is_running = stage == Stage::Running;
            let mut status = json!({
                "name": name, "image": image, "imageID": "", "ready": is_running && !fails_probe(image),
                "started": is_running, "restartCount": restarts(&previous, stage),
                "lastState": last_state(&previous, stage, now),
                "state": state(&previous, image, stage, now, waiting),
            });
            if stage.has_started() || matches!(stage, Stage::Done | Stage::Failed) {
                status["imageID"] = json!(format!("{image}@sha256:{:064x}", 0));
                status["containerID"] = json!(format!("sandbox://{}-{name}", object::uid(pod)));
            }
            if list == "initContainers" && stage == Stage::Done {
                status["ready"] = json!(true);
            }
            status
        })
        .collect()
}

/// How often a container was started again.
fn restarts(previous: &Value, stage: Stage) -> i64 {
    let before = object::number(previous, "/restartCount").unwrap_or(0);
    let is_restart = stage == Stage::Running
        && object::text(previous, "/state/waiting/reason") == "CrashLoopBackOff";
    before + i64::from(is_restart)
}

/// How the instance of a container before the current one ended.
fn last_state(previous: &Value, stage: Stage, now: &str) -> Value {
    let running = previous.pointer("/state/running/startedAt");
    match (stage, running) {
        (Stage::Crashed(code), Some(started)) => json!({"terminated": {
            "exitCode": code, "reason": "Error", "startedAt": started, "finishedAt": now,
            "containerID": previous["containerID"],
        }}),
        _ if previous["lastState"].is_object() => previous["lastState"].clone(),
        _ => json!({}),
    }
}

fn state(previous: &Value, image: &str, stage: Stage, now: &str, waiting: &str) -> Value {
    let started = previous
        .pointer("/state/running/startedAt")
        .or_else(|| previous.pointer("/state/terminated/startedAt"))
        .and_then(Value::as_str)
        .unwrap_or(now);
    match stage {
        // Its caller adds the message, which names the pod.
        Stage::Crashed(_) => json!({"waiting": {"reason": "CrashLoopBackOff"}}),
        Stage::Creating => json!({"waiting": {"reason": waiting}}),
        Stage::Running => json!({"running": {"startedAt": started}}),
        Stage::Done | Stage::Failed => {
            let is_success = stage == Stage::Done;
            let finished = previous
                .pointer("/state/terminated/finishedAt")
                .and_then(Value::as_str)
                .unwrap_or(now);
            json!({"terminated": {
                "exitCode": i32::from(!is_success),
                "reason": if is_success { "Completed" } else { "Error" }, "startedAt": started, "finishedAt": finished,
            }})
        }
        Stage::PullFailed => {
            json!({"waiting": {"reason": "ErrImagePull", "message": pull_error(image)}})
        }
        Stage::BackOff => json!({"waiting": {
            "reason": "ImagePullBackOff",
            "message": format!("Back-off pulling image \"{image}\": ErrImagePull: {}", pull_error(image)),
        }}),
    }
}
