//! A pod's own state: which container holds it up, and what it says.

use super::{Readiness, condition, warning};
use crate::{Object, Occurrence};
use serde_json::Value;

/// Reasons of a waiting container that it does not leave by itself soon.
const STALLED: &[&str] = &[
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

/// How a pod stands.
pub(super) fn pod(pod: &Object, events: &[Occurrence]) -> Readiness {
    match pod.text("/status/phase") {
        "Succeeded" => return Readiness::ready("completed"),
        "Failed" => {
            let said = [pod.text("/status/message"), pod.text("/status/reason")];
            let reason = said
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or("it failed");
            return Readiness::Failed {
                note: "failed".into(),
                reason: reason.to_owned(),
            };
        }
        _ => {}
    }
    if matches!(condition(pod, "Ready"), Some(("True", _))) {
        return Readiness::ready(pod.text("/status/podIP"));
    }
    if let Some(held) = container(pod) {
        return held;
    }
    if let Some(("False", message)) = condition(pod, "PodScheduled") {
        return Readiness::waiting("not scheduled", message);
    }
    let warning = warning(events, "Pod", pod.name());
    Readiness::waiting(
        "starting",
        warning.unwrap_or_else(|| "its containers are starting".into()),
    )
}

/// The first container that waits or ended, with what it says.
fn container(pod: &Object) -> Option<Readiness> {
    let init = pod.list("/status/initContainerStatuses").iter();
    init.chain(pod.list("/status/containerStatuses"))
        .find_map(held)
}

fn held(status: &Value) -> Option<Readiness> {
    let text = |pointer: &str| {
        status
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let name = text("/name");
    let ended = text("/state/terminated/reason");
    if !ended.is_empty() && ended != "Completed" {
        let reason = format!(
            "container {name}: {ended} {}",
            text("/state/terminated/message")
        );
        return Some(Readiness::waiting("restarting", reason.trim_end()));
    }
    let waits = text("/state/waiting/reason");
    if waits.is_empty() || matches!(waits, "ContainerCreating" | "PodInitializing") {
        return None;
    }
    let message = text("/state/waiting/message");
    let reason = match message {
        "" => format!("container {name}: {waits}"),
        message => format!("container {name}: {waits}: {message}"),
    };
    Some(if STALLED.contains(&waits) {
        Readiness::Failed {
            note: waits.to_owned(),
            reason,
        }
    } else {
        Readiness::waiting(waits, reason)
    })
}
