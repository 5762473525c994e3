//! The readiness of a pod, with the container that blocks it.

use super::{Readiness, condition, warning};
use crate::{KubernetesEvent, Object};
use serde_json::Value;

/// The reasons of a waiting container that does not recover on its own.
const FAILURE_REASONS: &[&str] = &[
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

/// The readiness of a pod.
pub(super) fn pod(pod: &Object, events: &[KubernetesEvent]) -> Readiness {
    match pod.text("/status/phase") {
        "Succeeded" => return Readiness::ready("completed"),
        "Failed" => {
            let messages = [pod.text("/status/message"), pod.text("/status/reason")];
            let message = messages.into_iter().find(|text| !text.is_empty());
            let reason = message.map(str::to_owned).or_else(|| failed_container(pod));
            return Readiness::Failed {
                note: "failed".into(),
                reason: reason.unwrap_or_else(|| "it failed".into()),
            };
        }
        _ => {}
    }
    if matches!(condition(pod, "Ready"), Some(("True", _))) {
        return Readiness::ready(pod.text("/status/podIP"));
    }
    if let Some(blocked) = blocked_container(pod) {
        return blocked;
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

/// The first container that ended with an error, with its exit code.
fn failed_container(pod: &Object) -> Option<String> {
    let init = pod.list("/status/initContainerStatuses").iter();
    let mut all = init.chain(pod.list("/status/containerStatuses"));
    all.find_map(|status| {
        let ended = status.pointer("/state/terminated")?;
        let code = ended.get("exitCode")?.as_i64().filter(|code| *code != 0)?;
        let name = status.get("name")?.as_str()?;
        let message = ended.get("message").and_then(Value::as_str).unwrap_or("");
        let text = format!("container {name} ended with exit code {code}: {message}");
        Some(text.trim_end_matches(": ").to_owned())
    })
}

/// The readiness that the first waiting or terminated container gives the pod.
fn blocked_container(pod: &Object) -> Option<Readiness> {
    let init = pod.list("/status/initContainerStatuses").iter();
    init.chain(pod.list("/status/containerStatuses"))
        .find_map(container_status)
}

fn container_status(status: &Value) -> Option<Readiness> {
    let text = |pointer: &str| {
        status
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let name = text("/name");
    let terminated = text("/state/terminated/reason");
    if !terminated.is_empty() && terminated != "Completed" {
        let reason = format!(
            "container {name}: {terminated} {}",
            text("/state/terminated/message")
        );
        return Some(Readiness::waiting("restarting", reason.trim_end()));
    }
    let waiting = text("/state/waiting/reason");
    if waiting.is_empty() || matches!(waiting, "ContainerCreating" | "PodInitializing") {
        return None;
    }
    let message = text("/state/waiting/message");
    let reason = match message {
        "" => format!("container {name}: {waiting}"),
        message => format!("container {name}: {waiting}: {message}"),
    };
    Some(if FAILURE_REASONS.contains(&waiting) {
        Readiness::Failed {
            note: waiting.to_owned(),
            reason,
        }
    } else {
        Readiness::waiting(waiting, reason)
    })
}
