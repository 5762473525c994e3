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
                "name": name, "image": image, "imageID": "", "restartCount": 0, "ready": is_running,
                "started": is_running, "lastState": {}, "state": state(&previous, image, stage, now, waiting),
            });
            if matches!(stage, Stage::Running | Stage::Done | Stage::Failed) {
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

fn state(previous: &Value, image: &str, stage: Stage, now: &str, waiting: &str) -> Value {
    let started = previous
        .pointer("/state/running/startedAt")
        .or_else(|| previous.pointer("/state/terminated/startedAt"))
        .and_then(Value::as_str)
        .unwrap_or(now);
    match stage {
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
