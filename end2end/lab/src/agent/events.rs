//! Events about pods, worded as a kubelet words them.

use super::{
    now,
    status::{Stage, refusal},
};
use k8s_openapi::api::core::v1::{Container, Event, Pod};
use kube::{Api, Client, ResourceExt as _, api::PostParams};
use serde_json::json;

/// One thing to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) sort: &'static str,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

impl Told {
    pub(super) fn normal(reason: &'static str, message: String) -> Self {
        Self {
            sort: "Normal",
            reason,
            message,
        }
    }

    pub(super) fn warning(reason: &'static str, message: String) -> Self {
        Self {
            sort: "Warning",
            reason,
            message,
        }
    }
}

/// Writes an event about a pod; one that cannot be written is nobody's concern.
pub(super) async fn tell(client: &Client, pod: &Pod, told: &Told) {
    let namespace = pod.namespace().unwrap_or_default();
    let name = format!("{}.{:016x}", pod.name_any(), rand::random::<u64>());
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone());
    let event = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {
            "apiVersion": "v1", "kind": "Pod", "name": pod.name_any(), "namespace": namespace,
            "uid": pod.uid(),
        },
        "type": told.sort, "reason": told.reason, "message": told.message, "count": 1,
        "firstTimestamp": now(), "lastTimestamp": now(),
        "source": {"component": "kubelet", "host": node},
        "reportingComponent": "kubelet", "reportingInstance": node,
    });
    if let Ok(event) = serde_json::from_value(event) {
        let events: Api<Event> = Api::namespaced(client.clone(), &namespace);
        let _ = events.create(&PostParams::default(), &event).await;
    }
}

/// The containers of a pod, those that prepare it first.
pub(super) fn containers(pod: &Pod) -> impl Iterator<Item = Container> {
    let spec = pod.spec.clone().unwrap_or_default();
    spec.init_containers
        .unwrap_or_default()
        .into_iter()
        .chain(spec.containers)
}

/// What a kubelet tells when a pod comes to these stages.
pub(super) fn told(pod: &Pod, good: Stage, bad: Stage, fails: impl Fn(&str) -> bool) -> Vec<Told> {
    let mut all = Vec::new();
    for container in containers(pod) {
        let image = container.image.unwrap_or_default();
        match if fails(&image) { bad } else { good } {
            Stage::Running => {
                let pulled = format!("Container image \"{image}\" already present on machine");
                all.push(Told::normal("Pulled", pulled));
                all.push(Told::normal("Created", "Container created".to_owned()));
                all.push(Told::normal("Started", "Container started".to_owned()));
            }
            Stage::Refused => {
                all.push(Told::normal(
                    "Pulling",
                    format!("Pulling image \"{image}\""),
                ));
                let failed = format!("Failed to pull image \"{image}\": {}", refusal(&image));
                all.push(Told::warning("Failed", failed));
                all.push(Told::warning("Failed", "Error: ErrImagePull".to_owned()));
            }
            Stage::BackOff => {
                all.push(Told::normal(
                    "BackOff",
                    format!("Back-off pulling image \"{image}\""),
                ));
                all.push(Told::warning(
                    "Failed",
                    "Error: ImagePullBackOff".to_owned(),
                ));
            }
            Stage::Done | Stage::Initializing => {}
        }
    }
    all
}
