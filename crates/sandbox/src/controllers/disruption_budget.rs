//! PodDisruptionBudgets: how many pods may be evicted now.
//!
//! The eviction of a pod reads the status that this controller writes. Start at [`CONTROLLER`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::int_or_percent::rounded_up;
use super::keys::{self, BuiltInController};
use super::{Conditions, is_ready};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use crate::selector;

const ID: &str = "poddisruptionbudgets.policy";

/// The workloads that give the expected number of pods.
const SCALED: [(&str, &str); 4] = [
    ("Deployment", "deployments.apps"),
    ("ReplicaSet", "replicasets.apps"),
    ("StatefulSet", "statefulsets.apps"),
    ("ReplicationController", "replicationcontrollers"),
];

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "disruption",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let is_scaled = SCALED.iter().any(|(_, id)| **id == *change.kind);
    if &*change.kind != "pods" && !is_scaled {
        return keys::own(ID, change);
    }
    let namespace = object::namespace(&change.object);
    let mut budgets = keys::all(state, ID);
    budgets.retain(|key| key.namespace == namespace);
    budgets
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let budget = state.objects.get_key(key)?;
    if !object::is_terminating(&budget) {
        let status = status(state, &budget);
        state.set_status(cluster, ID, &budget, status);
    }
    None
}

fn status(state: &State, budget: &Value) -> Value {
    let selector = &budget["spec"]["selector"];
    let mut pods = state.objects.list("pods", Some(object::namespace(budget)));
    pods.retain(|pod| {
        !selector.is_null() && selector::selector_matches(selector, &pod["metadata"]["labels"])
    });
    let healthy = pods
        .iter()
        .filter(|pod| !object::is_terminating(pod) && is_ready(pod));
    let healthy = count(healthy);
    let (expected, desired) = demand(state, budget, &pods);
    let allowed = if expected > 0 {
        (healthy - desired).max(0)
    } else {
        0
    };
    let (is_allowed, reason) = if allowed > 0 {
        (true, "SufficientPods")
    } else {
        (false, "InsufficientPods")
    };
    let conditions = Conditions::new(budget, state);
    let mut condition = conditions.condition("DisruptionAllowed", is_allowed, reason, "");
    condition["message"] = json!("");
    condition["observedGeneration"] = budget["metadata"]["generation"].clone();
    json!({
        "observedGeneration": budget["metadata"]["generation"], "disruptionsAllowed": allowed,
        "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
        "conditions": [condition],
    })
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

/// The numbers of pods that are expected and that have to be healthy.
fn demand(state: &State, budget: &Value, pods: &[Arc<Value>]) -> (i64, i64) {
    let spec = &budget["spec"];
    if let Some(min_available) = spec.get("minAvailable").filter(|value| !value.is_null()) {
        let expected = if min_available.is_string() {
            expected(state, pods)
        } else {
            count(pods.iter())
        };
        let desired = rounded_up(min_available, expected).unwrap_or(0);
        return (expected, desired);
    }
    let expected = expected(state, pods);
    let max_unavailable = rounded_up(&spec["maxUnavailable"], expected).unwrap_or(0);
    (expected, (expected - max_unavailable).max(0))
}

/// The sum of the replicas of the workloads that control the pods.
fn expected(state: &State, pods: &[Arc<Value>]) -> i64 {
    let workloads: BTreeMap<ObjectKey, i64> = pods
        .iter()
        .filter_map(|pod| {
            let key = workload(pod)?;
            let owner = state.objects.get_key(&key)?;
            // The ReplicaSets of a Deployment count as one workload.
            let root = workload(&owner).and_then(|key| {
                let root = state.objects.get_key(&key)?;
                Some((key, root))
            });
            let (key, owner) = root.unwrap_or((key, owner));
            Some((key, object::number(&owner, "/spec/replicas").unwrap_or(1)))
        })
        .collect();
    workloads.values().sum()
}

/// The workload that controls an object.
fn workload(object: &Value) -> Option<ObjectKey> {
    let mut scaled = SCALED.iter();
    scaled.find_map(|(type_name, id)| keys::controller(id, type_name, object))
}
