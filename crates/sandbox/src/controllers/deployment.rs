//! Deployments: one ReplicaSet per template, the newest one scaled up.
//!
//! The old ReplicaSets are scaled to zero once the newest one is available. Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Conditions;
use super::events::{EventRecord, record_event};
use super::int_or_percent::rounded_down;
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const ID: &str = "deployments.apps";
const SETS: &str = "replicasets.apps";
const HASH: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "deployment",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "Deployment", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let deployment = state.objects.get_key(key)?;
    if !object::is_terminating(&deployment) {
        reconcile(cluster, state, &deployment);
    }
    None
}

fn reconcile(cluster: &Cluster, state: &mut State, deployment: &Value) {
    let mut sets = state
        .objects
        .list(SETS, Some(object::namespace(deployment)));
    sets.retain(|set| object::is_controlled_by(set, deployment));
    let name = format!(
        "{}-{}",
        object::name(deployment),
        hash(&deployment["spec"]["template"])
    );
    let replicas = object::number(deployment, "/spec/replicas").unwrap_or(1);
    let (current, old): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(|set| object::name(set) == name);
    let Some(current) = current.into_iter().next() else {
        let revision = 1 + old.iter().map(|set| revision(set)).max().unwrap_or(0);
        create(cluster, state, deployment, &name, revision);
        return;
    };
    scale(cluster, state, &current, replicas);
    let available = object::number(&current, "/status/availableReplicas").unwrap_or(0);
    let is_recreate = deployment.pointer("/spec/strategy/type") == Some(&json!("Recreate"));
    if available >= replicas || is_recreate {
        for set in &old {
            scale(cluster, state, set, 0);
        }
    }
    delete_old_replica_sets(state, deployment, &old);
    annotate(cluster, state, deployment, revision(&current));
    let Some(deployment) =
        state
            .objects
            .get(ID, object::namespace(deployment), object::name(deployment))
    else {
        return;
    };
    let conditions = Conditions::new(&deployment, state);
    let status = status(&conditions, &deployment, &current, &old);
    state.set_status(cluster, ID, &deployment, status);
}

fn hash(template: &Value) -> String {
    let digest = Sha256::digest(template.to_string());
    let number = digest
        .iter()
        .take(5)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{number:010x}")
}

fn revision(set: &Value) -> i64 {
    set["metadata"]["annotations"][REVISION]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn create(cluster: &Cluster, state: &mut State, deployment: &Value, name: &str, revision: i64) {
    let hash = name.rsplit('-').next().unwrap_or_default();
    let spec = &deployment["spec"];
    let mut template = spec["template"].clone();
    template["metadata"]["labels"][HASH] = json!(hash);
    let mut selector = spec["selector"].clone();
    selector["matchLabels"][HASH] = json!(hash);
    // An existing ReplicaSet of this name is being deleted; the next run retries.
    let created = state.create(
        cluster,
        SETS,
        json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": name, "namespace": object::namespace(deployment),
                "labels": template["metadata"]["labels"],
                "annotations": {
                    REVISION: revision.to_string(),
                    "deployment.kubernetes.io/desired-replicas": spec["replicas"].to_string(),
                },
                "ownerReferences": [object::controller_reference(deployment)],
            },
            "spec": {"replicas": spec["replicas"], "selector": selector, "template": template},
        }),
    );
    if created.is_ok() {
        let replicas = &spec["replicas"];
        let message = format!("Scaled up replica set {name} from 0 to {replicas}");
        let (reason, component) = ("ScalingReplicaSet", "deployment-controller");
        record_event(
            cluster,
            state,
            deployment,
            &EventRecord::normal(component, reason, message),
        );
    }
}

fn scale(cluster: &Cluster, state: &mut State, set: &Value, replicas: i64) {
    if object::number(set, "/spec/replicas") != Some(replicas) {
        let mut scaled = set.clone();
        scaled["spec"]["replicas"] = json!(replicas);
        state.update(cluster, SETS, scaled, "");
    }
}

fn delete_old_replica_sets(state: &mut State, deployment: &Value, old: &[Arc<Value>]) {
    let history_limit = object::number(deployment, "/spec/revisionHistoryLimit").unwrap_or(10);
    let mut empty: Vec<&Arc<Value>> = old
        .iter()
        .filter(|set| object::number(set, "/status/replicas").unwrap_or(0) == 0)
        .filter(|set| object::number(set, "/spec/replicas") == Some(0))
        .collect();
    empty.sort_by_key(|set| std::cmp::Reverse(revision(set)));
    for set in empty
        .into_iter()
        .skip(usize::try_from(history_limit).unwrap_or(0))
    {
        state.delete(SETS, set);
    }
}

fn annotate(cluster: &Cluster, state: &mut State, deployment: &Value, revision: i64) {
    let mut annotated = deployment.clone();
    let annotations = object::meta(&mut annotated)
        .entry("annotations")
        .or_insert_with(|| json!({}));
    annotations[REVISION] = json!(revision.to_string());
    state.update(cluster, ID, annotated, "");
}

fn status(
    conditions: &Conditions<'_>,
    deployment: &Value,
    current: &Value,
    old: &[Arc<Value>],
) -> Value {
    let count = |pointer: &str| -> i64 {
        old.iter()
            .map(AsRef::as_ref)
            .chain([current])
            .filter_map(|set| object::number(set, pointer))
            .sum()
    };
    let replicas = object::number(deployment, "/spec/replicas").unwrap_or(1);
    let (total, ready) = (count("/status/replicas"), count("/status/readyReplicas"));
    let available = count("/status/availableReplicas");
    let updated = object::number(current, "/status/replicas").unwrap_or(0);
    let max_unavailable = max_unavailable(deployment, replicas);
    let is_available = available >= replicas - max_unavailable;
    let is_complete = updated >= replicas && available >= replicas && total == updated;
    let set = object::name(current);
    let conditions = json!([
        if is_available {
            conditions.condition(
                "Available",
                true,
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
        } else {
            conditions.condition(
                "Available",
                false,
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            )
        },
        if is_complete {
            conditions.condition(
                "Progressing",
                true,
                "NewReplicaSetAvailable",
                &format!("ReplicaSet \"{set}\" has successfully progressed."),
            )
        } else {
            conditions.condition(
                "Progressing",
                true,
                "ReplicaSetUpdated",
                &format!("ReplicaSet \"{set}\" is progressing."),
            )
        },
    ]);
    let mut status = json!({
        "observedGeneration": deployment["metadata"]["generation"], "conditions": conditions,
    });
    for (name, number) in [
        ("replicas", total),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", available),
        ("unavailableReplicas", (replicas - available).max(0)),
    ] {
        if number > 0 {
            status[name] = json!(number);
        }
    }
    let mut failures = object::items(current, "/status/conditions");
    let failure = failures.find(|condition| condition["type"] == "ReplicaFailure");
    if let (Some(conditions), Some(failure)) = (status["conditions"].as_array_mut(), failure) {
        conditions.push(failure.clone());
    }
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        condition["lastUpdateTime"] = condition["lastTransitionTime"].clone();
    }
    status
}

/// The number of unavailable pods that the strategy allows.
fn max_unavailable(deployment: &Value, replicas: i64) -> i64 {
    let limit = &deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"];
    rounded_down(limit, replicas).unwrap_or(0)
}
