//! Simulates the pods of the nodes: scheduled pods run and become ready, pods of Jobs succeed, deleted
//! pods are removed.
//!
//! One loop over a watch and a timer. [`next_action`] decides from the pod alone, [`Pods::reconcile`]
//! acts.

use super::{
    addresses::Addresses,
    events::{containers, events, publish},
    nodes,
    pull_failures::PullFailures,
    status::{ContainerStage, PodAddresses, status},
};
use crate::ClusterConfig;
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::{
    Api, Client, ResourceExt as _,
    api::{DeleteParams, Patch, PatchParams, Preconditions},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// How often pods that have not settled are reconciled.
const RECONCILE_INTERVAL: Duration = Duration::from_millis(200);
/// How long the pull of an image fails before it backs off.
const PULL_FAILURE_DURATION: Duration = Duration::from_millis(800);
/// How long a pod of a Job runs.
const JOB_DURATION: Duration = Duration::from_millis(300);

/// The next action on a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// No action until the pod changes.
    None,
    /// No action yet.
    Wait,
    /// Delete the pod, which has a deletion timestamp.
    Delete,
    /// Write its status: the stage of containers whose image can be pulled, and of the others.
    WriteStatus(ContainerStage, ContainerStage),
}

struct Pods<'a> {
    client: Client,
    config: &'a ClusterConfig,
    pull_failures: &'a PullFailures,
    ranges: HashMap<String, Addresses>,
    tracked: HashMap<String, TrackedPod>,
}

/// A pod and the time of its last status update.
struct TrackedPod {
    pod: Pod,
    updated: Instant,
    is_settled: bool,
}

/// Watches all scheduled pods; never ends.
pub(super) async fn run(client: Client, config: &ClusterConfig, pull_failures: &PullFailures) {
    let selector = watcher::Config::default().fields("spec.nodeName!=");
    let mut events = watcher(Api::<Pod>::all(client.clone()), selector)
        .default_backoff()
        .boxed();
    let mut pods = Pods {
        client,
        config,
        pull_failures,
        ranges: HashMap::new(),
        tracked: HashMap::new(),
    };
    let mut timer = tokio::time::interval(RECONCILE_INTERVAL);
    loop {
        tokio::select! {
            Some(event) = events.next() => pods.handle(event).await,
            _ = timer.tick() => pods.reconcile_all().await,
        }
    }
}

impl Pods<'_> {
    async fn handle(&mut self, event: Result<watcher::Event<Pod>, watcher::Error>) {
        match event {
            Ok(watcher::Event::Apply(pod) | watcher::Event::InitApply(pod)) => {
                let uid = pod.uid().unwrap_or_default();
                self.track(pod);
                self.reconcile(&uid).await;
            }
            Ok(watcher::Event::Delete(pod)) => {
                let uid = pod.uid().unwrap_or_default();
                self.tracked.remove(&uid);
                self.ranges
                    .values_mut()
                    .for_each(|range| range.release(&uid));
            }
            Ok(watcher::Event::Init) => self.tracked.clear(),
            // The API server may be unavailable; the watcher reconnects.
            Ok(watcher::Event::InitDone) | Err(_) => {}
        }
    }

    /// Stores the newest version of a pod.
    fn track(&mut self, pod: Pod) {
        let uid = pod.uid().unwrap_or_default();
        let version = |pod: &Pod| {
            pod.resource_version()
                .and_then(|version| version.parse::<u64>().ok())
        };
        let tracked = self.tracked.entry(uid).or_insert_with(|| TrackedPod {
            pod: pod.clone(),
            updated: Instant::now(),
            is_settled: false,
        });
        if version(&tracked.pod) <= version(&pod) {
            tracked.pod = pod;
            tracked.is_settled = false;
        }
    }

    async fn reconcile_all(&mut self) {
        let open = self.tracked.iter().filter(|(_, pod)| !pod.is_settled);
        let open: Vec<String> = open.map(|(uid, _)| uid.clone()).collect();
        for uid in open {
            self.reconcile(&uid).await;
        }
    }

    async fn reconcile(&mut self, uid: &str) {
        let Some(tracked) = self.tracked.get_mut(uid) else {
            return;
        };
        let action = next_action(&tracked.pod, tracked.updated.elapsed(), |image| {
            self.pull_failures.contains(image)
        });
        tracked.is_settled = action == Action::None;
        let pod = tracked.pod.clone();
        match action {
            Action::None | Action::Wait => {}
            Action::Delete => self.delete(&pod).await,
            Action::WriteStatus(pulled, failed) => self.write_status(&pod, pulled, failed).await,
        }
    }

    async fn delete(&mut self, pod: &Pod) {
        let parameters = DeleteParams {
            grace_period_seconds: Some(0),
            preconditions: Some(Preconditions {
                uid: pod.uid(),
                resource_version: None,
            }),
            ..DeleteParams::default()
        };
        // A pod with a finalizer is deleted again at the next reconciliation.
        let _ = self.api(pod).delete(&pod.name_any(), &parameters).await;
    }

    async fn write_status(&mut self, pod: &Pod, pulled: ContainerStage, failed: ContainerStage) {
        let Some(addresses) = self.addresses(pod).await else {
            return;
        };
        let fails = |image: &str| self.pull_failures.contains(image);
        let stage = |image: &str| if fails(image) { failed } else { pulled };
        let status = status(pod, &addresses, stage);
        let events = events(pod, stage);
        let patch = Patch::Merge(json!({"status": status}));
        let parameters = PatchParams::default();
        let Ok(written) = self
            .api(pod)
            .patch_status(&pod.name_any(), &parameters, &patch)
            .await
        else {
            return;
        };
        let uid = pod.uid().unwrap_or_default();
        self.track(written);
        if let Some(tracked) = self.tracked.get_mut(&uid) {
            tracked.updated = Instant::now();
        }
        for event in &events {
            publish(&self.client, pod, event).await;
        }
    }

    fn api(&self, pod: &Pod) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default())
    }

    /// The addresses of a pod and its node; `None` while the node has no pod CIDR.
    async fn addresses(&mut self, pod: &Pod) -> Option<PodAddresses> {
        let spec = pod.spec.as_ref()?;
        let name = spec.node_name.as_deref()?;
        let number = (1..=self.config.nodes).find(|number| self.config.node(*number) == name)?;
        let node = nodes::address(self.config, number);
        if spec.host_network == Some(true) {
            let pod = Some(node.clone());
            return Some(PodAddresses { node, pod });
        }
        if !self.ranges.contains_key(name) {
            let node = Api::<Node>::all(self.client.clone()).get(name).await.ok()?;
            let range = node.spec?.pod_cidr?.parse().ok()?;
            self.ranges.insert(name.to_owned(), Addresses::new(range));
        }
        let address = self
            .ranges
            .get_mut(name)?
            .get(&pod.uid().unwrap_or_default())?;
        Some(PodAddresses {
            node,
            pod: Some(address.to_string()),
        })
    }
}

/// The next action on a pod whose last status update was `since` ago.
fn next_action(pod: &Pod, since: Duration, fails: impl Fn(&str) -> bool) -> Action {
    if pod.metadata.deletion_timestamp.is_some() {
        return Action::Delete;
    }
    let status = pod.status.clone().unwrap_or_default();
    match status.phase.as_deref() {
        Some("Succeeded" | "Failed") => return Action::None,
        Some("Running") if !ends(pod) => return Action::None,
        Some("Running") if since < JOB_DURATION => return Action::Wait,
        Some("Running") => {
            return Action::WriteStatus(ContainerStage::Succeeded, ContainerStage::Succeeded);
        }
        _ => {}
    }
    if !images(pod).any(|image| fails(&image)) {
        return Action::WriteStatus(ContainerStage::Running, ContainerStage::Running);
    }
    let status = serde_json::to_value(&status).unwrap_or_default();
    match pull_error(&status) {
        Some("ImagePullBackOff") => Action::Wait,
        Some("ErrImagePull") if since < PULL_FAILURE_DURATION => Action::Wait,
        Some("ErrImagePull") => {
            Action::WriteStatus(ContainerStage::Running, ContainerStage::BackOff)
        }
        _ => Action::WriteStatus(ContainerStage::Running, ContainerStage::PullFailed),
    }
}

/// The reason of the first container that waits for its image.
fn pull_error(status: &Value) -> Option<&str> {
    let lists = ["initContainerStatuses", "containerStatuses"];
    let statuses = lists
        .iter()
        .filter_map(|list| status.get(list)?.as_array())
        .flatten();
    let mut reasons =
        statuses.filter_map(|status| status.pointer("/state/waiting/reason")?.as_str());
    reasons.find(|reason| matches!(*reason, "ErrImagePull" | "ImagePullBackOff"))
}

/// Whether the containers of a pod end, as those of a Job or of a test of a release do.
fn ends(pod: &Pod) -> bool {
    let policy = pod
        .spec
        .as_ref()
        .and_then(|spec| spec.restart_policy.as_deref());
    matches!(policy, Some("Never" | "OnFailure"))
}

fn images(pod: &Pod) -> impl Iterator<Item = String> {
    containers(pod).filter_map(|container| container.image)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(status: &Value) -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": "web"},
            "spec": {"containers": [{"name": "web", "image": "docker.io/istio/pilot"}]},
            "status": status,
        }))
        .expect("a pod")
    }

    #[test]
    fn a_new_pod_runs_unless_the_pull_of_its_image_fails() {
        let new = pod(&json!({"phase": "Pending"}));
        let since = Duration::ZERO;
        assert_eq!(
            next_action(&new, since, |_| false),
            Action::WriteStatus(ContainerStage::Running, ContainerStage::Running)
        );
        assert_eq!(
            next_action(&new, since, |_| true),
            Action::WriteStatus(ContainerStage::Running, ContainerStage::PullFailed)
        );
    }

    #[test]
    fn a_failed_pull_backs_off_and_recovers() {
        let waiting = |reason: &str| {
            pod(&json!({"phase": "Pending", "containerStatuses": [{
                "name": "web", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"waiting": {"reason": reason}}}]}))
        };
        let back_off = Action::WriteStatus(ContainerStage::Running, ContainerStage::BackOff);
        assert_eq!(
            next_action(&waiting("ErrImagePull"), Duration::ZERO, |_| true),
            Action::Wait
        );
        assert_eq!(
            next_action(&waiting("ErrImagePull"), PULL_FAILURE_DURATION, |_| true),
            back_off
        );
        assert_eq!(
            next_action(&waiting("ImagePullBackOff"), PULL_FAILURE_DURATION, |_| {
                true
            }),
            Action::Wait
        );
        let running = Action::WriteStatus(ContainerStage::Running, ContainerStage::Running);
        assert_eq!(
            next_action(&waiting("ImagePullBackOff"), PULL_FAILURE_DURATION, |_| {
                false
            }),
            running
        );
    }
}
