//! What makes pods: Deployments, StatefulSets, DaemonSets, ReplicaSets and Jobs.

use super::{Around, Readiness, condition, pod::pod, warning};
use crate::Object;
use serde_json::Value;

/// Replicas ready of those wanted; the observed generation must be the newest.
struct Count {
    ready: i64,
    wanted: i64,
    settled: bool,
}

pub(super) fn deployment(object: &Object, around: Around<'_>) -> Readiness {
    if let Some(("False", message)) = condition(object, "Progressing") {
        let reason = why(object, around).map_or(message.to_owned(), |(_, reason)| reason);
        return Readiness::Failed {
            note: note(&count_of_deployment(object)),
            reason,
        };
    }
    judge(object, around, &count_of_deployment(object))
}

fn count_of_deployment(object: &Object) -> Count {
    let wanted = object.number("/spec/replicas").unwrap_or(1);
    let updated = object.number("/status/updatedReplicas").unwrap_or(0);
    let available = object.number("/status/availableReplicas").unwrap_or(0);
    let all = object.number("/status/replicas").unwrap_or(0);
    Count {
        ready: available.min(updated),
        wanted,
        settled: observed(object) && all <= updated.max(wanted),
    }
}

pub(super) fn stateful_set(object: &Object, around: Around<'_>) -> Readiness {
    let updated = object.number("/status/updatedReplicas").unwrap_or(0);
    let ready = object.number("/status/readyReplicas").unwrap_or(0);
    let wanted = object.number("/spec/replicas").unwrap_or(1);
    judge(
        object,
        around,
        &Count {
            ready: ready.min(updated),
            wanted,
            settled: observed(object),
        },
    )
}

pub(super) fn daemon_set(object: &Object, around: Around<'_>) -> Readiness {
    let wanted = object.number("/status/desiredNumberScheduled").unwrap_or(0);
    let updated = object.number("/status/updatedNumberScheduled").unwrap_or(0);
    let ready = object.number("/status/numberAvailable").unwrap_or(0);
    judge(
        object,
        around,
        &Count {
            ready: ready.min(updated),
            wanted,
            settled: observed(object),
        },
    )
}

pub(super) fn replica_set(object: &Object, around: Around<'_>) -> Readiness {
    let ready = object.number("/status/availableReplicas").unwrap_or(0);
    let wanted = object.number("/spec/replicas").unwrap_or(1);
    judge(
        object,
        around,
        &Count {
            ready,
            wanted,
            settled: observed(object),
        },
    )
}

pub(super) fn job(object: &Object, around: Around<'_>) -> Readiness {
    if matches!(condition(object, "Complete"), Some(("True", _))) {
        return Readiness::ready("completed");
    }
    if let Some(("True", message)) = condition(object, "Failed") {
        return Readiness::Failed {
            note: "failed".into(),
            reason: message.to_owned(),
        };
    }
    match why(object, around) {
        Some((true, reason)) => Readiness::Failed {
            note: "running".into(),
            reason,
        },
        Some((false, reason)) => Readiness::waiting("running", reason),
        None => Readiness::waiting("running", "its pod has not completed"),
    }
}

fn observed(object: &Object) -> bool {
    object.number("/status/observedGeneration") >= object.number("/metadata/generation")
}

fn note(count: &Count) -> String {
    format!(
        "{} of {} ready",
        count.ready.min(count.wanted),
        count.wanted
    )
}

fn judge(object: &Object, around: Around<'_>, count: &Count) -> Readiness {
    if count.settled && count.ready >= count.wanted {
        return Readiness::ready(note(count));
    }
    match why(object, around) {
        Some((true, reason)) => Readiness::Failed {
            note: note(count),
            reason,
        },
        Some((false, reason)) => Readiness::waiting(note(count), reason),
        None => Readiness::waiting(note(count), "its pods are not ready yet"),
    }
}

/// What holds up the pods of a workload, and whether it is stalled; the worst comes first.
fn why(object: &Object, around: Around<'_>) -> Option<(bool, String)> {
    let mine = around.pods.iter().filter(|pod| selects(object, pod));
    let mut waiting = None;
    let mut seen = false;
    for one in mine {
        seen = true;
        match pod(one, around.events) {
            Readiness::Failed { reason, .. } => return Some((true, reason)),
            Readiness::Waiting { reason, .. } => waiting = Some((false, reason)),
            Readiness::Ready { .. } => {}
        }
    }
    if seen {
        return waiting;
    }
    if let Some(("True", message)) = condition(object, "ReplicaFailure") {
        return Some((true, message.to_owned()));
    }
    let refused = around.events.iter().find(|event| {
        event.warning && event.reason == "FailedCreate" && event.name.starts_with(object.name())
    });
    let refused = refused.map(|event| (true, format!("{}: {}", event.reason, event.message)));
    refused.or_else(|| Some((false, warning(around.events, object.kind(), object.name())?)))
}

/// Whether the workload's selector matches the pod's labels.
fn selects(object: &Object, pod: &Object) -> bool {
    let wanted = object
        .value()
        .pointer("/spec/selector/matchLabels")
        .and_then(Value::as_object);
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return false;
    };
    wanted
        .iter()
        .all(|(key, value)| pod.label(key) == value.as_str())
}
