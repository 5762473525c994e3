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
            let all = object::items(pod, "/spec/containers").chain(sidecars(pod));
            let ready = object::items(pod, "/status/containerStatuses")
                .chain(sidecar_statuses(pod))
                .filter(|status| status["ready"] == true)
                .count();
            json!(format!("{ready}/{}", all.count()))
        }),
        Column::new("Status", |pod| json!(status(pod))),
        Column::new("Restarts", |pod| {
            let restarts: i64 = object::items(pod, "/status/containerStatuses")
                .chain(sidecar_statuses(pod))
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

/// The init containers that run beside the containers of a pod.
fn sidecars(pod: &Value) -> impl Iterator<Item = &Value> {
    object::items(pod, "/spec/initContainers")
        .filter(|container| container["restartPolicy"] == "Always")
}

fn sidecar_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    object::items(pod, "/status/initContainerStatuses")
        .filter(|status| sidecars(pod).any(|sidecar| sidecar["name"] == status["name"]))
}

/// Whether a condition of a pod is true.
fn is_true(pod: &Value, condition_type: &str) -> bool {
    object::items(pod, "/status/conditions")
        .any(|condition| condition["type"] == condition_type && condition["status"] == "True")
}

/// The status column of a pod.
fn status(pod: &Value) -> String {
    let phase = object::text(pod, "/status/phase");
    let is_ended = matches!(phase, "Succeeded" | "Failed");
    if object::is_terminating(pod) && !is_ended {
        return "Terminating".to_owned();
    }
    let is_gated = object::items(pod, "/status/conditions").any(|condition| {
        condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated"
    });
    if is_gated {
        return "SchedulingGated".to_owned();
    }
    let initialization = init_status(pod).filter(|_| !is_true(pod, "Initialized"));
    if let Some(initialization) = initialization {
        return initialization;
    }
    let mut reason = [object::text(pod, "/status/reason"), phase, "Pending"]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned();
    let mut is_running = false;
    let statuses: Vec<&Value> = object::items(pod, "/status/containerStatuses").collect();
    for status in statuses.into_iter().rev() {
        let waiting = object::text(status, "/state/waiting/reason");
        if !waiting.is_empty() {
            waiting.clone_into(&mut reason);
        } else if let Some(terminated) = terminated(status) {
            reason = terminated;
        } else {
            is_running |= status["ready"] == true && !status["state"]["running"].is_null();
        }
    }
    if reason == "Completed" && is_running {
        let word = if is_true(pod, "Ready") {
            "Running"
        } else {
            "NotReady"
        };
        word.clone_into(&mut reason);
    }
    reason
}

/// The reason of a container that ended.
fn terminated(status: &Value) -> Option<String> {
    let terminated = status["state"].get("terminated")?;
    Some(match object::text(terminated, "/reason") {
        "" => format!("ExitCode:{}", terminated["exitCode"]),
        reason => reason.to_owned(),
    })
}

/// The status of the first init container that is not done.
fn init_status(pod: &Value) -> Option<String> {
    let total = object::items(pod, "/spec/initContainers").count();
    let is_sidecar =
        |status: &Value| sidecars(pod).any(|sidecar| sidecar["name"] == status["name"]);
    let mut statuses = object::items(pod, "/status/initContainerStatuses").enumerate();
    let (position, current) = statuses.find(|(_, status)| {
        let is_done = status["state"]["terminated"]["exitCode"] == 0;
        let is_started = is_sidecar(status) && status["started"] == true;
        !is_done && !is_started
    })?;
    let waiting = object::text(current, "/state/waiting/reason");
    let reason = terminated(current).or_else(|| {
        let is_shown = !matches!(waiting, "" | "PodInitializing");
        is_shown.then(|| waiting.to_owned())
    });
    Some(reason.map_or_else(
        || format!("Init:{position}/{total}"),
        |reason| format!("Init:{reason}"),
    ))
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
