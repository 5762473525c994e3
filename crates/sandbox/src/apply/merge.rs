//! Joins an applied configuration into a live object, and takes out what is no longer applied.
//!
//! Both walk the object along its type, so keyed lists are joined item by item. Start at [`merge`].

use serde_json::{Map, Value};

use super::fields::{FieldSet, parts};
use crate::schema::{Listing, Type};

/// The live value with all that the configuration states.
pub(crate) fn merge(live: &Value, stated: &Value, kind: &Type) -> Value {
    match (live, stated) {
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
        (Value::Array(old), Value::Array(new)) if *kind.listing() != Listing::Atomic => {
            match (parts(live, kind), parts(stated, kind)) {
                (Some(before), Some(after)) => {
                    let before: Vec<String> = before.into_iter().map(|part| part.step).collect();
                    let after: Vec<String> = after.into_iter().map(|part| part.step).collect();
                    Value::Array(merge_lists((old, &before), (new, &after), &kind.item()))
                }
                _ => stated.clone(),
            }
        }
        _ => stated.clone(),
    }
}

/// Keeps the order of the configuration and lets live items stand where they stood among it.
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
        while let Some((_, stated)) = rest.next_if(|(step, _)| !before.contains(step)) {
            merged.push(stated.clone());
        }
        if let Some((step, stated)) = rest.next() {
            let earlier = before
                .iter()
                .position(|known| known == step)
                .and_then(|at| old.get(at));
            merged.push(earlier.map_or_else(|| stated.clone(), |live| merge(live, stated, kind)));
        }
    }
    merged.extend(rest.map(|(_, stated)| stated.clone()));
    merged
}

/// Takes members of a set out of a value. What `kept` holds stays, and so do its parents.
pub(crate) fn remove(
    value: &Value,
    gone: &FieldSet,
    kept: &FieldSet,
    kind: &Type,
) -> Option<Value> {
    let Some(members) = parts(value, kind) else {
        return Some(value.clone());
    };
    let stays = |step: &str, part: &Value, kind: &Type| -> Option<Value> {
        let Some(below) = gone.below.get(step) else {
            return Some(part.clone());
        };
        let nothing = FieldSet::default();
        let theirs = kept.below.get(step).unwrap_or(&nothing);
        if below.own && theirs.is_empty() {
            return None;
        }
        remove(part, below, theirs, kind)
    };
    match value {
        Value::Object(fields) => {
            let left: Map<String, Value> = members
                .into_iter()
                .filter_map(|part| {
                    let left = stays(&part.step, part.value, &part.kind)?;
                    Some((part.step.get(2..)?.to_owned(), left))
                })
                .collect();
            (!left.is_empty() || fields.is_empty()).then_some(Value::Object(left))
        }
        Value::Array(items) => {
            let left: Vec<Value> = members
                .into_iter()
                .filter_map(|part| stays(&part.step, part.value, &part.kind))
                .collect();
            (!left.is_empty() || items.is_empty()).then_some(Value::Array(left))
        }
        _ => Some(value.clone()),
    }
}
