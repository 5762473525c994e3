//! The simulated controllers.
//!
//! One task runs all controllers after each change; each controller reconciles all objects of its
//! kinds and is idempotent. Start at [`run`].

mod availability;
mod bootstrap;
mod container_status;
mod controller_revision;
mod crd;
mod daemonset;
mod deployment;
mod endpoints;
mod events;
mod garbage_collector;
mod int_or_percent;
mod job;
mod load_balancer;
mod namespace;
mod pod;
mod pod_address;
mod qos_class;
mod replicaset;
mod retry;
mod serviceaccount;
mod statefulset;
mod template_hash;

pub(crate) use bootstrap::bootstrap;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::extension::ControllerContext;
use crate::object;
use crate::programs;
use crate::write::{self, DeleteOptions, Writer};

/// A built-in controller: reconciles the cluster, and returns the time after which it is to be
/// called again even if nothing changes.
type BuiltInController = fn(&Cluster, &mut State) -> Option<Duration>;

/// How often the controllers run if nothing changes.
const RESYNC_INTERVAL: Duration = Duration::from_mins(1);

const CONTROLLERS: [BuiltInController; 12] = [
    crd::reconcile_all,
    serviceaccount::reconcile_all,
    deployment::reconcile_all,
    replicaset::reconcile_all,
    statefulset::reconcile_all,
    daemonset::reconcile_all,
    job::reconcile_all,
    pod::reconcile_all,
    load_balancer::reconcile_all,
    endpoints::reconcile_all,
    garbage_collector::reconcile_all,
    namespace::reconcile_all,
];

/// Runs the controllers until the cluster ends.
pub(crate) async fn run(cluster: Arc<Cluster>) {
    let mut latest = cluster.lock().objects.subscribe();
    let ended = cluster.ended.clone();
    loop {
        latest.mark_unchanged();
        let next_run = reconcile_all(&cluster).unwrap_or(RESYNC_INTERVAL);
        programs::reconcile(&cluster, &mut cluster.lock());
        tokio::select! {
            () = ended.cancelled() => return,
            _ = latest.changed() => {}
            () = tokio::time::sleep(next_run) => {}
        }
        tokio::select! {
            () = ended.cancelled() => return,
            () = tokio::time::sleep(cluster.config.timing.sync_delay) => {}
        }
    }
}

/// Calls every controller once; returns when the first one is due again.
fn reconcile_all(cluster: &Arc<Cluster>) -> Option<Duration> {
    let built_in = CONTROLLERS
        .iter()
        .filter_map(|reconcile| reconcile(cluster, &mut cluster.lock()))
        .min();
    let extensions = cluster.config.extensions.iter();
    let extended = extensions
        .flat_map(|extension| &extension.controllers)
        .filter_map(|controller| {
            let mut state = cluster.lock();
            controller.reconcile(&mut ControllerContext::new(cluster, &mut state))
        })
        .min();
    built_in.into_iter().chain(extended).min()
}

impl State {
    /// The time since a condition of an object was first observed.
    fn elapsed_since(&mut self, object: &Value, condition: &str) -> Duration {
        let timer = format!("{}/{condition}", object::uid(object));
        self.timers
            .entry(timer)
            .or_insert_with(Instant::now)
            .elapsed()
    }

    /// Resets the timer of a condition.
    fn reset_timer(&mut self, object: &Value, condition: &str) {
        self.timers
            .remove(&format!("{}/{condition}", object::uid(object)));
    }

    /// Creates an object as a controller.
    pub(crate) fn create(
        &mut self,
        cluster: &Cluster,
        id: &str,
        object: Value,
    ) -> Result<Arc<Value>, ApiStatus> {
        let kind = self
            .kinds
            .by_id(id)
            .cloned()
            .ok_or_else(ApiStatus::no_such_path)?;
        write::create(cluster, self, &kind, object, Writer::controller(""))
    }

    /// Replaces an object as a controller, if it still exists and differs.
    pub(crate) fn update(&mut self, cluster: &Cluster, id: &str, object: Value, subresource: &str) {
        let Some(kind) = self.kinds.by_id(id).cloned() else {
            return;
        };
        let (namespace, name) = (object::namespace(&object), object::name(&object));
        let Some(old) = self.objects.get(id, namespace, name) else {
            return;
        };
        if *old != object {
            // The object was read under the same lock, so there is no conflict.
            let _ = write::replace(
                cluster,
                self,
                &kind,
                &old,
                object,
                Writer::controller(subresource),
            );
        }
    }

    /// Replaces the status of an object, if it differs.
    pub(crate) fn set_status(
        &mut self,
        cluster: &Cluster,
        id: &str,
        object: &Value,
        status: Value,
    ) {
        let mut changed = object.clone();
        changed["status"] = status;
        self.update(cluster, id, changed, "status");
    }

    /// Deletes an object as a controller.
    pub(crate) fn delete(&mut self, id: &str, object: &Value) {
        let Some(kind) = self.kinds.by_id(id).cloned() else {
            return;
        };
        let (namespace, name) = (object::namespace(object), object::name(object));
        let Some(found) = self.objects.get(id, namespace, name) else {
            return;
        };
        if !object::is_terminating(&found) {
            // A deletion without preconditions cannot fail.
            let _ = write::delete(self, &kind, &found, &DeleteOptions::default());
        }
    }

    /// The pods that an object controls, without those that terminate.
    fn pods_of(&self, owner: &Value) -> Vec<Arc<Value>> {
        let mut pods = self.objects.list("pods", Some(object::namespace(owner)));
        pods.retain(|pod| object::is_controlled_by(pod, owner) && !object::is_terminating(pod));
        pods
    }
}

/// The conditions of an object at a time.
struct Conditions<'a> {
    old: &'a Value,
    now: String,
}

impl<'a> Conditions<'a> {
    /// The conditions of an object now.
    fn new(old: &'a Value, state: &State) -> Self {
        let now = state.now();
        Self { old, now }
    }

    /// A condition, which keeps its transition time while its status stays the same.
    fn condition(&self, condition_type: &str, is_true: bool, reason: &str, message: &str) -> Value {
        let status = if is_true { "True" } else { "False" };
        let before = object::items(self.old, "/status/conditions")
            .find(|condition| condition["type"] == condition_type && condition["status"] == status);
        let since = before
            .and_then(|condition| condition["lastTransitionTime"].as_str())
            .unwrap_or(&self.now);
        let mut condition = json!({
            "type": condition_type, "status": status, "lastTransitionTime": since,
        });
        if !reason.is_empty() {
            condition["reason"] = json!(reason);
        }
        if !message.is_empty() {
            condition["message"] = json!(message);
        }
        condition
    }
}

/// Whether a pod is ready.
fn is_ready(pod: &Value) -> bool {
    object::items(pod, "/status/conditions")
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

/// A pod from the template of a workload.
fn pod_from(template: &Value, owner: &Value) -> Value {
    let mut meta = template["metadata"].clone();
    if !meta.is_object() {
        meta = json!({});
    }
    meta["namespace"] = json!(object::namespace(owner));
    meta["ownerReferences"] = json!([object::controller_reference(owner)]);
    if meta["name"].is_null() {
        meta["generateName"] = json!(format!("{}-", object::name(owner)));
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]})
}
