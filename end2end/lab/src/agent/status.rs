//! The status of a pod at each stage, as a kubelet reports it.
//!
//! Pure functions of the pod, its addresses and the stages of its images. Start at [`status`].

use super::now;
use k8s_openapi::api::core::v1::{Container, Pod};
use serde_json::{Value, json};

/// The stage of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContainerStage {
    /// The container is running.
    Running,
    /// The container exited with status 0.
    Succeeded,
    /// The container waits for init containers.
    Initializing,
    /// The pull of its image failed.
    PullFailed,
    /// The pull of its image backs off.
    BackOff,
}

/// The addresses of a pod and its node.
pub(super) struct PodAddresses {
    pub(super) node: String,
    pub(super) pod: Option<String>,
}

/// The error message of an unreachable registry.
pub(super) fn pull_failure(image: &str) -> String {
    let (registry, _) = image.split_once('/').unwrap_or(("docker.io", ""));
    format!(
        "failed to pull and unpack image \"{image}\": failed to do request: \
         Head \"https://{registry}/v2/\": dial tcp: lookup {registry}: no such host"
    )
}

/// The status of a pod; `stage` maps an image to the stage of its containers.
pub(super) fn status(
    pod: &Pod,
    addresses: &PodAddresses,
    stage: impl Fn(&str) -> ContainerStage,
) -> Value {
    let spec = pod.spec.clone().unwrap_or_default();
    let stage = |container: &Container| stage(container.image.as_deref().unwrap_or_default());
    let init_containers: Vec<Container> = spec.init_containers.unwrap_or_default();
    let init_stage = |container: &Container| match stage(container) {
        waiting @ (ContainerStage::PullFailed | ContainerStage::BackOff) => waiting,
        _ => ContainerStage::Succeeded,
    };
    let initialized = init_containers
        .iter()
        .all(|container| init_stage(container) == ContainerStage::Succeeded);
    let init_statuses = init_containers
        .iter()
        .map(|container| container_status(container, init_stage(container)));
    let stages = || {
        let main_stage = |container: &Container| match stage(container) {
            _ if !initialized => ContainerStage::Initializing,
            stage => stage,
        };
        spec.containers
            .iter()
            .map(move |container| (container, main_stage(container)))
    };
    let all = |expected: ContainerStage| stages().all(|(_, stage)| stage == expected);
    let phase = match () {
        () if all(ContainerStage::Succeeded) => "Succeeded",
        () if all(ContainerStage::Running) => "Running",
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
        .filter(|(_, stage)| *stage != ContainerStage::Running)
        .map(|(container, _)| container.name.as_str())
        .collect();
    json!({
        "phase": phase,
        "hostIP": addresses.node, "hostIPs": [{"ip": addresses.node}],
        "podIP": addresses.pod,
        "podIPs": addresses.pod.iter().map(|ip| json!({"ip": ip})).collect::<Vec<_>>(),
        "startTime": started,
        "conditions": conditions(phase, initialized, &unready),
        "initContainerStatuses": init_statuses.collect::<Vec<_>>(),
        "containerStatuses": stages()
            .map(|(container, stage)| container_status(container, stage))
            .collect::<Vec<_>>(),
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
    let is_ready = phase == "Running";
    let conditions = [
        ("PodReadyToStartContainers", true, None),
        ("Initialized", initialized, None),
        ("Ready", is_ready, reason),
        ("ContainersReady", is_ready, reason),
        ("PodScheduled", true, None),
    ];
    let conditions = conditions.map(|(kind, is_true, reason)| {
        json!({
            "type": kind, "status": if is_true { "True" } else { "False" },
            "lastTransitionTime": now(), "reason": reason,
            "message": reason.and(message.as_deref()),
        })
    });
    json!(conditions)
}

fn container_status(container: &Container, stage: ContainerStage) -> Value {
    let image = container.image.as_deref().unwrap_or_default();
    let has_started = matches!(stage, ContainerStage::Running | ContainerStage::Succeeded);
    let state = match stage {
        ContainerStage::Running => json!({"running": {"startedAt": now()}}),
        ContainerStage::Succeeded => json!({"terminated": {
            "exitCode": 0, "reason": "Completed", "startedAt": now(), "finishedAt": now()}}),
        ContainerStage::Initializing => json!({"waiting": {"reason": "PodInitializing"}}),
        ContainerStage::PullFailed => json!({"waiting": {
            "reason": "ErrImagePull", "message": pull_failure(image)}}),
        ContainerStage::BackOff => json!({"waiting": {
            "reason": "ImagePullBackOff",
            "message": format!("Back-off pulling image \"{image}\": ErrImagePull: {}", pull_failure(image))}}),
    };
    json!({
        "name": container.name, "image": image, "restartCount": 0, "state": state,
        "imageID": if has_started { image } else { "" },
        "ready": stage == ContainerStage::Running, "started": stage == ContainerStage::Running,
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

    fn addresses() -> PodAddresses {
        PodAddresses {
            node: "192.168.101.11".into(),
            pod: Some("172.16.0.2".into()),
        }
    }

    #[test]
    fn a_pod_with_all_images_is_running() {
        let status = status(&pod(), &addresses(), |_| ContainerStage::Running);
        assert_eq!(status["phase"], "Running");
        assert_eq!(status["podIP"], "172.16.0.2");
        assert_eq!(
            status["initContainerStatuses"][0]["state"]["terminated"]["exitCode"],
            0
        );
        assert_eq!(status["containerStatuses"][0]["ready"], true);
    }

    #[test]
    fn an_init_container_without_its_image_blocks_the_other_containers() {
        let stage = |image: &str| {
            if image == "busybox" {
                ContainerStage::BackOff
            } else {
                ContainerStage::Running
            }
        };
        let status = status(&pod(), &addresses(), stage);
        assert_eq!(status["phase"], "Pending");
        let reason = "/state/waiting/reason";
        assert_eq!(
            status["initContainerStatuses"][0].pointer(reason),
            Some(&json!("ImagePullBackOff"))
        );
        assert_eq!(
            status["containerStatuses"][0].pointer(reason),
            Some(&json!("PodInitializing"))
        );
    }
}
