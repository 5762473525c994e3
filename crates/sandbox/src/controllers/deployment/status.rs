//! The status of a Deployment: its counts, and the progress of its rollout.
//!
//! Start at [`Rollout::status`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::plan::max_unavailable;
use super::replica_sets::{ReplicaSets, replicas};
use crate::cluster::format_time;
use crate::object;

/// The deadline that means none.
const NO_DEADLINE: i64 = i32::MAX as i64;

/// A Deployment with its ReplicaSets at a time.
#[derive(Debug)]
pub(super) struct Rollout<'a> {
    deployment: &'a Value,
    sets: &'a ReplicaSets,
    now: Timestamp,
    counts: Counts,
}

/// The numbers of pods.
#[derive(Clone, Copy, Debug)]
struct Counts {
    total: i64,
    updated: i64,
    ready: i64,
    available: i64,
}

impl Counts {
    fn read(status: &Value) -> Self {
        let count = |name: &str| status[name].as_i64().unwrap_or(0);
        Self {
            total: count("replicas"),
            updated: count("updatedReplicas"),
            ready: count("readyReplicas"),
            available: count("availableReplicas"),
        }
    }

    /// Whether more pods are updated, ready or available than before, or fewer old ones are left.
    fn is_progress_since(self, before: Self) -> bool {
        self.updated > before.updated
            || self.total - self.updated < before.total - before.updated
            || self.ready > before.ready
            || self.available > before.available
    }
}

/// The new state of a condition.
struct Condition<'a> {
    kind: &'a str,
    status: &'a str,
    reason: &'a str,
    message: String,
}

impl<'a> Rollout<'a> {
    pub(super) fn new(deployment: &'a Value, sets: &'a ReplicaSets, now: Timestamp) -> Self {
        let new = sets.new.as_deref().unwrap_or(&Value::Null);
        let counts = Counts {
            total: sets.total("/status/replicas"),
            updated: object::number(new, "/status/replicas").unwrap_or(0),
            ready: sets.total("/status/readyReplicas"),
            available: sets.total("/status/availableReplicas"),
        };
        Self {
            deployment,
            sets,
            now,
            counts,
        }
    }

    /// Whether all pods are updated and available.
    pub(super) fn is_complete(&self) -> bool {
        let desired = replicas(self.deployment);
        let Counts {
            total,
            updated,
            available,
            ..
        } = self.counts;
        updated == desired && total == desired && available == desired
    }

    /// The status; `created` is the name of a ReplicaSet that was just created.
    pub(super) fn status(&self, created: Option<&str>) -> Value {
        let mut conditions: Vec<Value> = object::items(self.deployment, "/status/conditions")
            .filter(|condition| condition["type"] != "ReplicaFailure")
            .cloned()
            .collect();
        self.set(&mut conditions, self.availability());
        if !self.has_deadline() {
            conditions.retain(|condition| condition["type"] != "Progressing");
        } else if let Some(progress) = self.progress(created) {
            let is_updated = progress.reason == "ReplicaSetUpdated";
            self.set(&mut conditions, progress);
            if is_updated {
                self.renew(&mut conditions);
            }
        }
        conditions.extend(self.failure());
        let Counts {
            total,
            updated,
            ready,
            available,
        } = self.counts;
        let unavailable = self.sets.total("/spec/replicas") - available;
        let mut status = json!({
            "observedGeneration": self.deployment["metadata"]["generation"],
            "conditions": conditions,
        });
        for (name, number) in [
            ("replicas", total),
            ("updatedReplicas", updated),
            ("readyReplicas", ready),
            ("availableReplicas", available),
            ("unavailableReplicas", unavailable),
        ] {
            if number > 0 {
                status[name] = json!(number);
            }
        }
        status
    }

    fn availability(&self) -> Condition<'static> {
        let min_available = replicas(self.deployment) - max_unavailable(self.deployment);
        let (status, reason, verb) = if self.counts.available >= min_available {
            ("True", "MinimumReplicasAvailable", "has")
        } else {
            ("False", "MinimumReplicasUnavailable", "does not have")
        };
        Condition {
            kind: "Available",
            status,
            reason,
            message: format!("Deployment {verb} minimum availability."),
        }
    }

    /// The new state of the condition `Progressing`, if it changes.
    fn progress(&self, created: Option<&str>) -> Option<Condition<'static>> {
        let current = self.condition("Progressing");
        let reason = current.map_or("", |condition| object::text(condition, "/reason"));
        let progressing = |status, reason, message| {
            Some(Condition {
                kind: "Progressing",
                status,
                reason,
                message,
            })
        };
        if self.deployment["spec"]["paused"] == true {
            if matches!(reason, "ProgressDeadlineExceeded" | "DeploymentPaused") {
                return None;
            }
            return progressing("Unknown", "DeploymentPaused", "Deployment is paused".into());
        }
        if let Some(name) = created {
            let message = format!("Created new replica set \"{name}\"");
            return progressing("True", "NewReplicaSetCreated", message);
        }
        let is_over = self.counts.total == self.counts.updated;
        if is_over && reason == "NewReplicaSetAvailable" {
            return None;
        }
        let subject = self.sets.new.as_ref().map_or_else(
            || format!("Deployment \"{}\"", object::name(self.deployment)),
            |set| format!("ReplicaSet \"{}\"", object::name(set)),
        );
        let before = Counts::read(&self.deployment["status"]);
        if self.is_complete() {
            let message = format!("{subject} has successfully progressed.");
            progressing("True", "NewReplicaSetAvailable", message)
        } else if self.counts.is_progress_since(before) {
            let message = format!("{subject} is progressing.");
            progressing("True", "ReplicaSetUpdated", message)
        } else if reason == "DeploymentPaused" {
            progressing(
                "Unknown",
                "DeploymentResumed",
                "Deployment is resumed".into(),
            )
        } else if self
            .remaining(current)
            .is_some_and(|left| left.is_negative())
        {
            let message = format!("{subject} has timed out progressing.");
            progressing("False", "ProgressDeadlineExceeded", message)
        } else {
            None
        }
    }

    fn has_deadline(&self) -> bool {
        self.deadline()
            .is_some_and(|deadline| deadline != NO_DEADLINE)
    }

    fn deadline(&self) -> Option<i64> {
        object::number(self.deployment, "/spec/progressDeadlineSeconds")
    }

    /// The time until the deadline of a rollout that progresses.
    fn remaining(&self, progressing: Option<&Value>) -> Option<SignedDuration> {
        let progressing = progressing?;
        if progressing["reason"] == "NewReplicaSetAvailable" || progressing["status"] == "False" {
            return None;
        }
        let updated: Timestamp = object::text(progressing, "/lastUpdateTime").parse().ok()?;
        let deadline = SignedDuration::from_secs(self.deadline()?);
        Some(deadline - self.now.duration_since(updated))
    }

    /// The time until the rollout exceeds its deadline, unless it is complete or paused.
    pub(super) fn until_deadline(&self, status: &Value) -> Option<Duration> {
        if self.deployment["spec"]["paused"] == true || !self.has_deadline() {
            return None;
        }
        let mut conditions = status["conditions"].as_array()?.iter();
        let progressing = conditions.find(|condition| condition["type"] == "Progressing");
        let remaining = self.remaining(progressing)? + SignedDuration::from_millis(100);
        Some(remaining.try_into().unwrap_or_default())
    }

    /// A condition of the Deployment.
    fn condition(&self, condition_type: &str) -> Option<&'a Value> {
        object::items(self.deployment, "/status/conditions")
            .find(|condition| condition["type"] == condition_type)
    }

    /// The condition of a ReplicaSet that cannot create pods.
    fn failure(&self) -> Option<Value> {
        let sets = self.sets.new.iter().chain(&self.sets.old);
        let mut failure = sets
            .flat_map(|set| object::items(set, "/status/conditions"))
            .find(|condition| condition["type"] == "ReplicaFailure")
            .cloned()?;
        failure["lastUpdateTime"] = failure["lastTransitionTime"].clone();
        Some(failure)
    }

    /// Sets a condition, if its status or reason changes.
    fn set(&self, conditions: &mut Vec<Value>, new: Condition<'_>) {
        let existing = conditions
            .iter_mut()
            .find(|condition| condition["type"] == new.kind);
        let now = format_time(self.now);
        let mut condition = json!({
            "type": new.kind, "status": new.status, "reason": new.reason,
            "message": new.message, "lastUpdateTime": now, "lastTransitionTime": now,
        });
        let Some(existing) = existing else {
            conditions.push(condition);
            return;
        };
        if existing["status"] == new.status {
            if existing["reason"] == new.reason {
                return;
            }
            condition["lastTransitionTime"] = existing["lastTransitionTime"].clone();
        }
        *existing = condition;
    }

    /// Renews the time of the last progress.
    fn renew(&self, conditions: &mut [Value]) {
        let mut conditions = conditions.iter_mut();
        let progressing = conditions.find(|condition| condition["type"] == "Progressing");
        if let Some(progressing) = progressing {
            progressing["lastUpdateTime"] = json!(format_time(self.now));
            if let Some(set) = &self.sets.new {
                let message = format!("ReplicaSet \"{}\" is progressing.", object::name(set));
                progressing["message"] = json!(message);
            }
        }
    }
}
