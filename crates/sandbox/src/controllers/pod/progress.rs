//! How far the containers of a pod are.
//!
//! It is read from the status of the pod. Start at [`Progress::read`].

use serde_json::Value;

use super::super::container_status::{Stage, status_list};
use crate::object;

/// The stages of the containers of a pod, in the order of its spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) init: Vec<Stage>,
    pub(super) main: Vec<Stage>,
}

impl Progress {
    /// The stages that the status of a pod reports.
    pub(super) fn read(pod: &Value) -> Self {
        Self {
            init: stages(pod, "initContainers"),
            main: stages(pod, "containers"),
        }
    }

    /// The init containers with their stages.
    pub(super) fn init_containers<'a>(
        &'a mut self,
        pod: &'a Value,
    ) -> impl Iterator<Item = (&'a Value, &'a mut Stage)> {
        object::items(pod, "/spec/initContainers").zip(&mut self.init)
    }

    /// The other containers with their stages.
    pub(super) fn main_containers<'a>(
        &'a mut self,
        pod: &'a Value,
    ) -> impl Iterator<Item = (&'a Value, &'a mut Stage)> {
        object::items(pod, "/spec/containers").zip(&mut self.main)
    }

    /// Whether all init containers are done or run beside the others.
    pub(super) fn is_initialized(&self) -> bool {
        let mut stages = self.init.iter();
        stages.all(|stage| matches!(stage, Stage::Done | Stage::Running))
    }

    /// Whether any container was attempted: the pod has its address then.
    pub(super) fn is_attempted(&self) -> bool {
        let mut stages = self.init.iter().chain(&self.main);
        stages.any(|stage| *stage != Stage::Creating)
    }

    /// The stages after all containers ended.
    pub(super) fn ended(&self, stage: Stage) -> Self {
        Self {
            init: self.init.iter().map(|_| Stage::Done).collect(),
            main: self.main.iter().map(|_| stage).collect(),
        }
    }

    /// The phase of the pod.
    pub(super) fn phase(&self) -> &'static str {
        let all = |expected: Stage| self.main.iter().all(|stage| *stage == expected);
        if !self.is_initialized() {
            "Pending"
        } else if all(Stage::Done) {
            "Succeeded"
        } else if all(Stage::Failed) {
            "Failed"
        } else if self.main.iter().all(|stage| stage.has_started()) {
            "Running"
        } else {
            "Pending"
        }
    }
}

fn stages(pod: &Value, list: &str) -> Vec<Stage> {
    let statuses = format!("/status/{}", status_list(list));
    object::items(pod, &format!("/spec/{list}"))
        .map(|container| {
            let mut statuses = object::items(pod, &statuses);
            let status = statuses.find(|status| status["name"] == container["name"]);
            status.map_or(Stage::Creating, stage)
        })
        .collect()
}

fn stage(status: &Value) -> Stage {
    let state = &status["state"];
    if state.get("running").is_some() {
        return Stage::Running;
    }
    if let Some(terminated) = state.get("terminated") {
        return if terminated["exitCode"] == 0 {
            Stage::Done
        } else {
            Stage::Failed
        };
    }
    match object::text(state, "/waiting/reason") {
        "ErrImagePull" => Stage::PullFailed,
        "ImagePullBackOff" => Stage::BackOff,
        "CrashLoopBackOff" => {
            let code = object::number(status, "/lastState/terminated/exitCode");
            Stage::Crashed(code.unwrap_or(1))
        }
        _ => Stage::Creating,
    }
}
