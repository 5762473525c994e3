//! StatefulSets: numbered pods, created and updated in order.
//!
//! The next change is planned from the pods that exist, then executed; a status change of a pod
//! plans again. Start at [`CONTROLLER`].

mod claims;
mod identity;
mod new_pod;
mod plan;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::availability::Availability;
use super::controller_revision::{self, HASH_LABEL, REVISION_LABEL};
use super::events::{EventRecord, record_event};
use super::is_ready;
use super::keys::{self, BuiltInController};
use super::retry;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use plan::{Action, PodSet, Revisions};

const ID: &str = "statefulsets.apps";
const COMPONENT: &str = "statefulset-controller";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "statefulset",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "StatefulSet", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let set = state.objects.get_key(key)?;
    reconcile(cluster, state, &set)
}

fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) -> Option<Duration> {
    if object::is_terminating(set) {
        return None;
    }
    let history = controller_revision::sync(cluster, state, set, HASH_LABEL);
    let revisions = Revisions::new(set, &history)?;
    let availability = Availability::new(set, state.time());
    let pods = PodSet::new(set, state.all_pods_of(set));
    claims::update_owners(cluster, state, set, &pods);
    let mut next_run = availability.next(pods.all().map(AsRef::as_ref));
    for action in plan::plan(set, &pods, &revisions, &availability) {
        let is_done = match action {
            Action::Create { ordinal, revision } => {
                let template = history.named(&revision).map(|found| {
                    let template = controller_revision::template(found);
                    new_pod::pod(set, ordinal, &revision, &template)
                });
                template.is_some_and(|pod| create(cluster, state, set, ordinal, pod))
            }
            Action::Delete(pod) => {
                delete(cluster, state, set, &pod);
                true
            }
        };
        if !is_done {
            next_run = Some(retry::DELAY);
            break;
        }
    }
    let pods = state.all_pods_of(set);
    let status = status(set, &pods, &revisions, &availability);
    let is_used = |revision: &Value| {
        let name = object::name(revision);
        let of_pod = |pod: &Arc<Value>| pod["metadata"]["labels"][REVISION_LABEL] == name;
        status["currentRevision"] == name || pods.iter().any(of_pod)
    };
    controller_revision::truncate(state, set, &history, is_used);
    state.set_status(cluster, ID, set, status);
    next_run
}

/// Creates the claims of a pod and the pod; `false` if that failed and is to be retried.
fn create(cluster: &Cluster, state: &mut State, set: &Value, ordinal: i64, pod: Value) -> bool {
    if retry::is_delayed(state, set) {
        return false;
    }
    let (pod_name, set_name) = (object::name(&pod).to_owned(), object::name(set));
    let created = claims::create(cluster, state, set, ordinal, &pod_name).and_then(|()| {
        state
            .create(cluster, "pods", pod)
            .map(drop)
            .map_err(|status| {
                format!("create Pod {pod_name} in StatefulSet {set_name} failed error: {status}")
            })
    });
    let event = match &created {
        Ok(()) => {
            let message = format!("create Pod {pod_name} in StatefulSet {set_name} successful");
            EventRecord::normal(COMPONENT, "SuccessfulCreate", message)
        }
        Err(message) => EventRecord::warning(COMPONENT, "FailedCreate", message.clone()),
    };
    record_event(cluster, state, set, &event);
    retry::record(state, set, created.is_ok());
    created.is_ok()
}

fn delete(cluster: &Cluster, state: &mut State, set: &Value, pod: &Value) {
    state.delete("pods", pod);
    let (pod, set_name) = (object::name(pod), object::name(set));
    let message = format!("delete Pod {pod} in StatefulSet {set_name} successful");
    let event = EventRecord::normal(COMPONENT, "SuccessfulDelete", message);
    record_event(cluster, state, set, &event);
}

fn status(
    set: &Value,
    pods: &[Arc<Value>],
    revisions: &Revisions,
    availability: &Availability,
) -> Value {
    let count = |is_counted: &dyn Fn(&Value) -> bool| {
        let counted = pods.iter().filter(|pod| is_counted(pod)).count();
        i64::try_from(counted).unwrap_or(i64::MAX)
    };
    let at_revision = |revision: &str| {
        count(&|pod| {
            !object::is_terminating(pod) && pod["metadata"]["labels"][REVISION_LABEL] == revision
        })
    };
    let replicas = object::number(set, "/spec/replicas").unwrap_or(1);
    let ready = count(&is_ready);
    let updated = at_revision(&revisions.update);
    let mut current = at_revision(&revisions.current);
    let mut current_revision = &revisions.current;
    let total = count(&|_| true);
    let is_complete = updated == replicas && ready == replicas && total == replicas;
    if is_complete && object::text(set, "/spec/updateStrategy/type") != "OnDelete" {
        current = updated;
        current_revision = &revisions.update;
    }
    let mut status = json!({
        "replicas": total, "availableReplicas": count(&|pod| availability.is_available(pod)),
        "collisionCount": 0, "currentRevision": current_revision,
        "updateRevision": revisions.update, "observedGeneration": set["metadata"]["generation"],
    });
    for (name, number) in [
        ("readyReplicas", ready),
        ("currentReplicas", current),
        ("updatedReplicas", updated),
    ] {
        if number > 0 {
            status[name] = json!(number);
        }
    }
    status
}
