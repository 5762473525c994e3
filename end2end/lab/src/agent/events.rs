//! Events about pods, with the reasons and messages of a kubelet.

use super::{
    now,
    status::{ContainerStage, pull_failure},
};
use k8s_openapi::api::core::v1::{Container, Event, Pod};
use kube::{Api, Client, ResourceExt as _, api::PostParams};
use serde_json::json;

/// An event about a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PodEvent {
    pub(super) kind: &'static str,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

impl PodEvent {
    pub(super) fn normal(reason: &'static str, message: String) -> Self {
        Self {
            kind: "Normal",
            reason,
            message,
        }
    }

    pub(super) fn warning(reason: &'static str, message: String) -> Self {
        Self {
            kind: "Warning",
            reason,
            message,
        }
    }
}

/// Creates an Event object about a pod; errors are ignored.
pub(super) async fn publish(client: &Client, pod: &Pod, event: &PodEvent) {
    let namespace = pod.namespace().unwrap_or_default();
    let name = format!("{}.{:016x}", pod.name_any(), rand::random::<u64>());
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone());
    let object = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {
            "apiVersion": "v1", "kind": "Pod", "name": pod.name_any(), "namespace": namespace,
            "uid": pod.uid(),
        },
        "type": event.kind, "reason": event.reason, "message": event.message, "count": 1,
        "firstTimestamp": now(), "lastTimestamp": now(),
        "source": {"component": "kubelet", "host": node},
        "reportingComponent": "kubelet", "reportingInstance": node,
    });
    if let Ok(object) = serde_json::from_value(object) {
        let events: Api<Event> = Api::namespaced(client.clone(), &namespace);
        let _ = events.create(&PostParams::default(), &object).await;
    }
}

/// The containers of a pod, init containers first.
pub(super) fn containers(pod: &Pod) -> impl Iterator<Item = Container> {
    let spec = pod.spec.clone().unwrap_or_default();
    spec.init_containers
        .unwrap_or_default()
        .into_iter()
        .chain(spec.containers)
}

/// The events of a pod whose images reach these stages.
pub(super) fn events(pod: &Pod, stage: impl Fn(&str) -> ContainerStage) -> Vec<PodEvent> {
    let mut events = Vec::new();
    for container in containers(pod) {
        let image = container.image.unwrap_or_default();
        match stage(&image) {
            ContainerStage::Running => {
                let pulled = format!("Container image \"{image}\" already present on machine");
                events.push(PodEvent::normal("Pulled", pulled));
                events.push(PodEvent::normal("Created", "Container created".to_owned()));
                events.push(PodEvent::normal("Started", "Container started".to_owned()));
            }
            ContainerStage::PullFailed => {
                events.push(PodEvent::normal(
                    "Pulling",
                    format!("Pulling image \"{image}\""),
                ));
                let failed = format!("Failed to pull image \"{image}\": {}", pull_failure(&image));
                events.push(PodEvent::warning("Failed", failed));
                events.push(PodEvent::warning(
                    "Failed",
                    "Error: ErrImagePull".to_owned(),
                ));
            }
            ContainerStage::BackOff => {
                events.push(PodEvent::normal(
                    "BackOff",
                    format!("Back-off pulling image \"{image}\""),
                ));
                events.push(PodEvent::warning(
                    "Failed",
                    "Error: ImagePullBackOff".to_owned(),
                ));
            }
            ContainerStage::Succeeded | ContainerStage::Initializing => {}
        }
    }
    events
}
