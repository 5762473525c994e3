//! The states a container passes through: waiting, running, done, or without its image.
//!
//! Pure, but for the faults that are asked. Start at [`statuses`].

use serde_json::{Value, json};

use crate::object;
use crate::world::now;

/// How far a pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Creating,
    Running,
    Done,
    /// Ended, and not well.
    Failed,
    /// The pull failed just now.
    Refused,
    /// The pull failed, and is tried again later.
    BackOff,
}

/// What a failed pull says.
pub(super) fn refusal(image: &str) -> String {
    format!(
        "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": not \
         found (the sandbox was told to fail it)"
    )
}

/// The statuses of a list of containers.
pub(super) fn statuses(pod: &Value, list: &str, stage_of: impl Fn(&str) -> Stage) -> Vec<Value> {
    let ending = if list == "containers" {
        "containerStatuses"
    } else {
        "initContainerStatuses"
    };
    object::items(pod, &format!("/spec/{list}"))
        .map(|container| {
            let image = object::text(container, "/image");
            let name = object::text(container, "/name");
            let before = object::items(pod, &format!("/status/{ending}"))
                .find(|status| status["name"] == name)
                .cloned()
                .unwrap_or_default();
            let stage = stage_of(image);
            let is_up = stage == Stage::Running;
            let mut status = json!({
                "name": name, "image": image, "imageID": "", "restartCount": 0, "ready": is_up,
                "started": is_up, "lastState": {}, "state": state(&before, image, stage),
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

fn state(before: &Value, image: &str, stage: Stage) -> Value {
    let since = before
        .pointer("/state/running/startedAt")
        .or_else(|| before.pointer("/state/terminated/startedAt"))
        .and_then(Value::as_str)
        .map_or_else(now, str::to_owned);
    match stage {
        Stage::Creating => json!({"waiting": {"reason": "ContainerCreating"}}),
        Stage::Running => json!({"running": {"startedAt": since}}),
        Stage::Done | Stage::Failed => {
            let is_well = stage == Stage::Done;
            let ended = before
                .pointer("/state/terminated/finishedAt")
                .and_then(Value::as_str)
                .map_or_else(now, str::to_owned);
            json!({"terminated": {
                "exitCode": i32::from(!is_well),
                "reason": if is_well { "Completed" } else { "Error" }, "startedAt": since, "finishedAt": ended,
            }})
        }
        Stage::Refused => {
            json!({"waiting": {"reason": "ErrImagePull", "message": refusal(image)}})
        }
        Stage::BackOff => json!({"waiting": {
            "reason": "ImagePullBackOff",
            "message": format!("Back-off pulling image \"{image}\": ErrImagePull: {}", refusal(image)),
        }}),
    }
}
