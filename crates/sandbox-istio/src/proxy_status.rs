//! The status of the proxies that are connected to a control plane.
//!
//! The proxy of a running pod is assumed to be connected and synced. Start at [`sync_status`].

use sandbox::{image_tag, object};
use serde_json::{Value, json};

use crate::registry::Registry;

/// The response to `/debug/syncz`: each proxy with its cluster and version.
pub(crate) fn sync_status(clusters: &[(String, Registry)]) -> Value {
    clusters
        .iter()
        .flat_map(|(cluster, registry)| {
            let pods = registry
                .items("pods")
                .filter(|pod| object::text(pod, "/status/phase") == "Running");
            pods.filter_map(move |pod| Some(entry(cluster, pod, proxy_container(pod)?)))
        })
        .collect()
}

/// The proxy among the containers of a pod.
pub(crate) fn proxy_container(pod: &Value) -> Option<&Value> {
    object::items(pod, "/spec/containers")
        .chain(object::items(pod, "/spec/initContainers"))
        .find(|container| container["name"] == "istio-proxy")
}

fn entry(cluster: &str, pod: &Value, proxy: &Value) -> Value {
    let version = image_tag(object::text(proxy, "/image"));
    let is_router = object::items(proxy, "/args").any(|argument| argument == "router");
    let mut entry = json!({
        "proxy": format!("{}.{}", object::name(pod), object::namespace(pod)),
        "proxy_type": if is_router { "router" } else { "sidecar" },
        "cluster_id": cluster, "proxy_version": version, "istio_version": version,
    });
    for resource_type in ["cluster", "listener", "route", "endpoint"] {
        let nonce = object::text(pod, "/metadata/resourceVersion");
        entry[format!("{resource_type}_sent")] = json!(nonce);
        entry[format!("{resource_type}_acked")] = json!(nonce);
    }
    entry
}
