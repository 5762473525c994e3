//! What the values of an upgrade are compared with, and what the operator decided about them: a part of its draft.

use chart::MergedKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use wire::values_merge::{DefaultsSource, MergeDecision, ValuesOrigin};

/// What the values of an upgrade are compared with, stored with its draft.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ValuesBasis {
    /// The defaults of the installed chart, under the profile that is deployed.
    pub(crate) defaults: Value,
    /// Where they come from.
    pub(crate) source: DefaultsSource,
    /// The values with which the upgrade started.
    pub(crate) values: Value,
    /// Where their text comes from.
    pub(crate) origin: ValuesOrigin,
    /// The paths of conflicts whose value is kept.
    #[serde(default)]
    pub(crate) kept: BTreeSet<Vec<String>>,
}

impl ValuesBasis {
    /// Keeps the value of a conflict, or leaves it to be decided again.
    pub(crate) fn decide(&mut self, path: &[String], keep: bool) {
        if keep {
            self.kept.insert(path.to_vec());
        } else {
            self.kept.remove(path);
        }
    }

    /// What was decided about a key: it is kept, or has another value than at the start.
    pub(crate) fn decision(&self, key: &MergedKey) -> Option<MergeDecision> {
        if value_at(&self.values, &key.path) != key.yours.as_ref() {
            return Some(MergeDecision::Changed);
        }
        self.kept.contains(&key.path).then_some(MergeDecision::Kept)
    }
}

/// The value at a path.
pub(crate) fn value_at<'v>(values: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(values, |value, key| value.get(key))
}
