//! Pods: scheduled, started, ready; finished when they run once; gone when asked to go.
//!
//! Nothing runs: time passes, and what would have happened is written down. Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::condition;
use super::events::{Said, tell};
use super::image::{Stage, refusal, statuses};
use crate::object;
use crate::world::{State, World, now};
use crate::write::removal;

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    let mut soonest = None;
    let mut look_again = |due: Option<Duration>| {
        soonest = match (soonest, due) {
            (Some(one), Some(other)) => Some(std::cmp::min::<Duration>(one, other)),
            (one, other) => one.or(other),
        };
    };
    for pod in state.store.list("pods", None) {
        let phase = object::text(&pod, "/status/phase");
        if object::is_going(&pod) {
            look_again(stop(world, state, &pod));
        } else if object::text(&pod, "/spec/nodeName").is_empty() || phase.is_empty() {
            schedule(world, state, &pod);
        } else if !matches!(phase, "Succeeded" | "Failed") {
            look_again(advance(world, state, &pod));
        }
    }
    soonest
}

fn stop(world: &World, state: &mut State, pod: &Value) -> Option<Duration> {
    let elapsed = state.since(pod, "stop");
    let needed = world.shape.pace.stop;
    if elapsed < needed && object::number(pod, "/metadata/deletionGracePeriodSeconds") != Some(0) {
        return needed.checked_sub(elapsed);
    }
    if object::items(pod, "/metadata/finalizers").next().is_some() {
        return None;
    }
    let uid = format!("{}/", object::uid(pod));
    state.marks.retain(|mark, _| !mark.starts_with(&uid));
    if let Some(kind) = state.kinds.by_id("pods").cloned() {
        removal::gone(state, &kind, pod);
    }
    None
}

fn schedule(world: &World, state: &mut State, pod: &Value) {
    let mut placed = pod.clone();
    if object::text(pod, "/spec/nodeName").is_empty() {
        let pods = state.store.list("pods", None);
        let load = |node: &str| {
            pods.iter()
                .filter(|pod| object::text(pod, "/spec/nodeName") == node)
                .count()
        };
        let chosen = json!({"matchLabels": pod["spec"]["nodeSelector"]});
        let node = state
            .store
            .list("nodes", None)
            .into_iter()
            .filter(|node| node["spec"]["unschedulable"] != true)
            .filter(|node| crate::select::matches(&chosen, &node["metadata"]["labels"]))
            .min_by_key(|node| load(object::name(node)));
        let Some(node) = node else {
            unplaced(world, state, pod);
            return;
        };
        placed["spec"]["nodeName"] = json!(object::name(&node));
        state.change(world, "pods", placed.clone(), "");
        let message = format!(
            "Successfully assigned {}/{} to {}",
            object::namespace(pod),
            object::name(pod),
            object::name(&node)
        );
        let said = Said {
            sort: "Normal",
            reason: "Scheduled",
            message,
            by: "default-scheduler",
        };
        tell(world, state, &placed, &said);
    }
    write_status(world, state, &placed, |_| Stage::Creating);
    for container in object::items(pod, "/spec/containers") {
        let message = format!("Pulling image \"{}\"", object::text(container, "/image"));
        let said = Said {
            sort: "Normal",
            reason: "Pulling",
            message,
            by: "kubelet",
        };
        tell(world, state, &placed, &said);
    }
}

fn unplaced(world: &World, state: &mut State, pod: &Value) {
    let message = "no nodes available to schedule pods".to_owned();
    let status = json!({
        "phase": "Pending", "qosClass": "BestEffort",
        "conditions": [condition(pod, "PodScheduled", false, "Unschedulable", &message)],
    });
    if pod["status"]["conditions"].is_null() {
        let said = Said {
            sort: "Warning",
            reason: "FailedScheduling",
            message,
            by: "default-scheduler",
        };
        tell(world, state, pod, &said);
    }
    state.set_status(world, "pods", pod, status);
}

/// Brings a placed pod further, if it is time.
fn advance(world: &World, state: &mut State, pod: &Value) -> Option<Duration> {
    let pace = world.shape.pace;
    let elapsed = state.since(pod, "start");
    if elapsed < pace.start {
        return pace.start.checked_sub(elapsed);
    }
    let images = || {
        object::items(pod, "/spec/initContainers")
            .chain(object::items(pod, "/spec/containers"))
            .map(|container| object::text(container, "/image"))
    };
    let is_running = object::text(pod, "/status/phase") == "Running";
    let failing: Vec<String> = images()
        .filter(|image| state.cannot_pull(image))
        .map(str::to_owned)
        .collect();
    if !failing.is_empty() && !is_running {
        return Some(refuse_pull(world, state, pod, &failing));
    }
    state.no_longer(pod, "refused");
    let runs_once = object::text(pod, "/spec/restartPolicy") != "Always";
    if is_running {
        let elapsed = state.since(pod, "run");
        if runs_once && elapsed >= pace.job {
            return end(world, state, pod);
        }
        return runs_once.then(|| pace.job.saturating_sub(elapsed));
    }
    write_status(world, state, pod, |_| Stage::Running);
    for container in object::items(pod, "/spec/containers") {
        let image = object::text(container, "/image");
        let name = object::text(container, "/name");
        for (reason, message) in [
            ("Pulled", format!("Successfully pulled image \"{image}\"")),
            ("Created", format!("Created container: {name}")),
            ("Started", format!("Started container {name}")),
        ] {
            tell(
                world,
                state,
                pod,
                &Said {
                    sort: "Normal",
                    reason,
                    message,
                    by: "kubelet",
                },
            );
        }
    }
    runs_once.then_some(pace.job)
}

/// Ends a pod that runs once, when its programs have ended.
fn end(world: &World, state: &mut State, pod: &Value) -> Option<Duration> {
    let Some(outcome) = state.programs.outcome(pod) else {
        return Some(world.shape.pace.reaction.max(Duration::from_millis(10)));
    };
    let Err(said) = outcome else {
        write_status(world, state, pod, |_| Stage::Done);
        return None;
    };
    write_status(world, state, pod, |_| Stage::Failed);
    let (namespace, name) = (object::namespace(pod), object::name(pod));
    let failed = state.store.get("pods", namespace, name)?;
    let mut status = failed["status"].clone();
    for container in status["containerStatuses"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        container["state"]["terminated"]["message"] = json!(said);
    }
    state.set_status(world, "pods", &failed, status);
    None
}

/// An image that cannot be had: refused first, then waited for.
fn refuse_pull(world: &World, state: &mut State, pod: &Value, failing: &[String]) -> Duration {
    let pace = world.shape.pace;
    let is_new = !state
        .marks
        .contains_key(&format!("{}/refused", object::uid(pod)));
    let waited = state.since(pod, "refused");
    let stage = if waited < pace.start {
        Stage::Refused
    } else {
        Stage::BackOff
    };
    let before = pod.pointer("/status/containerStatuses").cloned();
    write_status(world, state, pod, |image| {
        if failing.iter().any(|failing| failing == image) {
            stage
        } else {
            Stage::Running
        }
    });
    let now_there = state
        .store
        .get("pods", object::namespace(pod), object::name(pod))
        .and_then(|pod| pod.pointer("/status/containerStatuses").cloned());
    for image in failing.iter().filter(|_| is_new) {
        for message in [
            format!("Failed to pull image \"{image}\": {}", refusal(image)),
            "Error: ErrImagePull".to_owned(),
        ] {
            let said = Said {
                sort: "Warning",
                reason: "Failed",
                message,
                by: "kubelet",
            };
            tell(world, state, pod, &said);
        }
    }
    if stage == Stage::BackOff && before != now_there {
        for image in failing {
            let message = format!("Back-off pulling image \"{image}\"");
            let said = Said {
                sort: "Normal",
                reason: "BackOff",
                message,
                by: "kubelet",
            };
            tell(world, state, pod, &said);
            let message = "Error: ImagePullBackOff".to_owned();
            let said = Said {
                sort: "Warning",
                reason: "Failed",
                message,
                by: "kubelet",
            };
            tell(world, state, pod, &said);
        }
    }
    // An image that is healed is noticed as soon as it would be tried again.
    pace.start.max(Duration::from_millis(50))
}

fn write_status(world: &World, state: &mut State, pod: &Value, stage: impl Fn(&str) -> Stage) {
    let containers = statuses(pod, "containers", &stage);
    let all = |wanted: Stage| {
        object::items(pod, "/spec/containers")
            .all(|container| stage(object::text(container, "/image")) == wanted)
    };
    let phase = if all(Stage::Done) {
        "Succeeded"
    } else if all(Stage::Failed) {
        "Failed"
    } else if all(Stage::Running) {
        "Running"
    } else {
        "Pending"
    };
    let is_up = phase == "Running";
    let why = match phase {
        "Succeeded" => ("PodCompleted", String::new()),
        "Failed" => ("PodFailed", String::new()),
        "Running" => ("", String::new()),
        _ => {
            let names: Vec<&str> = containers
                .iter()
                .filter(|status| status["ready"] != true)
                .filter_map(|status| status["name"].as_str())
                .collect();
            let message = format!("containers with unready status: [{}]", names.join(" "));
            ("ContainersNotReady", message)
        }
    };
    let is_begun = phase != "Pending";
    let mut status = json!({
        "phase": phase, "qosClass": super::quality::of(pod), "hostIP": "192.168.100.1",
        "observedGeneration": pod["metadata"]["generation"],
        "startTime": pod["status"]["startTime"].as_str().map_or_else(now, str::to_owned),
        "conditions": [
            condition(pod, "PodReadyToStartContainers", is_begun, "", ""),
            condition(pod, "Initialized", true, "", ""),
            condition(pod, "Ready", is_up, why.0, &why.1),
            condition(pod, "ContainersReady", is_up, why.0, &why.1),
            condition(pod, "PodScheduled", true, "", ""),
        ],
        "containerStatuses": containers,
    });
    if object::items(pod, "/spec/initContainers").next().is_some() {
        let done = |image: &str| if is_begun { Stage::Done } else { stage(image) };
        status["initContainerStatuses"] = json!(statuses(pod, "initContainers", done));
    }
    let node = state
        .store
        .get("nodes", "", object::text(pod, "/spec/nodeName"));
    if let Some(node) = &node {
        let host = node["status"]["addresses"][0]["address"].clone();
        status["hostIPs"] = json!([{"ip": host}]);
        status["hostIP"] = host;
    }
    let known = object::text(pod, "/status/podIP").to_owned();
    let address = if !known.is_empty() || !is_begun {
        known
    } else if pod["spec"]["hostNetwork"] == true {
        object::text(&status, "/hostIP").to_owned()
    } else {
        node.and_then(|node| super::address::free(state, &node))
            .unwrap_or_default()
    };
    if !address.is_empty() {
        status["podIPs"] = json!([{"ip": address}]);
        status["podIP"] = json!(address);
    }
    if let Some(pod) = state
        .store
        .get("pods", object::namespace(pod), object::name(pod))
    {
        state.set_status(world, "pods", &pod, status);
    }
}
