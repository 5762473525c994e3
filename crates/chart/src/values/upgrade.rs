//! The values of an upgrade: the defaults of the installed chart, those of the next one, and the text of the operator,
//! compared by key.
//!
//! The text of the operator lies over the new defaults, so that a key that it does not set gets the new default. A key
//! that it sets stays. [`merge_values`] says of each key what that means; what is to change is removed from the text by
//! [`use_defaults`], with its comments and its order. Lists are one value.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use wire::{HelmVersion, values_merge::MergeOutcome};

use super::Values;
use crate::yaml::{self, edit};

/// The keys that are listed at most.
const MAX_KEYS: usize = 1000;

/// One key that is set, or whose default changed.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedKey {
    /// Keys from the root.
    pub path: Vec<String>,
    /// The default of the installed chart.
    pub old: Option<Value>,
    /// The default of the next chart.
    pub new: Option<Value>,
    /// The value of the operator.
    pub yours: Option<Value>,
    /// What the upgrade means for the key.
    pub outcome: MergeOutcome,
    /// The line of the text that sets it, from 1.
    pub line: Option<usize>,
}

/// The keys of an upgrade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValuesMerge {
    /// The keys that are set or whose default changed: by outcome, and in the order of the text.
    pub keys: Vec<MergedKey>,
    /// The number of defaults that are the same and not set.
    pub unchanged: usize,
    /// Whether keys are left out, because there are too many. No conflict is.
    pub is_truncated: bool,
}

/// Adds the values that a map does not have.
pub fn fill(map: &mut Value, others: &Value) {
    let (Some(map), Some(others)) = (map.as_object_mut(), others.as_object()) else {
        return;
    };
    for (key, other) in others {
        match map.get_mut(key) {
            Some(own) => fill(own, other),
            None => drop(map.insert(key.clone(), other.clone())),
        }
    }
}

/// Compares old defaults, new defaults and the text of the operator. `is_known` says whether the next chart knows a key
/// without a default, as its schema does.
///
/// # Errors
/// With line and column, when the text is not the values of a chart.
pub fn merge_values(
    (old, new): (&Value, &Value),
    (text, helm): (&str, HelmVersion),
    is_known: &dyn Fn(&[String]) -> bool,
) -> Result<ValuesMerge, yaml::Error> {
    let yours = Values::parse_documents(text, helm)?.to_json();
    let mut merger = Merger {
        is_known,
        merge: ValuesMerge::default(),
    };
    merger.compare(&mut Vec::new(), [Some(old), Some(new), Some(&yours)]);
    let mut merge = merger.merge;
    if let Some(positions) = edit::KeyPositions::read(text) {
        for key in merge.keys.iter_mut().filter(|key| key.yours.is_some()) {
            key.line = positions.position(&key.path).map(|found| found.line);
        }
    }
    merge
        .keys
        .sort_by_key(|key| (key.outcome, key.line.unwrap_or(usize::MAX)));
    if merge.keys.len() > MAX_KEYS {
        let conflicts = |key: &MergedKey| key.outcome == MergeOutcome::Conflict;
        let count = merge.keys.iter().filter(|key| conflicts(key)).count();
        merge.keys.truncate(count.max(MAX_KEYS));
        merge.is_truncated = true;
    }
    Ok(merge)
}

/// The text without the values at these paths, which have the default then.
///
/// # Errors
/// As [`edit::unset`].
pub fn use_defaults(text: &str, paths: &[Vec<String>]) -> Result<String, yaml::Error> {
    let mut text = text.to_owned();
    for path in paths {
        text = edit::unset(&text, path)?;
    }
    Ok(text)
}

struct Merger<'a> {
    is_known: &'a dyn Fn(&[String]) -> bool,
    merge: ValuesMerge,
}

impl Merger<'_> {
    /// Compares old default, new default and the value of the operator at a path.
    fn compare(&mut self, path: &mut Vec<String>, sides: [Option<&Value>; 3]) {
        let mut present = sides.iter().flatten();
        if !present.all(|value| value.is_object()) {
            self.leaf(path, sides);
            return;
        }
        let maps = sides.map(|side| side.and_then(Value::as_object));
        let [old, new, yours] = maps;
        let mut seen = BTreeSet::new();
        for key in [yours, new, old].into_iter().flatten().flat_map(Map::keys) {
            if seen.insert(key) {
                path.push(key.clone());
                self.compare(path, maps.map(|map| map.and_then(|map| map.get(key))));
                path.pop();
            }
        }
    }

    fn leaf(&mut self, path: &[String], [old, new, yours]: [Option<&Value>; 3]) {
        let outcome = match yours {
            None => unset_outcome(old, new),
            Some(yours) => Some(self.set_outcome(path, [old, new], yours)),
        };
        let Some(outcome) = outcome else {
            self.merge.unchanged += 1;
            return;
        };
        self.merge.keys.push(MergedKey {
            path: path.to_vec(),
            old: old.cloned(),
            new: new.cloned(),
            yours: yours.cloned(),
            outcome,
            line: None,
        });
    }

    fn set_outcome(
        &self,
        path: &[String],
        [old, new]: [Option<&Value>; 2],
        yours: &Value,
    ) -> MergeOutcome {
        let is = |default: Option<&Value>| default.is_some_and(|default| same(default, yours));
        if is_same(old, new) {
            return if is(old) {
                MergeOutcome::Pinned
            } else {
                MergeOutcome::Kept
            };
        }
        if is(new) {
            return MergeOutcome::SameAsNew;
        }
        match (old, new) {
            (Some(_), None) if !(self.is_known)(path) => MergeOutcome::Unknown,
            (Some(old), Some(new)) if kind(old) != kind(new) => MergeOutcome::Conflict,
            _ if is(old) => MergeOutcome::Pinned,
            _ => MergeOutcome::Conflict,
        }
    }
}

/// What happens to a key that the operator does not set; none when its default is the same.
fn unset_outcome(old: Option<&Value>, new: Option<&Value>) -> Option<MergeOutcome> {
    match (old, new) {
        _ if is_same(old, new) => None,
        (None, _) => Some(MergeOutcome::Added),
        (_, None) => Some(MergeOutcome::Removed),
        (Some(_), Some(_)) => Some(MergeOutcome::NewDefault),
    }
}

fn is_same(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same(old, new),
        (None, None) => true,
        _ => false,
    }
}

/// Whether two values are equal; 1 and 1.0 are.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let found = |(key, value): (&String, &Value)| {
                right.get(key).is_some_and(|right| same(value, right))
            };
            left.len() == right.len() && left.iter().all(found)
        }
        _ => left == right,
    }
}

/// The type of a value. A null is of none.
fn kind(value: &Value) -> Option<u8> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(0),
        Value::Number(_) => Some(1),
        Value::String(_) => Some(2),
        Value::Array(_) => Some(3),
        Value::Object(_) => Some(4),
    }
}

#[cfg(test)]
mod tests;
