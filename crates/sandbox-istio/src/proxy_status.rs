//! What a control plane tells of the proxies that are connected to it.
//!
//! A proxy of a pod that runs is taken to be connected and to have what was sent. Start at [`all`].

use serde_json::{Value, json};

use super::registry::Registry;
use super::{is_running, tag};
use crate::object;

/// Each proxy with its cluster and its version.
pub(super) fn all(clusters: &[(String, Registry)]) -> Value {
    clusters
        .iter()
        .flat_map(|(id, registry)| {
            let pods = registry.items("pods").filter(|pod| is_running(pod));
            pods.filter_map(move |pod| Some(one(id, pod, proxy(pod)?)))
        })
        .collect()
}

/// The proxy among the containers of a pod.
pub(super) fn proxy(pod: &Value) -> Option<&Value> {
    object::items(pod, "/spec/containers")
        .chain(object::items(pod, "/spec/initContainers"))
        .find(|container| container["name"] == "istio-proxy")
}

fn one(cluster: &str, pod: &Value, proxy: &Value) -> Value {
    let version = tag(object::text(proxy, "/image"));
    let is_router = object::items(proxy, "/args").any(|argument| argument == "router");
    let mut one = json!({
        "proxy": format!("{}.{}", object::name(pod), object::namespace(pod)),
        "proxy_type": if is_router { "router" } else { "sidecar" },
        "cluster_id": cluster, "proxy_version": version, "istio_version": version,
    });
    for sort in ["cluster", "listener", "route", "endpoint"] {
        let nonce = object::text(pod, "/metadata/resourceVersion");
        one[format!("{sort}_sent")] = json!(nonce);
        one[format!("{sort}_acked")] = json!(nonce);
    }
    one
}
