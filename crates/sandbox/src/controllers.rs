//! The pretend controllers, and the pace they work at.
//!
//! One task looks at the whole cluster after each change and brings every object a step further;
//! each controller is a function of the state and can be called again without harm. Start at
//! [`run`].

mod address;
mod balance;
mod begin;
mod crd;
mod daemonset;
mod deployment;
mod endpoints;
mod events;
mod gc;
mod image;
mod job;
mod namespace;
mod pod;
mod quality;
mod replicaset;
mod serviceaccount;
mod statefulset;

pub(crate) use begin::begin;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::inside;
use crate::object;
use crate::refusal::Refusal;
use crate::world::{State, World, now};
use crate::write::{self, Removal, Writer};

/// A controller: takes a step, and says when it wants to look again though nothing changes.
type Controller = fn(&World, &mut State) -> Option<Duration>;

const CONTROLLERS: [Controller; 12] = [
    crd::step,
    serviceaccount::step,
    deployment::step,
    replicaset::step,
    statefulset::step,
    daemonset::step,
    job::step,
    pod::step,
    balance::step,
    endpoints::step,
    gc::step,
    namespace::step,
];

/// Runs the controllers until the world ends.
pub(crate) async fn run(world: Arc<World>) {
    let mut latest = world.lock().store.follow();
    let ended = world.ended.clone();
    loop {
        latest.mark_unchanged();
        let due: Vec<Duration> = CONTROLLERS
            .iter()
            .filter_map(|step| step(&world, &mut world.lock()))
            .collect();
        inside::step(&world, &mut world.lock());
        let pause = due.into_iter().min().unwrap_or(Duration::from_mins(1));
        tokio::select! {
            () = ended.cancelled() => return,
            _ = latest.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
        tokio::select! {
            () = ended.cancelled() => return,
            () = tokio::time::sleep(world.shape.pace.reaction) => {}
        }
    }
}

impl State {
    /// How long something has been so: the time since it was first asked.
    fn since(&mut self, object: &Value, what: &str) -> Duration {
        let mark = format!("{}/{what}", object::uid(object));
        self.marks
            .entry(mark)
            .or_insert_with(Instant::now)
            .elapsed()
    }

    /// Forgets since when something has been so.
    fn no_longer(&mut self, object: &Value, what: &str) {
        self.marks
            .remove(&format!("{}/{what}", object::uid(object)));
    }

    /// Creates an object as a controller.
    fn make(&mut self, world: &World, id: &str, object: Value) -> Result<Arc<Value>, Refusal> {
        let kind = self
            .kinds
            .by_id(id)
            .cloned()
            .ok_or_else(Refusal::no_such_path)?;
        write::create(world, self, &kind, object, Writer::controller(""))
    }

    /// Writes a changed object as a controller; one that is gone meanwhile is left.
    fn change(&mut self, world: &World, id: &str, object: Value, subresource: &str) {
        let Some(kind) = self.kinds.by_id(id).cloned() else {
            return;
        };
        let (namespace, name) = (object::namespace(&object), object::name(&object));
        let Some(old) = self.store.get(id, namespace, name) else {
            return;
        };
        if *old != object {
            // What a controller writes was read under the same lock, so it is not refused.
            let _ = write::replace(
                world,
                self,
                &kind,
                &old,
                object,
                Writer::controller(subresource),
            );
        }
    }

    /// Writes the status of an object, if it differs.
    fn set_status(&mut self, world: &World, id: &str, object: &Value, status: Value) {
        let mut changed = object.clone();
        changed["status"] = status;
        self.change(world, id, changed, "status");
    }

    /// Deletes an object as a controller.
    fn delete(&mut self, id: &str, object: &Value) {
        let Some(kind) = self.kinds.by_id(id).cloned() else {
            return;
        };
        let (namespace, name) = (object::namespace(object), object::name(object));
        let Some(found) = self.store.get(id, namespace, name) else {
            return;
        };
        if !object::is_going(&found) {
            // Without preconditions a deletion is not refused.
            let _ = write::delete(self, &kind, &found, &Removal::default());
        }
    }

    /// The pods that an object controls and that are not going.
    fn pods_of(&self, owner: &Value) -> Vec<Arc<Value>> {
        let mut pods = self.store.list("pods", Some(object::namespace(owner)));
        pods.retain(|pod| object::is_controlled_by(pod, owner) && !object::is_going(pod));
        pods
    }
}

/// A condition that keeps its transition time while its status stays.
fn condition(old: &Value, sort: &str, holds: bool, reason: &str, message: &str) -> Value {
    let status = if holds { "True" } else { "False" };
    let before = object::items(old, "/status/conditions")
        .find(|condition| condition["type"] == sort && condition["status"] == status);
    let since = before
        .and_then(|condition| condition["lastTransitionTime"].as_str())
        .map_or_else(now, str::to_owned);
    let mut condition = json!({"type": sort, "status": status, "lastTransitionTime": since});
    if !reason.is_empty() {
        condition["reason"] = json!(reason);
    }
    if !message.is_empty() {
        condition["message"] = json!(message);
    }
    condition
}

/// Whether a pod is ready.
fn is_ready(pod: &Value) -> bool {
    object::items(pod, "/status/conditions")
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

/// A pod after a workload's template.
fn pod_from(template: &Value, owner: &Value) -> Value {
    let mut meta = template["metadata"].clone();
    if !meta.is_object() {
        meta = json!({});
    }
    meta["namespace"] = json!(object::namespace(owner));
    meta["ownerReferences"] = json!([object::controlled_by(owner)]);
    if meta["name"].is_null() {
        meta["generateName"] = json!(format!("{}-", object::name(owner)));
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]})
}
