//! The ReplicaSets of a Deployment: that of the current template, and the old ones.
//!
//! Start at [`ReplicaSets`].

use std::sync::Arc;

use serde_json::Value;

use crate::object;

/// The label with the hash of the template.
pub(super) const HASH: &str = "pod-template-hash";
/// The annotation with the number of replicas that the Deployment had when the set was scaled.
pub(super) const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
/// The annotation with the greatest number of replicas that a rollout had at that time.
pub(super) const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";

/// The ReplicaSets of a Deployment.
#[derive(Debug)]
pub(super) struct ReplicaSets {
    /// The set with the current template.
    pub(super) new: Option<Arc<Value>>,
    /// The other sets, the oldest first.
    pub(super) old: Vec<Arc<Value>>,
}

impl ReplicaSets {
    pub(super) fn new(deployment: &Value, mut sets: Vec<Arc<Value>>) -> Self {
        sets.sort_by_cached_key(|set| {
            let created = object::text(set, "/metadata/creationTimestamp").to_owned();
            (created, object::name(set).to_owned())
        });
        let template = &deployment["spec"]["template"];
        let new = sets.iter().position(|set| {
            let mut own = set["spec"]["template"].clone();
            if let Some(labels) = own["metadata"]["labels"].as_object_mut() {
                labels.remove(HASH);
            }
            own == *template
        });
        let new = new.map(|position| sets.remove(position));
        Self { new, old: sets }
    }

    /// All sets, the oldest first; the one with the current template is the last.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.old.iter().chain(&self.new)
    }

    /// The sum of a number of all sets.
    pub(super) fn total(&self, pointer: &str) -> i64 {
        let numbers = self.all().filter_map(|set| object::number(set, pointer));
        numbers.sum()
    }
}

/// The number of replicas that a Deployment or ReplicaSet specifies.
pub(super) fn replicas(object: &Value) -> i64 {
    object::number(object, "/spec/replicas").unwrap_or(1).max(0)
}

/// The number of available pods of a ReplicaSet.
pub(super) fn available(set: &Value) -> i64 {
    object::number(set, "/status/availableReplicas").unwrap_or(0)
}

/// The number in an annotation.
pub(super) fn annotation(object: &Value, name: &str) -> Option<i64> {
    object["metadata"]["annotations"][name]
        .as_str()?
        .parse()
        .ok()
}
