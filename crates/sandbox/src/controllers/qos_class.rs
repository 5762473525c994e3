//! The QoS class of a pod, derived from requests and limits.

use crate::object;
use serde_json::Value;

/// The QoS class of a pod.
pub(super) fn qos_class(pod: &Value) -> &'static str {
    let mut any = false;
    let mut guaranteed = true;
    for container in object::items(pod, "/spec/containers") {
        let resources = &container["resources"];
        let (requests, limits) = (&resources["requests"], &resources["limits"]);
        any |= requests.is_object() || limits.is_object();
        guaranteed &= ["cpu", "memory"]
            .iter()
            .all(|name| !limits[name].is_null() && limits[name] == requests[name]);
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}
