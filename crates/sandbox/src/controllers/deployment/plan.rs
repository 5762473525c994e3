//! The next changes of the ReplicaSets of a Deployment.
//!
//! Nothing here changes the cluster. Start at [`plan`].

use std::cmp::Reverse;
use std::sync::Arc;

use serde_json::Value;

use super::super::int_or_percent::{rounded_down, rounded_up};
use super::replica_sets::{
    DESIRED_REPLICAS, MAX_REPLICAS, ReplicaSets, annotation, available, replicas,
};
use crate::object;

/// A change of the ReplicaSets.
#[derive(Debug)]
pub(super) enum Action {
    /// Creates the ReplicaSet of the current template.
    Create {
        replicas: i64,
    },
    Scale {
        set: Arc<Value>,
        replicas: i64,
    },
}

/// The next changes of the ReplicaSets; `has_old_pods` tells whether pods of the old sets run or
/// terminate.
pub(super) fn plan(deployment: &Value, sets: &ReplicaSets, has_old_pods: bool) -> Vec<Action> {
    let is_scaling = sets
        .all()
        .filter(|set| replicas(set) > 0)
        .filter_map(|set| annotation(set, DESIRED_REPLICAS))
        .any(|desired| desired != replicas(deployment));
    if deployment["spec"]["paused"] == true || is_scaling {
        scale(deployment, sets)
    } else if is_recreate(deployment) {
        recreate(deployment, sets, has_old_pods)
    } else {
        roll(deployment, sets)
    }
}

/// Whether the old pods end before the new ones start.
pub(super) fn is_recreate(deployment: &Value) -> bool {
    object::text(deployment, "/spec/strategy/type") == "Recreate"
}

/// The numbers of additional and of unavailable pods that a rollout may have.
fn limits(deployment: &Value) -> (i64, i64) {
    let desired = replicas(deployment);
    let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
    let surge = rounded_up(&rolling["maxSurge"], desired).unwrap_or(0);
    let unavailable = rounded_down(&rolling["maxUnavailable"], desired).unwrap_or(0);
    if is_recreate(deployment) {
        (0, 0)
    } else if surge == 0 && unavailable == 0 {
        (0, 1)
    } else {
        (surge, unavailable)
    }
}

/// The number of additional pods that a rollout may have.
pub(super) fn max_surge(deployment: &Value) -> i64 {
    limits(deployment).0
}

/// The number of pods that may be unavailable during a rollout.
pub(super) fn max_unavailable(deployment: &Value) -> i64 {
    limits(deployment).1.min(replicas(deployment))
}

/// The change of the size of a ReplicaSet, if it has another size.
fn resize(set: &Arc<Value>, size: i64) -> Option<Action> {
    (replicas(set) != size).then(|| Action::Scale {
        set: set.clone(),
        replicas: size,
    })
}

/// The Recreate strategy: the old pods end before the new ones start.
fn recreate(deployment: &Value, sets: &ReplicaSets, has_old_pods: bool) -> Vec<Action> {
    let actions: Vec<Action> = sets.old.iter().filter_map(|set| resize(set, 0)).collect();
    if !actions.is_empty() || has_old_pods {
        return actions;
    }
    let replicas = replicas(deployment);
    match &sets.new {
        None => vec![Action::Create { replicas }],
        Some(new) => resize(new, replicas).into_iter().collect(),
    }
}

/// The RollingUpdate strategy: the new set grows and the old ones shrink within the limits.
fn roll(deployment: &Value, sets: &ReplicaSets) -> Vec<Action> {
    let desired = replicas(deployment);
    let room = desired + max_surge(deployment) - sets.total("/spec/replicas");
    let Some(new) = &sets.new else {
        return vec![Action::Create {
            replicas: room.clamp(0, desired),
        }];
    };
    let growth = room.clamp(0, (desired - replicas(new)).max(0));
    let growth = resize(new, (replicas(new) + growth).min(desired));
    if growth.is_some() {
        return growth.into_iter().collect();
    }
    let min_available = desired - max_unavailable(deployment);
    let unavailable = replicas(new) - available(new);
    let removable = sets.total("/spec/replicas") - min_available - unavailable;
    if removable <= 0 {
        return Vec::new();
    }
    shrink(sets, removable, min_available)
}

/// Removes the pods of the old sets that are not available, then others above the minimum.
fn shrink(sets: &ReplicaSets, removable: i64, min_available: i64) -> Vec<Action> {
    let mut sizes: Vec<i64> = sets.old.iter().map(|set| replicas(set)).collect();
    let mut budget = removable;
    for (set, size) in sets.old.iter().zip(&mut sizes) {
        let removed = (*size - available(set)).clamp(0, budget);
        *size -= removed;
        budget -= removed;
    }
    let mut surplus = sets.total("/status/availableReplicas") - min_available;
    for size in &mut sizes {
        let removed = surplus.clamp(0, *size);
        *size -= removed;
        surplus -= removed;
    }
    let resized = sets.old.iter().zip(sizes);
    resized
        .filter_map(|(set, size)| resize(set, size))
        .collect()
}

/// Scales the sets without a rollout: the active one, or all in proportion to their sizes.
fn scale(deployment: &Value, sets: &ReplicaSets) -> Vec<Action> {
    let desired = replicas(deployment);
    let active: Vec<&Arc<Value>> = sets.all().filter(|set| replicas(set) > 0).collect();
    let single = match active.as_slice() {
        [] => sets.new.as_ref().or(sets.old.last()),
        [single] => Some(*single),
        _ => None,
    };
    if let Some(single) = single {
        return vec![Action::Scale {
            set: single.clone(),
            replicas: desired,
        }];
    }
    let is_saturated = sets.new.as_ref().is_some_and(|new| {
        replicas(new) == desired
            && annotation(new, DESIRED_REPLICAS) == Some(desired)
            && available(new) == desired
    });
    if is_saturated {
        return sets.old.iter().filter_map(|set| resize(set, 0)).collect();
    }
    if is_recreate(deployment) {
        return Vec::new();
    }
    in_proportion(deployment, active)
}

/// Distributes the replicas over several active sets, the largest first.
fn in_proportion(deployment: &Value, mut active: Vec<&Arc<Value>>) -> Vec<Action> {
    let desired = replicas(deployment);
    let allowed = if desired > 0 {
        desired + max_surge(deployment)
    } else {
        0
    };
    let to_add = allowed - active.iter().map(|set| replicas(set)).sum::<i64>();
    if to_add > 0 {
        active.reverse();
    }
    active.sort_by_key(|set| Reverse(replicas(set)));
    let mut added = 0;
    let mut sizes: Vec<i64> = Vec::new();
    for set in &active {
        let growth = proportion(deployment, set, allowed);
        let growth = if to_add > 0 {
            growth.min(to_add - added)
        } else {
            growth.max(to_add - added)
        };
        added += growth;
        sizes.push(replicas(set) + growth);
    }
    if let Some(largest) = sizes.first_mut() {
        *largest = (*largest + to_add - added).max(0);
    }
    let scaled = active.into_iter().zip(sizes);
    scaled
        .map(|(set, replicas)| Action::Scale {
            set: set.clone(),
            replicas,
        })
        .collect()
}

/// The growth of a set that keeps its share of the replicas, rounded to the nearest number.
fn proportion(deployment: &Value, set: &Value, allowed: i64) -> i64 {
    if replicas(deployment) == 0 {
        return -replicas(set);
    }
    let before = annotation(set, MAX_REPLICAS)
        .or_else(|| object::number(deployment, "/status/replicas"))
        .unwrap_or(0)
        .max(1);
    let size = (2 * replicas(set) * allowed + before) / (2 * before);
    size - replicas(set)
}

#[cfg(test)]
mod tests;
