//! Brings pods to life: what is placed runs and is ready, Jobs end well, what is deleted goes.
//!
//! One loop over a watch and a clock. [`next`] decides from the pod alone, [`Pods::settle`] acts.

use super::{
    addresses::Addresses,
    nodes,
    pull_failures::Orders,
    status::{Place, Stage, status},
    events::{containers, tell, told},
};
use crate::Shape;
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

/// How often pods that are on their way are looked at.
const TICK: Duration = Duration::from_millis(200);
/// How long an image is refused before its pull backs off.
const REFUSED: Duration = Duration::from_millis(800);
/// How long a pod of a Job runs.
const JOB: Duration = Duration::from_millis(300);

/// What is to be done with a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing, for good.
    Rest,
    /// Nothing yet.
    Later,
    /// It was asked to go.
    Remove,
    /// Its status is written: what its good images are, and what its failing ones.
    Write(Stage, Stage),
}

struct Pods<'a> {
    client: Client,
    shape: &'a Shape,
    orders: &'a Orders,
    ranges: HashMap<String, Addresses>,
    known: HashMap<String, Known>,
}

/// A pod and when it was last brought further.
struct Known {
    pod: Pod,
    since: Instant,
    settled: bool,
}

/// Follows all pods that are placed, for ever.
pub(super) async fn keep(client: Client, shape: &Shape, orders: &Orders) {
    let config = watcher::Config::default().fields("spec.nodeName!=");
    let mut events = watcher(Api::<Pod>::all(client.clone()), config)
        .default_backoff()
        .boxed();
    let mut pods = Pods {
        client,
        shape,
        orders,
        ranges: HashMap::new(),
        known: HashMap::new(),
    };
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            Some(event) = events.next() => pods.take(event).await,
            _ = tick.tick() => pods.look().await,
        }
    }
}

impl Pods<'_> {
    async fn take(&mut self, event: Result<watcher::Event<Pod>, watcher::Error>) {
        match event {
            Ok(watcher::Event::Apply(pod) | watcher::Event::InitApply(pod)) => {
                let uid = pod.uid().unwrap_or_default();
                self.remember(pod);
                self.settle(&uid).await;
            }
            Ok(watcher::Event::Delete(pod)) => {
                let uid = pod.uid().unwrap_or_default();
                self.known.remove(&uid);
                self.ranges
                    .values_mut()
                    .for_each(|range| range.give_back(&uid));
            }
            Ok(watcher::Event::Init) => self.known.clear(),
            // The API server may be gone for a while; the watcher tries again.
            Ok(watcher::Event::InitDone) | Err(_) => {}
        }
    }

    fn remember(&mut self, pod: Pod) {
        let uid = pod.uid().unwrap_or_default();
        let newest = |pod: &Pod| {
            pod.resource_version()
                .and_then(|version| version.parse::<u64>().ok())
        };
        let known = self.known.entry(uid).or_insert_with(|| Known {
            pod: pod.clone(),
            since: Instant::now(),
            settled: false,
        });
        if newest(&known.pod) <= newest(&pod) {
            known.pod = pod;
            known.settled = false;
        }
    }

    async fn look(&mut self) {
        let open = self.known.iter().filter(|(_, known)| !known.settled);
        let open: Vec<String> = open.map(|(uid, _)| uid.clone()).collect();
        for uid in open {
            self.settle(&uid).await;
        }
    }

    async fn settle(&mut self, uid: &str) {
        let Some(known) = self.known.get_mut(uid) else {
            return;
        };
        let step = next(&known.pod, known.since.elapsed(), |image| {
            self.orders.fails(image)
        });
        known.settled = step == Step::Rest;
        let pod = known.pod.clone();
        match step {
            Step::Rest | Step::Later => {}
            Step::Remove => self.remove(&pod).await,
            Step::Write(good, bad) => self.write(&pod, good, bad).await,
        }
    }

    async fn remove(&mut self, pod: &Pod) {
        let parameters = DeleteParams {
            grace_period_seconds: Some(0),
            preconditions: Some(Preconditions {
                uid: pod.uid(),
                resource_version: None,
            }),
            ..DeleteParams::default()
        };
        // What is held by a finalizer is asked again at the next tick.
        let _ = self.api(pod).delete(&pod.name_any(), &parameters).await;
    }

    async fn write(&mut self, pod: &Pod, good: Stage, bad: Stage) {
        let Some(place) = self.place(pod).await else {
            return;
        };
        let fails = |image: &str| self.orders.fails(image);
        let status = status(pod, &place, |image| if fails(image) { bad } else { good });
        let told = told(pod, good, bad, fails);
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
        self.remember(written);
        if let Some(known) = self.known.get_mut(&uid) {
            known.since = Instant::now();
        }
        for one in &told {
            tell(&self.client, pod, one).await;
        }
    }

    fn api(&self, pod: &Pod) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default())
    }

    /// The addresses of a pod and its node; none while the node has no range yet.
    async fn place(&mut self, pod: &Pod) -> Option<Place> {
        let spec = pod.spec.as_ref()?;
        let name = spec.node_name.as_deref()?;
        let number = (1..=self.shape.nodes).find(|number| self.shape.node(*number) == name)?;
        let node = nodes::address(self.shape, number);
        if spec.host_network == Some(true) {
            let pod = Some(node.clone());
            return Some(Place { node, pod });
        }
        if !self.ranges.contains_key(name) {
            let found = Api::<Node>::all(self.client.clone()).get(name).await.ok()?;
            let range = found.spec?.pod_cidr?.parse().ok()?;
            self.ranges.insert(name.to_owned(), Addresses::of(range));
        }
        let address = self
            .ranges
            .get_mut(name)?
            .get(&pod.uid().unwrap_or_default())?;
        Some(Place {
            node,
            pod: Some(address.to_string()),
        })
    }
}

/// What is to be done with a pod that was last brought further `since` ago.
fn next(pod: &Pod, since: Duration, fails: impl Fn(&str) -> bool) -> Step {
    if pod.metadata.deletion_timestamp.is_some() {
        return Step::Remove;
    }
    let status = pod.status.clone().unwrap_or_default();
    match status.phase.as_deref() {
        Some("Succeeded" | "Failed") => return Step::Rest,
        Some("Running") if !of_a_job(pod) => return Step::Rest,
        Some("Running") if since < JOB => return Step::Later,
        Some("Running") => return Step::Write(Stage::Done, Stage::Done),
        _ => {}
    }
    if !images(pod).any(|image| fails(&image)) {
        return Step::Write(Stage::Running, Stage::Running);
    }
    let said = serde_json::to_value(&status).unwrap_or_default();
    match waiting(&said) {
        Some("ImagePullBackOff") => Step::Later,
        Some("ErrImagePull") if since < REFUSED => Step::Later,
        Some("ErrImagePull") => Step::Write(Stage::Running, Stage::BackOff),
        _ => Step::Write(Stage::Running, Stage::Refused),
    }
}

/// The reason that one of its images is waited for.
fn waiting(status: &Value) -> Option<&str> {
    let lists = ["initContainerStatuses", "containerStatuses"];
    let all = lists
        .iter()
        .filter_map(|list| status.get(list)?.as_array())
        .flatten();
    let mut reasons = all.filter_map(|one| one.pointer("/state/waiting/reason")?.as_str());
    reasons.find(|reason| matches!(*reason, "ErrImagePull" | "ImagePullBackOff"))
}

fn of_a_job(pod: &Pod) -> bool {
    pod.owner_references()
        .iter()
        .any(|owner| owner.kind == "Job")
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
    fn a_new_pod_runs_unless_its_image_fails() {
        let new = pod(&json!({"phase": "Pending"}));
        let soon = Duration::ZERO;
        assert_eq!(
            next(&new, soon, |_| false),
            Step::Write(Stage::Running, Stage::Running)
        );
        assert_eq!(
            next(&new, soon, |_| true),
            Step::Write(Stage::Running, Stage::Refused)
        );
    }

    #[test]
    fn a_refused_image_backs_off_and_heals() {
        let waits = |reason: &str| {
            pod(&json!({"phase": "Pending", "containerStatuses": [{
                "name": "web", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"waiting": {"reason": reason}}}]}))
        };
        let backed_off = Step::Write(Stage::Running, Stage::BackOff);
        assert_eq!(
            next(&waits("ErrImagePull"), Duration::ZERO, |_| true),
            Step::Later
        );
        assert_eq!(next(&waits("ErrImagePull"), REFUSED, |_| true), backed_off);
        assert_eq!(
            next(&waits("ImagePullBackOff"), REFUSED, |_| true),
            Step::Later
        );
        let healed = Step::Write(Stage::Running, Stage::Running);
        assert_eq!(next(&waits("ImagePullBackOff"), REFUSED, |_| false), healed);
    }
}
