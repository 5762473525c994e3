//! The revisions of a Deployment, which annotations of its ReplicaSets number.
//!
//! Start at [`annotate_set`].

use std::sync::Arc;

use serde_json::{Value, json};

use super::replica_sets::{DESIRED_REPLICAS, MAX_REPLICAS, ReplicaSets, annotation, replicas};
use crate::object;

const REVISION: &str = "deployment.kubernetes.io/revision";
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";

/// The annotations of a Deployment that its ReplicaSets do not get.
const OWN_ANNOTATIONS: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
];

/// The revision of a ReplicaSet; 0 if it has none.
pub(super) fn of_set(set: &Value) -> i64 {
    annotation(set, REVISION).unwrap_or(0)
}

/// The ReplicaSet of the current template with a revision above those of the old sets, and with the
/// annotations of its Deployment.
pub(super) fn annotate_set(deployment: &Value, set: &Value, old: &[Arc<Value>]) -> Value {
    let newest = 1 + old.iter().map(|set| of_set(set)).max().unwrap_or(0);
    let mut annotated = set.clone();
    let annotations = object::meta(&mut annotated)
        .entry("annotations")
        .or_insert_with(|| json!({}));
    for (name, value) in object::pairs(deployment, "/metadata/annotations") {
        if !OWN_ANNOTATIONS.contains(&name) {
            annotations[name] = json!(value);
        }
    }
    let before = of_set(set);
    if before < newest {
        annotations[REVISION] = json!(newest.to_string());
        if before > 0 {
            let history = annotations[REVISION_HISTORY].as_str();
            let history = history.map_or_else(
                || before.to_string(),
                |history| format!("{history},{before}"),
            );
            annotations[REVISION_HISTORY] = json!(history);
        }
    }
    let min_ready_seconds = object::number(deployment, "/spec/minReadySeconds").unwrap_or(0);
    if object::number(set, "/spec/minReadySeconds").unwrap_or(0) != min_ready_seconds {
        annotated["spec"]["minReadySeconds"] = json!(min_ready_seconds);
    }
    annotated
}

/// The Deployment with the revision of its newest ReplicaSet.
pub(super) fn annotate_deployment(deployment: &Value, revision: i64) -> Value {
    let mut annotated = deployment.clone();
    let annotations = object::meta(&mut annotated)
        .entry("annotations")
        .or_insert_with(|| json!({}));
    annotations[REVISION] = json!(revision.to_string());
    annotated
}

/// The oldest unused ReplicaSets beyond the history limit.
pub(super) fn beyond_history(deployment: &Value, sets: &ReplicaSets) -> Vec<Arc<Value>> {
    let limit = object::number(deployment, "/spec/revisionHistoryLimit").unwrap_or(10);
    let mut old = sets.old.clone();
    old.retain(|set| !object::is_terminating(set));
    old.sort_by_key(|set| of_set(set));
    let excess = old
        .len()
        .saturating_sub(usize::try_from(limit).unwrap_or(0));
    old.truncate(excess);
    old.retain(|set| {
        replicas(set) == 0 && object::number(set, "/status/replicas").unwrap_or(0) == 0
    });
    old
}
