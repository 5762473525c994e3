//! DaemonSets: one pod per node, replaced node by node when the template changes.
//!
//! Start at [`CONTROLLER`].

mod new_pod;
mod plan;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::availability::Availability;
use super::controller_revision::{self, REVISION_LABEL};
use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use super::{is_ready, retry, scheduler};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use plan::{Action, NodePods};

const ID: &str = "daemonsets.apps";
const COMPONENT: &str = "daemonset-controller";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "daemonset",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    // Each node may get a pod of every set.
    if &*change.kind == "nodes" {
        return keys::all(state, ID);
    }
    keys::own_or_controller(ID, "DaemonSet", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let set = state.objects.get_key(key)?;
    reconcile(cluster, state, &set)
}

fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) -> Option<Duration> {
    if object::is_terminating(set) {
        return None;
    }
    let history = controller_revision::sync(cluster, state, set, REVISION_LABEL);
    let revision = history.update()?;
    let hash = object::text(revision, "/metadata/labels/controller-revision-hash");
    let availability = Availability::new(set, state.time());
    let nodes = node_pods(state, set);
    let mut next_run = availability.next(nodes.iter().flat_map(NodePods::pods));
    for action in plan::plan(set, &nodes, hash, &availability) {
        match action {
            Action::Create { node } => {
                if !create(cluster, state, set, &node, hash) {
                    next_run = Some(retry::DELAY);
                    break;
                }
            }
            Action::Delete(pod) => {
                state.delete("pods", &pod);
                let message = format!("Deleted pod: {}", object::name(&pod));
                let event = EventRecord::normal(COMPONENT, "SuccessfulDelete", message);
                record_event(cluster, state, set, &event);
            }
        }
    }
    let nodes = node_pods(state, set);
    let is_used = |revision: &Value| {
        let hash = &revision["metadata"]["labels"][REVISION_LABEL];
        let mut pods = nodes.iter().flat_map(NodePods::pods);
        pods.any(|pod| pod["metadata"]["labels"][REVISION_LABEL] == *hash)
    };
    controller_revision::truncate(state, set, &history, is_used);
    let status = status(set, &nodes, hash, &availability);
    state.set_status(cluster, ID, set, status);
    next_run
}

/// The nodes with the pods of a DaemonSet on them, the oldest pod first.
fn node_pods(state: &State, set: &Value) -> Vec<NodePods> {
    let mut pods = state.all_pods_of(set);
    pods.sort_by_key(|pod| {
        let entry = state
            .objects
            .entry("pods", object::namespace(pod), object::name(pod));
        entry.map(|entry| entry.created_at)
    });
    let template = new_pod::pod(set);
    let nodes = state.objects.list("nodes", None).into_iter();
    nodes
        .map(|node| {
            let on_node = |pod: &&Arc<Value>| new_pod::node(pod) == object::name(&node);
            NodePods {
                node: object::name(&node).to_owned(),
                is_desired: scheduler::permits(&template, &node, &["NoSchedule", "NoExecute"]),
                may_stay: scheduler::permits(&template, &node, &["NoExecute"]),
                pods: pods.iter().filter(on_node).cloned().collect(),
            }
        })
        .collect()
}

/// Creates a pod on a node; `false` if that failed and is to be retried.
fn create(cluster: &Cluster, state: &mut State, set: &Value, node: &str, hash: &str) -> bool {
    if retry::is_delayed(state, set) {
        return false;
    }
    let mut pod = new_pod::on_node(new_pod::pod(set), node);
    pod["metadata"]["labels"][REVISION_LABEL] = json!(hash);
    let created = state.create(cluster, "pods", pod);
    let event = match &created {
        Ok(pod) => {
            let message = format!("Created pod: {}", object::name(pod));
            EventRecord::normal(COMPONENT, "SuccessfulCreate", message)
        }
        Err(status) => {
            let message = format!("Error creating: {status}");
            EventRecord::warning(COMPONENT, "FailedCreate", message)
        }
    };
    record_event(cluster, state, set, &event);
    retry::record(state, set, created.is_ok());
    created.is_ok()
}

fn status(set: &Value, nodes: &[NodePods], hash: &str, availability: &Availability) -> Value {
    let desired = || nodes.iter().filter(|node| node.is_desired);
    let oldest = || desired().filter_map(|node| node.pods.first());
    let updated = oldest().filter(|pod| plan::is_updated(pod, hash)).count();
    let ready = oldest().filter(|pod| is_ready(pod)).count();
    let available = oldest()
        .filter(|pod| availability.is_available(pod))
        .count();
    let misscheduled = nodes
        .iter()
        .filter(|node| !node.is_desired && !node.pods.is_empty());
    let mut status = json!({
        "desiredNumberScheduled": desired().count(), "currentNumberScheduled": oldest().count(),
        "numberMisscheduled": misscheduled.count(), "numberReady": ready,
        "observedGeneration": set["metadata"]["generation"],
    });
    let unavailable = desired().count().saturating_sub(available);
    for (name, number) in [
        ("updatedNumberScheduled", updated),
        ("numberAvailable", available),
        ("numberUnavailable", unavailable),
    ] {
        if number > 0 {
            status[name] = json!(number);
        }
    }
    status
}
