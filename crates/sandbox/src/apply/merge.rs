//! Merges an applied configuration into a live object, and removes fields that are no longer
//! applied.
//!
//! Both follow the type of the object, so lists with keys are merged item by item. Start at [`merge`].

use serde_json::{Map, Value};

use super::fields::{FieldSet, elements};
use crate::schema::{ListType, Type};

/// The live value, merged with the configuration.
pub(crate) fn merge(live: &Value, config: &Value, kind: &Type) -> Value {
    match (live, config) {
        (Value::Object(old), Value::Object(new)) if !kind.is_atomic() => {
            let mut merged = old.clone();
            for (name, value) in new {
                let value = match old.get(name) {
                    Some(before) => merge(before, value, &kind.field(name)),
                    None => value.clone(),
                };
                merged.insert(name.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(old), Value::Array(new)) if *kind.list_type() != ListType::Atomic => {
            match (elements(live, kind), elements(config, kind)) {
                (Some(before), Some(after)) => {
                    let before: Vec<String> =
                        before.into_iter().map(|element| element.step).collect();
                    let after: Vec<String> =
                        after.into_iter().map(|element| element.step).collect();
                    Value::Array(merge_lists((old, &before), (new, &after), &kind.item()))
                }
                _ => config.clone(),
            }
        }
        _ => config.clone(),
    }
}

/// Keeps the order of the configuration and the relative position of live items.
fn merge_lists(
    (old, before): (&[Value], &[String]),
    (new, after): (&[Value], &[String]),
    kind: &Type,
) -> Vec<Value> {
    let mut merged = Vec::new();
    let mut rest = after.iter().zip(new).peekable();
    for (step, live) in before.iter().zip(old) {
        if !after.contains(step) {
            merged.push(live.clone());
            continue;
        }
        while let Some((_, config)) = rest.next_if(|(step, _)| !before.contains(step)) {
            merged.push(config.clone());
        }
        if let Some((step, config)) = rest.next() {
            let earlier = before
                .iter()
                .position(|known| known == step)
                .and_then(|at| old.get(at));
            merged.push(earlier.map_or_else(|| config.clone(), |live| merge(live, config, kind)));
        }
    }
    merged.extend(rest.map(|(_, config)| config.clone()));
    merged
}

/// Removes the members of a set from a value, except those in `retained` and their parents.
pub(crate) fn remove(
    value: &Value,
    removed: &FieldSet,
    retained: &FieldSet,
    kind: &Type,
) -> Option<Value> {
    let Some(members) = elements(value, kind) else {
        return Some(value.clone());
    };
    let retain = |step: &str, element: &Value, kind: &Type| -> Option<Value> {
        let Some(children) = removed.children.get(step) else {
            return Some(element.clone());
        };
        let empty = FieldSet::default();
        let others_set = retained.children.get(step).unwrap_or(&empty);
        if children.is_member && others_set.is_empty() {
            return None;
        }
        remove(element, children, others_set, kind)
    };
    match value {
        Value::Object(fields) => {
            let remaining: Map<String, Value> = members
                .into_iter()
                .filter_map(|element| {
                    let remaining = retain(&element.step, element.value, &element.kind)?;
                    Some((element.step.get(2..)?.to_owned(), remaining))
                })
                .collect();
            (!remaining.is_empty() || fields.is_empty()).then_some(Value::Object(remaining))
        }
        Value::Array(items) => {
            let remaining: Vec<Value> = members
                .into_iter()
                .filter_map(|element| retain(&element.step, element.value, &element.kind))
                .collect();
            (!remaining.is_empty() || items.is_empty()).then_some(Value::Array(remaining))
        }
        _ => Some(value.clone()),
    }
}
