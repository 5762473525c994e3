//! The next changes of the pods of a DaemonSet.
//!
//! Nothing here changes the cluster. Start at [`plan`].

use std::sync::Arc;

use serde_json::Value;

use super::super::availability::{Availability, is_finished};
use super::super::controller_revision::REVISION_LABEL;
use super::super::int_or_percent::rounded_up;
use crate::object;

/// A change of the pods.
#[derive(Debug)]
pub(super) enum Action {
    Create { node: String },
    Delete(Arc<Value>),
}

/// A node with the pods of a DaemonSet on it.
#[derive(Debug)]
pub(super) struct NodePods {
    pub(super) node: String,
    /// Whether the DaemonSet has a pod on this node.
    pub(super) is_desired: bool,
    /// Whether an existing pod may stay on this node.
    pub(super) may_stay: bool,
    pub(super) pods: Vec<Arc<Value>>,
}

impl NodePods {
    /// The pods, with those that terminate.
    pub(super) fn pods(&self) -> impl Iterator<Item = &Value> {
        self.pods.iter().map(AsRef::as_ref)
    }

    /// The pods that do not terminate, the outdated ones apart.
    fn live(&self, hash: &str) -> (Option<&Arc<Value>>, Option<&Arc<Value>>) {
        let live = || self.pods.iter().filter(|pod| !object::is_terminating(pod));
        (
            live().find(|pod| is_updated(pod, hash)),
            live().find(|pod| !is_updated(pod, hash)),
        )
    }
}

/// Whether a pod has the current template.
pub(super) fn is_updated(pod: &Value, hash: &str) -> bool {
    pod["metadata"]["labels"][REVISION_LABEL] == hash
}

/// The next changes of the pods.
pub(super) fn plan(
    set: &Value,
    nodes: &[NodePods],
    hash: &str,
    availability: &Availability,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for node in nodes {
        let live = node.pods.iter().filter(|pod| !object::is_terminating(pod));
        let deleted = live.filter(|pod| !node.may_stay || is_finished(pod));
        actions.extend(deleted.cloned().map(Action::Delete));
        if node.is_desired && node.pods.is_empty() {
            actions.push(Action::Create {
                node: node.node.clone(),
            });
        }
    }
    let strategy = &set["spec"]["updateStrategy"];
    if strategy["type"] == "OnDelete" || !actions.is_empty() {
        return actions;
    }
    let desired: Vec<&NodePods> = nodes.iter().filter(|node| node.is_desired).collect();
    let total = i64::try_from(desired.len()).unwrap_or(i64::MAX);
    let limit = |name: &str, default: i64| {
        let limit = rounded_up(&strategy["rollingUpdate"][name], total);
        usize::try_from(limit.unwrap_or(default)).unwrap_or(0)
    };
    let max_surge = limit("maxSurge", 0);
    let is_available = |pod: &Value| availability.is_available(pod);
    if max_surge > 0 {
        surge(&desired, hash, max_surge, is_available)
    } else {
        let max_unavailable = limit("maxUnavailable", 1).max(1);
        replace(&desired, hash, max_unavailable, is_available)
    }
}

/// Deletes outdated pods, as long as enough pods stay available.
fn replace(
    nodes: &[&NodePods],
    hash: &str,
    max_unavailable: usize,
    is_available: impl Fn(&Value) -> bool,
) -> Vec<Action> {
    let (mut replaced, mut candidates, mut unavailable) = (Vec::new(), Vec::new(), 0);
    for node in nodes {
        match node.live(hash) {
            (None, Some(old)) if is_available(old) => candidates.push(old.clone()),
            (None, Some(old)) => {
                replaced.push(old.clone());
                unavailable += 1;
            }
            (Some(new), None) if is_available(new) => {}
            _ => unavailable += 1,
        }
    }
    let allowed = max_unavailable.saturating_sub(unavailable);
    replaced.extend(candidates.into_iter().take(allowed));
    replaced.into_iter().map(Action::Delete).collect()
}

/// Creates new pods beside outdated ones, which are deleted once the new ones are available.
fn surge(
    nodes: &[&NodePods],
    hash: &str,
    max_surge: usize,
    is_available: impl Fn(&Value) -> bool,
) -> Vec<Action> {
    let (mut actions, mut candidates, mut surging) = (Vec::new(), Vec::new(), 0);
    for node in nodes {
        match node.live(hash) {
            (Some(new), Some(old)) if is_available(new) => {
                actions.push(Action::Delete(old.clone()));
            }
            (Some(_), Some(_)) => surging += 1,
            (None, Some(old)) if !is_available(old) => actions.push(Action::Create {
                node: node.node.clone(),
            }),
            (None, Some(_)) => candidates.push(node.node.clone()),
            _ => {}
        }
    }
    let allowed = max_surge.saturating_sub(surging);
    let created = candidates.into_iter().take(allowed);
    actions.extend(created.map(|node| Action::Create { node }));
    actions
}
