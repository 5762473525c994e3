//! The simulated controllers.
//!
//! Each controller reconciles one object at a time, after a change that concerns it, and is
//! idempotent. Start at [`run`].

mod availability;
mod bootstrap;
mod container_status;
mod controller_revision;
mod crd;
mod cronjob;
mod daemonset;
mod deployment;
mod disruption_budget;
mod endpoints;
mod events;
mod faults;
mod garbage_collector;
mod int_or_percent;
mod job;
mod keys;
mod load_balancer;
mod namespace;
mod node_lifecycle;
mod pod;
mod pod_address;
mod programs;
mod qos_class;
mod queue;
mod replicaset;
mod resource_quota;
mod retry;
mod run;
mod scheduler;
mod serviceaccount;
mod statefulset;
mod template_hash;
mod volumes;

pub(crate) use bootstrap::bootstrap;
pub(crate) use run::run;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::Index;
use crate::write::{self, DeleteOptions, Writer};

impl State {
    /// The time since a condition of an object was first observed.
    fn elapsed_since(&mut self, object: &Value, condition: &str) -> Duration {
        let timer = format!("{}/{condition}", object::uid(object));
        self.timers
            .entry(timer)
            .or_insert_with(Instant::now)
            .elapsed()
    }

    /// Whether the timer of a condition has not started.
    fn is_new_timer(&self, object: &Value, condition: &str) -> bool {
        let timer = format!("{}/{condition}", object::uid(object));
        !self.timers.contains_key(&timer)
    }

    /// Resets the timer of a condition.
    fn reset_timer(&mut self, object: &Value, condition: &str) {
        self.timers
            .remove(&format!("{}/{condition}", object::uid(object)));
    }

    /// Whether a condition of an object is observed for the first time.
    fn is_first(&mut self, object: &Value, condition: &str) -> bool {
        let timer = format!("{}/{condition}", object::uid(object));
        self.timers.insert(timer, Instant::now()).is_none()
    }

    /// Removes the timers of an object that no longer exists.
    fn forget_timers(&mut self, uid: &str) {
        let timers = self.timers.range(format!("{uid}/")..);
        let names = timers.map(|(timer, _)| timer.clone());
        let names: Vec<String> = names.take_while(|timer| timer.starts_with(uid)).collect();
        for timer in names {
            self.timers.remove(&timer);
        }
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
        self.update_by(cluster, id, object, Writer::controller(subresource));
    }

    /// Replaces an object, if it still exists and differs.
    pub(crate) fn update_by(&mut self, cluster: &Cluster, id: &str, object: Value, writer: Writer) {
        let Some(kind) = self.kinds.by_id(id).cloned() else {
            return;
        };
        let (namespace, name) = (object::namespace(&object), object::name(&object));
        let Some(old) = self.objects.get(id, namespace, name) else {
            return;
        };
        if *old != object {
            // The object was read under the same lock, so there is no conflict.
            let _ = write::replace(cluster, self, &kind, &old, object, writer);
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
        let mut pods = self.all_pods_of(owner);
        pods.retain(|pod| !object::is_terminating(pod));
        pods
    }

    /// The pods that an object controls, with those that terminate.
    fn all_pods_of(&self, owner: &Value) -> Vec<Arc<Value>> {
        self.controlled_by(owner, "pods")
    }

    /// The objects of a kind that an object controls, with those that terminate.
    fn controlled_by(&self, owner: &Value, kind: &str) -> Vec<Arc<Value>> {
        let dependents = self.objects.indexed(Index::Owner, object::uid(owner));
        dependents
            .filter(|(key, found)| &*key.kind == kind && object::is_controlled_by(found, owner))
            .map(|(_, found)| found.clone())
            .collect()
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
