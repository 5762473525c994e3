//! What a kubelet would say of a pod: its status at each stage, as data.
//!
//! Pure: the pod, a stage of each image and the addresses give the status. Start at [`status`].

use super::now;
use k8s_openapi::api::core::v1::{Container, Pod};
use serde_json::{Value, json};

/// How far a container has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It runs.
    Running,
    /// It ended well.
    Done,
    /// It waits until others are there.
    Initializing,
    /// Its image was tried and could not be had.
    Refused,
    /// Its image is tried again later.
    BackOff,
}

/// Where a pod is.
pub(super) struct Place {
    pub(super) node: String,
    pub(super) pod: Option<String>,
}

/// What a registry that cannot be reached says.
pub(super) fn refusal(image: &str) -> String {
    let (registry, _) = image.split_once('/').unwrap_or(("docker.io", ""));
    format!(
        "failed to pull and unpack image \"{image}\": failed to do request: \
         Head \"https://{registry}/v2/\": dial tcp: lookup {registry}: no such host"
    )
}

/// The status of a pod whose containers stand as `stage` says of their images.
pub(super) fn status(pod: &Pod, place: &Place, stage: impl Fn(&str) -> Stage) -> Value {
    let spec = pod.spec.clone().unwrap_or_default();
    let of = |container: &Container| stage(container.image.as_deref().unwrap_or_default());
    let before: Vec<Container> = spec.init_containers.unwrap_or_default();
    let held = |found: Stage| matches!(found, Stage::Refused | Stage::BackOff);
    let initialized = !before.iter().any(|container| held(of(container)));
    let init = before.iter().map(|container| {
        let found = if held(of(container)) {
            of(container)
        } else {
            Stage::Done
        };
        container_status(container, found)
    });
    let stages = || {
        let settled = |container: &Container| match of(container) {
            _ if !initialized => Stage::Initializing,
            found => found,
        };
        spec.containers
            .iter()
            .map(move |container| (container, settled(container)))
    };
    let all = |wanted: Stage| stages().all(|(_, found)| found == wanted);
    let phase = match () {
        () if all(Stage::Done) => "Succeeded",
        () if all(Stage::Running) => "Running",
        () => "Pending",
    };
    let started = pod
        .status
        .as_ref()
        .and_then(|status| status.start_time.as_ref());
    let started = started.map_or_else(now, |time| {
        time.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    });
    let unready: Vec<&str> = stages()
        .filter(|(_, found)| *found != Stage::Running)
        .map(|(container, _)| container.name.as_str())
        .collect();
    json!({
        "phase": phase,
        "hostIP": place.node, "hostIPs": [{"ip": place.node}],
        "podIP": place.pod, "podIPs": place.pod.iter().map(|ip| json!({"ip": ip})).collect::<Vec<_>>(),
        "startTime": started,
        "conditions": conditions(phase, initialized, &unready),
        "initContainerStatuses": init.collect::<Vec<_>>(),
        "containerStatuses": stages().map(|(one, found)| container_status(one, found)).collect::<Vec<_>>(),
    })
}

fn conditions(phase: &str, initialized: bool, unready: &[&str]) -> Value {
    let (reason, message) = match phase {
        "Running" => (None, None),
        "Succeeded" => (Some("PodCompleted"), None),
        _ => {
            let message = format!("containers with unready status: [{}]", unready.join(" "));
            (Some("ContainersNotReady"), Some(message))
        }
    };
    let up = phase == "Running";
    let each = [
        ("PodReadyToStartContainers", true, None),
        ("Initialized", initialized, None),
        ("Ready", up, reason),
        ("ContainersReady", up, reason),
        ("PodScheduled", true, None),
    ];
    let each = each.map(|(kind, on, reason)| {
        json!({
            "type": kind, "status": if on { "True" } else { "False" },
            "lastTransitionTime": now(), "reason": reason,
            "message": reason.and(message.as_deref()),
        })
    });
    json!(each)
}

fn container_status(container: &Container, stage: Stage) -> Value {
    let image = container.image.as_deref().unwrap_or_default();
    let begun = matches!(stage, Stage::Running | Stage::Done);
    let state = match stage {
        Stage::Running => json!({"running": {"startedAt": now()}}),
        Stage::Done => json!({"terminated": {
            "exitCode": 0, "reason": "Completed", "startedAt": now(), "finishedAt": now()}}),
        Stage::Initializing => json!({"waiting": {"reason": "PodInitializing"}}),
        Stage::Refused => json!({"waiting": {
            "reason": "ErrImagePull", "message": refusal(image)}}),
        Stage::BackOff => json!({"waiting": {
            "reason": "ImagePullBackOff",
            "message": format!("Back-off pulling image \"{image}\": ErrImagePull: {}", refusal(image))}}),
    };
    json!({
        "name": container.name, "image": image, "restartCount": 0, "state": state,
        "imageID": if begun { image } else { "" },
        "ready": stage == Stage::Running, "started": stage == Stage::Running,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": "web"},
            "spec": {
                "initContainers": [{"name": "prepare", "image": "busybox"}],
                "containers": [{"name": "web", "image": "nginx"}],
            },
        }))
        .expect("a pod")
    }

    fn place() -> Place {
        Place {
            node: "192.168.101.11".into(),
            pod: Some("172.16.0.2".into()),
        }
    }

    #[test]
    fn a_pod_with_all_its_images_runs() {
        let said = status(&pod(), &place(), |_| Stage::Running);
        assert_eq!(said["phase"], "Running");
        assert_eq!(said["podIP"], "172.16.0.2");
        assert_eq!(
            said["initContainerStatuses"][0]["state"]["terminated"]["exitCode"],
            0
        );
        assert_eq!(said["containerStatuses"][0]["ready"], true);
    }

    #[test]
    fn an_init_container_without_its_image_holds_up_the_others() {
        let stage = |image: &str| {
            if image == "busybox" {
                Stage::BackOff
            } else {
                Stage::Running
            }
        };
        let said = status(&pod(), &place(), stage);
        assert_eq!(said["phase"], "Pending");
        let waits = "/state/waiting/reason";
        assert_eq!(
            said["initContainerStatuses"][0].pointer(waits),
            Some(&json!("ImagePullBackOff"))
        );
        assert_eq!(
            said["containerStatuses"][0].pointer(waits),
            Some(&json!("PodInitializing"))
        );
    }
}
