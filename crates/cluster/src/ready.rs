//! Is an object ready, and if not, why? One small function a kind.
//!
//! Pure: it reads an object and what lies around it (pods, events). Kinds that nobody brings to life
//! (ConfigMaps, roles, HPAs, webhook configurations, custom resources) are ready when accepted. The
//! conditions are those that `kubectl rollout status` and Helm's `--wait` look at.

mod pod;
mod workload;

use crate::{Object, Occurrence};
use serde_json::Value;

/// How an object stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It is ready. The note is `1 of 1 ready`, an address, or "".
    Ready {
        /// What a person reads beside it.
        note: String,
    },
    /// It is on its way.
    Waiting {
        /// What a person reads beside it.
        note: String,
        /// What it waits for: which container, which event.
        reason: String,
    },
    /// It will not get there by itself.
    Failed {
        /// What a person reads beside it.
        note: String,
        /// Why: which container, which event.
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

    /// What a person reads beside it.
    pub fn note(&self) -> &str {
        match self {
            Self::Ready { note } | Self::Waiting { note, .. } | Self::Failed { note, .. } => note,
        }
    }

    /// Why it is not ready, or "".
    pub fn reason(&self) -> &str {
        match self {
            Self::Ready { .. } => "",
            Self::Waiting { reason, .. } | Self::Failed { reason, .. } => reason,
        }
    }
}

/// What lies around an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// Pods of its namespace.
    pub pods: &'a [Object],
    /// Events of its namespace, newest first.
    pub events: &'a [Occurrence],
}

/// Kinds whose readiness has to be waited for, with their API version.
pub const WAITED: &[(&str, &str)] = &[
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "Job"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Namespace"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
];

/// How `object` stands.
pub fn readiness(object: &Object, around: Around<'_>) -> Readiness {
    if !object.text("/metadata/deletionTimestamp").is_empty() {
        return Readiness::waiting("being deleted", "it is being deleted");
    }
    match (object.api_version(), object.kind()) {
        ("apps/v1", "Deployment") => workload::deployment(object, around),
        ("apps/v1", "StatefulSet") => workload::stateful_set(object, around),
        ("apps/v1", "DaemonSet") => workload::daemon_set(object, around),
        ("apps/v1", "ReplicaSet") => workload::replica_set(object, around),
        ("batch/v1", "Job") => workload::job(object, around),
        ("v1", "Pod") => pod::pod(object, around.events),
        ("v1", "Service") => service(object, around.events),
        ("v1", "PersistentVolumeClaim") => claim(object, around.events),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => definition(object),
        _ => Readiness::ready(""),
    }
}

/// A condition of the object: its status and message.
pub(crate) fn condition<'a>(object: &'a Object, kind: &str) -> Option<(&'a str, &'a str)> {
    let text = |value: &'a Value, key| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let conditions = object.list("/status/conditions").iter();
    let mut found = conditions.filter(|condition| text(condition, "type") == kind);
    found
        .next()
        .map(|condition| (text(condition, "status"), text(condition, "message")))
}

/// The newest warning about an object, as a sentence.
pub(crate) fn warning(events: &[Occurrence], kind: &str, name: &str) -> Option<String> {
    let about = |event: &&Occurrence| event.warning && event.kind == kind && event.name == name;
    events
        .iter()
        .find(about)
        .map(|event| format!("{}: {}", event.reason, event.message))
}

fn service(service: &Object, events: &[Occurrence]) -> Readiness {
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

fn claim(claim: &Object, events: &[Occurrence]) -> Readiness {
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

fn definition(definition: &Object) -> Readiness {
    if let Some(("False", message)) = condition(definition, "NamesAccepted") {
        return Readiness::Failed {
            note: "names refused".into(),
            reason: message.to_owned(),
        };
    }
    match condition(definition, "Established") {
        Some(("True", _)) => Readiness::ready("established"),
        _ => Readiness::waiting(
            "not established",
            "the API server has not established it yet",
        ),
    }
}

#[cfg(test)]
mod tests;
