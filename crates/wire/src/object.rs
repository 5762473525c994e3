//! One object of a release: its YAML, its events, its pods and their logs; and its key in a URL.

use crate::{
    ObjectName, Problem, Time,
    release::{Health, ReleaseRef},
};
use serde::{Deserialize, Serialize};

/// An object of a release.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRequest {
    /// The release.
    pub at: ReleaseRef,
    /// The object, which the manifest of the release has.
    pub object: ObjectName,
}

/// One object of a release, live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectView {
    /// The object.
    pub object: ObjectName,
    /// Its health.
    pub health: Health,
    /// A short status, such as `1 of 1 ready` or an address.
    pub note: String,
    /// The live object as YAML, without the fields that only the API server uses; the values of Secrets are
    /// masked. Empty when the object does not exist.
    pub yaml: String,
    /// The newest events about it and its pods.
    pub events: Vec<ObjectEvent>,
    /// Why events could not be read.
    pub events_problem: Option<Problem>,
    /// Whether its kind has pods.
    pub has_pods: bool,
    /// Its pods, those that are not ready first.
    pub pods: Vec<PodView>,
    /// The number of pods that are not in the list.
    pub more_pods: u32,
    /// Why pods could not be read.
    pub pods_problem: Option<Problem>,
}

/// A Kubernetes event about an object or one of its pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectEvent {
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason, such as `Failed`.
    pub reason: String,
    /// Its object, as `Pod web-1`.
    pub object: String,
    /// The message.
    pub message: String,
    /// How many times it occurred.
    pub count: u32,
    /// When it occurred last.
    pub at: Time,
}

/// A pod of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodView {
    /// Its name.
    pub name: String,
    /// Its health.
    pub health: Health,
    /// A short status, such as `1 of 2 ready`.
    pub note: String,
    /// How often its containers were restarted.
    pub restarts: u32,
    /// Its node; empty before it is scheduled.
    pub node: String,
    /// When it was created.
    pub created: Option<Time>,
    /// Its containers, init containers last.
    pub containers: Vec<ContainerView>,
}

/// A container of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerView {
    /// Its name.
    pub name: String,
    /// Whether it is an init container.
    pub init: bool,
    /// Whether it was restarted, so that the log of the previous instance may exist.
    pub restarted: bool,
}

/// The log of a container of a pod of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogRequest {
    /// The object.
    pub of: ObjectRequest,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Whether the log of the previous instance of the container is meant.
    pub previous: bool,
}

/// The last lines of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogView {
    /// The lines, without colours; the values of the release's Secrets are masked.
    pub text: String,
    /// The number of lines.
    pub lines: u32,
    /// Whether there may be earlier lines.
    pub cut: bool,
    /// When they were read.
    pub read_at: Time,
}

/// In the key of a cluster-scoped object, instead of a namespace.
const NO_NAMESPACE: &str = "-";

impl ObjectName {
    /// The key in a URL, as `apps/v1/Deployment/shop/web`.
    pub fn key(&self) -> String {
        let namespace = self.namespace.as_deref().unwrap_or(NO_NAMESPACE);
        let Self {
            kind,
            api_version,
            name,
            ..
        } = self;
        format!("{api_version}/{kind}/{namespace}/{name}")
    }

    /// The object of a key; none when the text is no key.
    pub fn from_key(key: &str) -> Option<Self> {
        let mut parts = key.rsplitn(4, '/').map(str::to_owned);
        let (name, namespace, kind, api_version) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_complete = [&name, &namespace, &kind, &api_version]
            .iter()
            .all(|part| !part.is_empty());
        is_complete.then_some(Self {
            kind,
            api_version,
            namespace: Some(namespace).filter(|namespace| namespace != NO_NAMESPACE),
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_again_by_its_key() {
        let object = |api_version: &str, namespace: Option<&str>| ObjectName {
            kind: "Role".into(),
            api_version: api_version.into(),
            namespace: namespace.map(str::to_owned),
            name: "system:web".into(),
        };
        for object in [
            object("v1", Some("shop")),
            object("rbac.authorization.k8s.io/v1", None),
        ] {
            assert_eq!(ObjectName::from_key(&object.key()), Some(object));
        }
        for text in ["", "web", "v1/Pod/web", "v1/Pod//web", "/Pod/shop/web"] {
            assert_eq!(ObjectName::from_key(text), None, "{text}");
        }
    }
}
