//! The readiness of objects, with reasons: one small function per kind.
//!
//! Pure: it reads an object and its context (pods, events). Kinds without a readiness of their own
//! (ConfigMaps, roles, HPAs, webhook configurations, custom resources) are ready when accepted. The
//! conditions are those of `kubectl rollout status` and Helm's `--wait`.

mod pod;
mod workload;

use crate::{Kind, KubernetesEvent, Object};
use serde_json::Value;
use std::sync::Arc;

/// The readiness of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It is ready.
    Ready {
        /// A short status, such as `1 of 1 ready` or an address; may be empty.
        note: String,
    },
    /// It is in progress.
    Waiting {
        /// A short status, such as `1 of 1 ready` or an address; may be empty.
        note: String,
        /// The reason for the wait: a container, an event.
        reason: String,
    },
    /// It does not recover on its own.
    Failed {
        /// A short status, such as `1 of 1 ready` or an address; may be empty.
        note: String,
        /// The reason of the failure: a container, an event.
        reason: String,
    },
}

impl Readiness {
    pub(crate) fn ready(note: impl Into<String>) -> Self {
        Self::Ready { note: note.into() }
    }

    pub(crate) fn waiting(note: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Waiting {
            note: note.into(),
            reason: reason.into(),
        }
    }

    /// Whether it is ready.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }

    /// The short status.
    pub fn note(&self) -> &str {
        match self {
            Self::Ready { note } | Self::Waiting { note, .. } | Self::Failed { note, .. } => note,
        }
    }

    /// The reason why it is not ready, or "".
    pub fn reason(&self) -> &str {
        match self {
            Self::Ready { .. } => "",
            Self::Waiting { reason, .. } | Self::Failed { reason, .. } => reason,
        }
    }
}

/// The objects that the readiness of an object depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadinessContext<'a> {
    /// The pods of its namespace.
    pub pods: &'a [Arc<Object>],
    /// The events of its namespace, newest first.
    pub events: &'a [KubernetesEvent],
}

/// The kinds that have a readiness of their own.
pub const KINDS_WITH_READINESS: &[Kind<'static>] = &[
    Kind::DEPLOYMENT,
    Kind::STATEFUL_SET,
    Kind::DAEMON_SET,
    Kind::REPLICA_SET,
    Kind::JOB,
    Kind::POD,
    Kind::SERVICE,
    Kind::PERSISTENT_VOLUME_CLAIM,
    Kind::NAMESPACE,
    Kind::CRD,
];

/// The readiness of `object`.
pub fn readiness(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    if !object.text("/metadata/deletionTimestamp").is_empty() {
        return Readiness::waiting("being deleted", "it is being deleted");
    }
    match (object.api_version(), object.kind()) {
        ("apps/v1", "Deployment") => workload::deployment(object, context),
        ("apps/v1", "StatefulSet") => workload::stateful_set(object, context),
        ("apps/v1", "DaemonSet") => workload::daemon_set(object, context),
        ("apps/v1", "ReplicaSet") => workload::replica_set(object, context),
        ("batch/v1", "Job") => workload::job(object, context),
        ("v1", "Pod") => pod::pod(object, context.events),
        ("v1", "Service") => service(object, context.events),
        ("v1", "PersistentVolumeClaim") => persistent_volume_claim(object, context.events),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => crd(object),
        _ => Readiness::ready(""),
    }
}

/// Whether `object`, a Job or a Pod, has completed, as a readiness: a Pod that runs is not enough.
pub fn completion(object: &Object, context: ReadinessContext<'_>) -> Readiness {
    let is_running = object.kind() == "Pod" && object.text("/status/phase") == "Running";
    match readiness(object, context) {
        Readiness::Ready { .. } if is_running => {
            Readiness::waiting("running", "it has not completed")
        }
        other => other,
    }
}

/// The status and message of a condition of the object.
pub(crate) fn condition<'a>(object: &'a Object, kind: &str) -> Option<(&'a str, &'a str)> {
    let text = |value: &'a Value, key| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let conditions = object.list("/status/conditions").iter();
    let mut found = conditions.filter(|condition| text(condition, "type") == kind);
    found
        .next()
        .map(|condition| (text(condition, "status"), text(condition, "message")))
}

/// The newest warning about an object, as a sentence.
pub(crate) fn warning(events: &[KubernetesEvent], kind: &str, name: &str) -> Option<String> {
    let matches =
        |event: &&KubernetesEvent| event.warning && event.kind == kind && event.name == name;
    events
        .iter()
        .find(matches)
        .map(|event| format!("{}: {}", event.reason, event.message))
}

fn service(service: &Object, events: &[KubernetesEvent]) -> Readiness {
    if service.text("/spec/type") != "LoadBalancer" {
        return Readiness::ready(service.text("/spec/clusterIP").replace("None", "headless"));
    }
    let entry = service.list("/status/loadBalancer/ingress").first();
    let text = |key| {
        entry
            .and_then(|entry| entry.get(key))
            .and_then(Value::as_str)
    };
    match text("ip").or_else(|| text("hostname")) {
        Some(address) => Readiness::ready(address),
        None => {
            let warning = warning(events, "Service", service.name());
            let reason =
                warning.unwrap_or_else(|| "no load balancer has given it an address".into());
            Readiness::waiting("no address", reason)
        }
    }
}

fn persistent_volume_claim(claim: &Object, events: &[KubernetesEvent]) -> Readiness {
    match claim.text("/status/phase") {
        "Bound" => Readiness::ready("bound"),
        "Lost" => Readiness::Failed {
            note: "lost".into(),
            reason: "its volume is gone".into(),
        },
        _ => {
            let warning = warning(events, "PersistentVolumeClaim", claim.name());
            Readiness::waiting(
                "pending",
                warning.unwrap_or_else(|| "no volume is bound to it".into()),
            )
        }
    }
}

fn crd(crd: &Object) -> Readiness {
    if let Some(("False", message)) = condition(crd, "NamesAccepted") {
        return Readiness::Failed {
            note: "names refused".into(),
            reason: message.to_owned(),
        };
    }
    match condition(crd, "Established") {
        Some(("True", _)) => Readiness::ready("established"),
        _ => Readiness::waiting(
            "not established",
            "the API server has not established it yet",
        ),
    }
}

#[cfg(test)]
mod tests;
