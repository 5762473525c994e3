//! The readiness of workloads: Deployments, StatefulSets, DaemonSets, ReplicaSets and Jobs.

use super::{Readiness, ReadinessContext, condition, pod::pod, warning};
use crate::Object;
use serde_json::Value;

/// The ready and desired replicas of a workload.
struct Replicas {
    ready: i64,
    desired: i64,
    /// Whether the controller has observed the newest generation and no old replicas are left.
    current: bool,
}

pub(super) fn deployment(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    if let Some(("False", message)) = condition(object, "Progressing") {
        let reason =
            blocked_reason(object, context).map_or(message.to_owned(), |(_, reason)| reason);
        return Readiness::Failed {
            note: note(&deployment_replicas(object)),
            reason,
        };
    }
    evaluate(object, context, &deployment_replicas(object))
}

fn deployment_replicas(object: &Object) -> Replicas {
    let desired = object.number("/spec/replicas").unwrap_or(1);
    let updated = object.number("/status/updatedReplicas").unwrap_or(0);
    let available = object.number("/status/availableReplicas").unwrap_or(0);
    let total = object.number("/status/replicas").unwrap_or(0);
    Replicas {
        ready: available.min(updated),
        desired,
        current: observed(object) && total <= updated.max(desired),
    }
}

pub(super) fn stateful_set(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    let updated = object.number("/status/updatedReplicas").unwrap_or(0);
    let ready = object.number("/status/readyReplicas").unwrap_or(0);
    let desired = object.number("/spec/replicas").unwrap_or(1);
    evaluate(
        object,
        context,
        &Replicas {
            ready: ready.min(updated),
            desired,
            current: observed(object),
        },
    )
}

pub(super) fn daemon_set(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    let desired = object.number("/status/desiredNumberScheduled").unwrap_or(0);
    let updated = object.number("/status/updatedNumberScheduled").unwrap_or(0);
    let ready = object.number("/status/numberAvailable").unwrap_or(0);
    evaluate(
        object,
        context,
        &Replicas {
            ready: ready.min(updated),
            desired,
            current: observed(object),
        },
    )
}

pub(super) fn replica_set(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    let ready = object.number("/status/availableReplicas").unwrap_or(0);
    let desired = object.number("/spec/replicas").unwrap_or(1);
    evaluate(
        object,
        context,
        &Replicas {
            ready,
            desired,
            current: observed(object),
        },
    )
}

pub(super) fn job(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    if matches!(condition(object, "Complete"), Some(("True", _))) {
        return Readiness::ready("completed");
    }
    if let Some(("True", message)) = condition(object, "Failed") {
        return Readiness::Failed {
            note: "failed".into(),
            reason: message.to_owned(),
        };
    }
    match blocked_reason(object, context) {
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

fn note(replicas: &Replicas) -> String {
    format!(
        "{} of {} ready",
        replicas.ready.min(replicas.desired),
        replicas.desired
    )
}

fn evaluate(object: &Object, context: ReadinessContext<'_>, replicas: &Replicas) -> Readiness {
    if replicas.current && replicas.ready >= replicas.desired {
        return Readiness::ready(note(replicas));
    }
    match blocked_reason(object, context) {
        Some((true, reason)) => Readiness::Failed {
            note: note(replicas),
            reason,
        },
        Some((false, reason)) => Readiness::waiting(note(replicas), reason),
        None => Readiness::waiting(note(replicas), "its pods are not ready yet"),
    }
}

/// The reason that blocks the pods of a workload, and whether it is a failure; failures come first.
fn blocked_reason(object: &Object, context: ReadinessContext<'_>) -> Option<(bool, String)> {
    let selected = context.pods.iter().filter(|pod| selects(object, pod));
    let mut waiting = None;
    let mut has_pods = false;
    for selected_pod in selected {
        has_pods = true;
        match pod(selected_pod, context.events) {
            Readiness::Failed { reason, .. } => return Some((true, reason)),
            Readiness::Waiting { reason, .. } => waiting = Some((false, reason)),
            Readiness::Ready { .. } => {}
        }
    }
    if has_pods {
        return waiting;
    }
    if let Some(("True", message)) = condition(object, "ReplicaFailure") {
        return Some((true, message.to_owned()));
    }
    let refused = context.events.iter().find(|event| {
        event.warning && event.reason == "FailedCreate" && event.name.starts_with(object.name())
    });
    let refused = refused.map(|event| (true, format!("{}: {}", event.reason, event.message)));
    refused.or_else(|| {
        Some((
            false,
            warning(context.events, object.kind(), object.name())?,
        ))
    })
}

/// Whether the workload's selector matches the pod's labels.
fn selects(object: &Object, pod: &Object) -> bool {
    let selector = object
        .value()
        .pointer("/spec/selector/matchLabels")
        .and_then(Value::as_object);
    let Some(selector) = selector.filter(|labels| !labels.is_empty()) else {
        return false;
    };
    selector
        .iter()
        .all(|(key, value)| pod.label(key) == value.as_str())
}
