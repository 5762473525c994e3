//! Events about pods, worded as a kubelet words them.

use super::now;
use k8s_openapi::api::core::v1::{Event, Pod};
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
