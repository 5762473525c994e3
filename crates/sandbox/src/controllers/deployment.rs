//! Deployments: one ReplicaSet per template, and rollouts from the old ones to the newest one.
//!
//! The next change is planned from the ReplicaSets that exist, then executed; a status change of a
//! ReplicaSet plans again. Start at [`CONTROLLER`].

mod plan;
mod replica_sets;
mod revision;
mod status;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::availability::is_finished;
use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use super::template_hash;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, EventType, ObjectKey};
use plan::Action;
use replica_sets::{DESIRED_REPLICAS, HASH, MAX_REPLICAS, ReplicaSets, replicas};
use status::Rollout;

const ID: &str = "deployments.apps";
const SETS: &str = "replicasets.apps";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "deployment",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if &*change.kind == "pods" && change.event == EventType::Deleted {
        // A rollout that recreates the pods waits for their end.
        let set = keys::controller(SETS, "ReplicaSet", &change.object);
        let set = set.and_then(|key| state.objects.get_key(&key));
        let deployment = set.and_then(|set| keys::controller(ID, "Deployment", &set));
        return deployment.into_iter().collect();
    }
    keys::own_or_controller(ID, "Deployment", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let deployment = state.objects.get_key(key)?;
    reconcile(cluster, state, &deployment)
}

fn reconcile(cluster: &Cluster, state: &mut State, deployment: &Value) -> Option<Duration> {
    if object::is_terminating(deployment) {
        return None;
    }
    let sets = replica_sets(state, deployment);
    sync_revision(cluster, state, deployment, &sets);
    let sets = replica_sets(state, deployment);
    let has_old_pods = has_old_pods(state, deployment, &sets);
    let mut created = None;
    let actions = plan::plan(deployment, &sets, has_old_pods);
    for action in &actions {
        match action {
            Action::Create { replicas } => {
                created = create(cluster, state, deployment, &sets, *replicas);
            }
            Action::Scale { set, replicas } => scale(cluster, state, deployment, set, *replicas),
        }
    }
    if created.is_some() {
        let sets = replica_sets(state, deployment);
        sync_revision(cluster, state, deployment, &sets);
    }
    let sets = replica_sets(state, deployment);
    let (namespace, name) = (object::namespace(deployment), object::name(deployment));
    let deployment = state.objects.get(ID, namespace, name)?;
    let rollout = Rollout::new(&deployment, &sets, state.time());
    let status = rollout.status(created.as_deref());
    if deployment["spec"]["paused"] == true || actions.is_empty() && rollout.is_complete() {
        for set in revision::beyond_history(&deployment, &sets) {
            state.delete(SETS, &set);
        }
    }
    let next_run = rollout.until_deadline(&status);
    state.set_status(cluster, ID, &deployment, status);
    next_run
}

/// The ReplicaSets of a Deployment.
fn replica_sets(state: &State, deployment: &Value) -> ReplicaSets {
    ReplicaSets::new(deployment, state.controlled_by(deployment, SETS))
}

/// Gives the newest ReplicaSet the newest revision, and the Deployment the same.
fn sync_revision(cluster: &Cluster, state: &mut State, deployment: &Value, sets: &ReplicaSets) {
    let Some(new) = &sets.new else {
        return;
    };
    let annotated = revision::annotate_set(deployment, new, &sets.old);
    let number = revision::of_set(&annotated);
    state.update(cluster, SETS, annotated, "");
    let annotated = revision::annotate_deployment(deployment, number);
    state.update(cluster, ID, annotated, "");
}

/// Whether pods of the old ReplicaSets still run or terminate; only the Recreate strategy waits for
/// them.
fn has_old_pods(state: &State, deployment: &Value, sets: &ReplicaSets) -> bool {
    if sets.old.is_empty() || !plan::is_recreate(deployment) {
        return false;
    }
    sets.old
        .iter()
        .flat_map(|set| state.all_pods_of(set))
        .any(|pod| !is_finished(&pod))
}

/// Creates the ReplicaSet of the current template; returns its name.
fn create(
    cluster: &Cluster,
    state: &mut State,
    deployment: &Value,
    sets: &ReplicaSets,
    replicas: i64,
) -> Option<String> {
    let spec = &deployment["spec"];
    let namespace = object::namespace(deployment);
    let named = |collisions: u32| {
        let hash = template_hash::of_template(&spec["template"], collisions);
        (format!("{}-{hash}", object::name(deployment)), hash)
    };
    let is_free = |(name, _): &(String, String)| state.objects.get(SETS, namespace, name).is_none();
    let (name, hash) = (0..=u32::MAX).map(named).find(is_free)?;
    let mut template = spec["template"].clone();
    template["metadata"]["labels"][HASH] = json!(hash);
    let mut selector = spec["selector"].clone();
    selector["matchLabels"][HASH] = json!(hash);
    let set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": name, "namespace": namespace, "labels": template["metadata"]["labels"],
            "ownerReferences": [object::controller_reference(deployment)],
        },
        "spec": {
            "replicas": replicas, "selector": selector, "template": template,
            "minReadySeconds": object::number(deployment, "/spec/minReadySeconds").unwrap_or(0),
        },
    });
    let set = annotated_with_size(deployment, set);
    let set = revision::annotate_set(deployment, &set, &sets.old);
    // This fails only while the namespace terminates.
    state.create(cluster, SETS, set).ok()?;
    if replicas > 0 {
        let message = format!("Scaled up replica set {name} from 0 to {replicas}");
        record_scaling(cluster, state, deployment, message);
    }
    Some(name)
}

fn record_scaling(cluster: &Cluster, state: &mut State, deployment: &Value, message: String) {
    let event = EventRecord::normal("deployment-controller", "ScalingReplicaSet", message);
    record_event(cluster, state, deployment, &event);
}

fn scale(cluster: &Cluster, state: &mut State, deployment: &Value, set: &Value, size: i64) {
    let before = replicas(set);
    let mut scaled = annotated_with_size(deployment, set.clone());
    scaled["spec"]["replicas"] = json!(size);
    state.update(cluster, SETS, scaled, "");
    if size != before {
        let direction = if size > before { "up" } else { "down" };
        let name = object::name(set);
        let message = format!("Scaled {direction} replica set {name} from {before} to {size}");
        record_scaling(cluster, state, deployment, message);
    }
}

/// The ReplicaSet with the number of replicas that its Deployment has now.
fn annotated_with_size(deployment: &Value, mut set: Value) -> Value {
    let desired = replicas(deployment);
    let annotations = object::meta(&mut set)
        .entry("annotations")
        .or_insert_with(|| json!({}));
    annotations[DESIRED_REPLICAS] = json!(desired.to_string());
    let max = desired + plan::max_surge(deployment);
    annotations[MAX_REPLICAS] = json!(max.to_string());
    set
}
