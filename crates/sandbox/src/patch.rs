//! JSON patch, JSON merge patch and strategic merge patch.
//!
//! Each function takes an object and returns the patched one. Start at [`merge`], [`json`](fn@json) or
//! [`strategic`].

use serde_json::{Map, Value};

use crate::schema::{ListType, Type};

/// Applies a JSON merge patch (RFC 7396).
pub(crate) fn merge(object: &Value, patch: &Value) -> Value {
    let mut merged = object.clone();
    json_patch::merge(&mut merged, patch);
    merged
}

/// Applies a JSON patch (RFC 6902); `None` when the patch is invalid or cannot be applied.
pub(crate) fn json(object: &Value, operations: &Value) -> Option<Value> {
    let patch: json_patch::Patch = serde_json::from_value(operations.clone()).ok()?;
    let mut patched = object.clone();
    json_patch::patch(&mut patched, &patch).ok()?;
    Some(patched)
}

/// Applies a strategic merge patch, with the list keys of the type of the object.
pub(crate) fn strategic(object: &Value, patch: &Value, kind: &Type) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    if changes
        .get("$patch")
        .is_some_and(|directive| directive == "replace")
    {
        return without_directives(changes);
    }
    let mut merged = object.as_object().cloned().unwrap_or_default();
    if changes
        .get("$patch")
        .is_some_and(|directive| directive == "delete")
    {
        merged.clear();
        return Value::Object(merged);
    }
    if let Some(retained) = changes.get("$retainKeys").and_then(Value::as_array) {
        merged.retain(|name, _| retained.iter().any(|key| key == name));
    }
    for (name, change) in changes {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            if let Some(Value::Array(items)) = merged.get_mut(list) {
                let deleted = change.as_array().cloned().unwrap_or_default();
                items.retain(|item| !deleted.contains(item));
            }
        } else if name.starts_with('$') {
            // `$setElementOrder/…` only defines the order, and `$retainKeys` is applied above.
        } else if change.is_null() {
            merged.remove(name);
        } else {
            let before = merged.get(name).unwrap_or(&Value::Null);
            let after = merge_member(before, change, &kind.field(name));
            merged.insert(name.clone(), after);
        }
    }
    Value::Object(merged)
}

fn without_directives(changes: &Map<String, Value>) -> Value {
    let plain = changes.iter().filter(|(name, _)| !name.starts_with('$'));
    Value::Object(
        plain
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

fn merge_member(before: &Value, change: &Value, kind: &Type) -> Value {
    match change {
        Value::Object(_) => strategic(before, change, kind),
        Value::Array(changes) => match kind.merge_key() {
            Some("set") => {
                let mut merged_list = before.as_array().cloned().unwrap_or_default();
                merged_list.extend(
                    changes
                        .iter()
                        .filter(|item| !contains(before, item))
                        .cloned(),
                );
                Value::Array(merged_list)
            }
            Some(key) => merge_lists(before, changes, key, kind),
            None => change.clone(),
        },
        _ => change.clone(),
    }
}

fn contains(list: &Value, item: &Value) -> bool {
    list.as_array().is_some_and(|items| items.contains(item))
}

fn merge_lists(before: &Value, changes: &[Value], key: &str, kind: &Type) -> Value {
    let replace = changes.iter().any(|change| change["$patch"] == "replace");
    let mut merged_list = match before {
        Value::Array(items) if !replace => items.clone(),
        _ => Vec::new(),
    };
    // A port number may occur with two protocols, so all keys of the list are compared.
    let keys: Vec<&str> = match kind.list_type() {
        ListType::Keys(keys) => keys.iter().map(String::as_str).collect(),
        _ => vec![key],
    };
    let is_same = |item: &Value, change: &Value| {
        item[key] == change[key]
            && keys
                .iter()
                .all(|key| change.get(key).is_none_or(|value| item[*key] == *value))
    };
    for change in changes {
        match change["$patch"].as_str() {
            Some("replace") if change.as_object().is_some_and(|members| members.len() == 1) => {}
            Some("delete") => merged_list.retain(|item| !is_same(item, change)),
            _ => {
                let at = merged_list.iter().position(|item| is_same(item, change));
                match at.and_then(|at| merged_list.get_mut(at)) {
                    Some(item) => *item = strategic(item, change, &kind.item()),
                    None => merged_list.push(strategic(&Value::Null, change, &kind.item())),
                }
            }
        }
    }
    Value::Array(merged_list)
}

#[cfg(test)]
mod tests;
