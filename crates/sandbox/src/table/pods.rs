//! The columns of pods and nodes.
//!
//! Start at [`pod`] and [`node`].

use serde_json::{Value, json};

use super::Column;
use super::format::{at, name};
use crate::object;

pub(super) fn pod() -> Vec<Column> {
    vec![
        Column::new("Name", name),
        Column::new("Ready", |pod| {
            let all: Vec<&Value> = object::items(pod, "/spec/containers").collect();
            let ready = object::items(pod, "/status/containerStatuses")
                .filter(|status| status["ready"] == true)
                .count();
            json!(format!("{ready}/{}", all.len()))
        }),
        Column::new("Status", |pod| json!(status(pod))),
        Column::new("Restarts", |pod| {
            let restarts: i64 = object::items(pod, "/status/containerStatuses")
                .filter_map(|status| status["restartCount"].as_i64())
                .sum();
            json!(restarts.to_string())
        }),
        Column::age(),
        Column::new("IP", |pod| at(pod, "/status/podIP")).wide(),
        Column::new("Node", |pod| at(pod, "/spec/nodeName")).wide(),
        Column::new("Nominated Node", |pod| at(pod, "/status/nominatedNodeName")).wide(),
        Column::new("Readiness Gates", |_| json!("<none>")).wide(),
    ]
}

/// The status column of a pod.
fn status(pod: &Value) -> String {
    if object::is_terminating(pod) {
        return "Terminating".to_owned();
    }
    let reasons = |list: &str| {
        object::items(pod, list).find_map(|status| {
            let waiting = object::text(status, "/state/waiting/reason");
            let ended = object::text(status, "/state/terminated/reason");
            [waiting, ended]
                .into_iter()
                .find(|reason| !reason.is_empty())
                .map(str::to_owned)
        })
    };
    reasons("/status/containerStatuses").unwrap_or_else(|| {
        match object::text(pod, "/status/phase") {
            "" => "Pending".to_owned(),
            phase => phase.to_owned(),
        }
    })
}

pub(super) fn node() -> Vec<Column> {
    vec![
        Column::new("Name", name),
        Column::new("Status", |node| {
            let ready = object::items(node, "/status/conditions")
                .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
            let word = if ready { "Ready" } else { "NotReady" };
            let scheduling = if node["spec"]["unschedulable"] == true {
                ",SchedulingDisabled"
            } else {
                ""
            };
            json!(format!("{word}{scheduling}"))
        }),
        Column::new("Roles", |node| {
            let roles: Vec<&str> = object::pairs(node, "/metadata/labels")
                .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
                .collect();
            super::format::or_none(&roles.join(","))
        }),
        Column::age(),
        Column::new("Version", |node| {
            at(node, "/status/nodeInfo/kubeletVersion")
        }),
        Column::new("Internal-IP", |node| {
            at(node, "/status/addresses/0/address")
        })
        .wide(),
        Column::new("External-IP", |_| json!("<none>")).wide(),
        Column::new("OS-Image", |node| at(node, "/status/nodeInfo/osImage")).wide(),
        Column::new("Kernel-Version", |node| {
            at(node, "/status/nodeInfo/kernelVersion")
        })
        .wide(),
        Column::new("Container-Runtime", |node| {
            at(node, "/status/nodeInfo/containerRuntimeVersion")
        })
        .wide(),
    ]
}
