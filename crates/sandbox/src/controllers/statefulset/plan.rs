//! The next changes of the pods of a StatefulSet.
//!
//! Nothing here changes the cluster. Ordered sets change one pod at a time. Start at [`plan`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::super::availability::{Availability, is_finished};
use super::super::controller_revision::{History, REVISION_LABEL};
use super::super::int_or_percent::rounded_up;
use crate::object;

/// A change of the pods.
#[derive(Debug)]
pub(super) enum Action {
    Create { ordinal: i64, revision: String },
    Delete(Arc<Value>),
}

/// The names of the two revisions that the pods of a StatefulSet have during an update.
#[derive(Debug)]
pub(super) struct Revisions {
    pub(super) current: String,
    pub(super) update: String,
}

impl Revisions {
    pub(super) fn new(set: &Value, history: &History) -> Option<Self> {
        let update = object::name(history.update()?).to_owned();
        let current = object::text(set, "/status/currentRevision");
        let current = history
            .named(current)
            .map_or_else(|| update.clone(), |revision| object::name(revision).into());
        Some(Self { current, update })
    }
}

/// The pods of a StatefulSet by ordinal.
#[derive(Debug)]
pub(super) struct PodSet {
    /// The wanted ordinals with the pods that exist.
    desired: BTreeMap<i64, Option<Arc<Value>>>,
    /// The pods with other ordinals.
    condemned: BTreeMap<i64, Arc<Value>>,
}

impl PodSet {
    pub(super) fn new(set: &Value, pods: Vec<Arc<Value>>) -> Self {
        let start = object::number(set, "/spec/ordinals/start").unwrap_or(0);
        let replicas = object::number(set, "/spec/replicas").unwrap_or(1).max(0);
        let mut desired: BTreeMap<i64, Option<Arc<Value>>> = (start..start + replicas)
            .map(|ordinal| (ordinal, None))
            .collect();
        let mut condemned = BTreeMap::new();
        for pod in pods {
            let Some(ordinal) = ordinal(&pod) else {
                continue;
            };
            if let Some(slot) = desired.get_mut(&ordinal) {
                *slot = Some(pod);
            } else {
                condemned.insert(ordinal, pod);
            }
        }
        Self { desired, condemned }
    }

    /// All pods that exist.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Value>> {
        let desired = self.desired.values().flatten();
        desired.chain(self.condemned.values())
    }

    /// The pods that exist, with their ordinals and whether their ordinal is no longer wanted.
    pub(super) fn with_ordinals(&self) -> impl Iterator<Item = (i64, &Arc<Value>, bool)> {
        let desired = self.desired.iter();
        let desired = desired.filter_map(|(ordinal, pod)| Some((*ordinal, pod.as_ref()?, false)));
        let condemned = self.condemned.iter();
        desired.chain(condemned.map(|(ordinal, pod)| (*ordinal, pod, true)))
    }
}

/// The ordinal in the name of a pod.
fn ordinal(pod: &Value) -> Option<i64> {
    object::name(pod).rsplit('-').next()?.parse().ok()
}

/// The next changes of the pods.
pub(super) fn plan(
    set: &Value,
    pods: &PodSet,
    revisions: &Revisions,
    availability: &Availability,
) -> Vec<Action> {
    let is_ordered = object::text(set, "/spec/podManagementPolicy") != "Parallel";
    let is_healthy = |pod: &Value| !object::is_terminating(pod) && availability.is_available(pod);
    let mut actions = Vec::new();
    for (ordinal, pod) in &pods.desired {
        let before = actions.len();
        match pod {
            None => actions.push(Action::Create {
                ordinal: *ordinal,
                revision: revision_of_new_pod(set, *ordinal, revisions).to_owned(),
            }),
            Some(pod) if is_finished(pod) && !object::is_terminating(pod) => {
                actions.push(Action::Delete(pod.clone()));
            }
            Some(_) => {}
        }
        let is_waiting = actions.len() > before || !pod.as_deref().is_some_and(is_healthy);
        if is_ordered && is_waiting {
            return actions;
        }
    }
    for pod in pods.condemned.values().rev() {
        if !object::is_terminating(pod) {
            actions.push(Action::Delete(pod.clone()));
        }
        if is_ordered {
            return actions;
        }
    }
    if object::text(set, "/spec/updateStrategy/type") != "OnDelete" {
        actions.extend(outdated(set, pods, revisions, is_healthy).map(Action::Delete));
    }
    actions
}

/// The first ordinal that is updated.
fn partition(set: &Value) -> i64 {
    let start = object::number(set, "/spec/ordinals/start").unwrap_or(0);
    start + object::number(set, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0)
}

fn revision_of_new_pod<'a>(set: &Value, ordinal: i64, revisions: &'a Revisions) -> &'a str {
    let is_rolling = object::text(set, "/spec/updateStrategy/type") != "OnDelete";
    if is_rolling && ordinal < partition(set) {
        &revisions.current
    } else {
        &revisions.update
    }
}

/// The outdated pods that a rolling update replaces now, the highest ordinal first.
fn outdated(
    set: &Value,
    pods: &PodSet,
    revisions: &Revisions,
    is_healthy: impl Fn(&Value) -> bool,
) -> impl Iterator<Item = Arc<Value>> {
    let replicas = i64::try_from(pods.desired.len()).unwrap_or(i64::MAX);
    let max_unavailable = &set["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"];
    let mut budget = rounded_up(max_unavailable, replicas).unwrap_or(1).max(1);
    let mut outdated = Vec::new();
    for pod in pods.desired.range(partition(set)..).rev() {
        let Some(pod) = pod.1 else {
            budget -= 1;
            continue;
        };
        if budget <= 0 {
            break;
        }
        let is_updated = pod["metadata"]["labels"][REVISION_LABEL] == revisions.update.as_str();
        if !is_updated && !object::is_terminating(pod) {
            outdated.push(pod.clone());
            budget -= 1;
        } else if !is_healthy(pod) {
            budget -= 1;
        }
    }
    outdated.into_iter()
}
