//! The patches that name changes: JSON patch, JSON merge patch and strategic merge patch.
//!
//! Each takes an object and gives the changed one. Start at [`merge`], [`json`](fn@json) or
//! [`strategic`].

use serde_json::{Map, Value};

use crate::schema::{Listing, Type};

/// Carries out a JSON merge patch.
pub(crate) fn merge(object: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    let mut merged = object.as_object().cloned().unwrap_or_default();
    for (name, change) in changes {
        if change.is_null() {
            merged.remove(name);
        } else {
            let before = merged.get(name).unwrap_or(&Value::Null);
            let after = merge(before, change);
            merged.insert(name.clone(), after);
        }
    }
    Value::Object(merged)
}

/// Carries out a JSON patch; nothing when one of its steps does not apply.
pub(crate) fn json(object: &Value, steps: &Value) -> Option<Value> {
    let mut result = object.clone();
    for step in steps.as_array()? {
        let text = |name: &str| step[name].as_str().unwrap_or_default();
        let (path, from) = (text("path"), text("from"));
        let value = || step.get("value").cloned().unwrap_or(Value::Null);
        match text("op") {
            "add" => put(&mut result, path, value(), Put::Insert)?,
            "replace" => put(&mut result, path, value(), Put::Replace)?,
            "remove" => drop(take(&mut result, path)?),
            "move" => {
                let moved = take(&mut result, from)?;
                put(&mut result, path, moved, Put::Insert)?;
            }
            "copy" => {
                let copied = result.pointer(from).cloned()?;
                put(&mut result, path, copied, Put::Insert)?;
            }
            "test" if result.pointer(path) == Some(&value()) => {}
            _ => return None,
        }
    }
    Some(result)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    Insert,
    Replace,
}

fn split(path: &str) -> Option<(&str, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn put(object: &mut Value, path: &str, value: Value, how: Put) -> Option<()> {
    let Some((parent, last)) = split(path) else {
        *object = value;
        return Some(());
    };
    if how == Put::Replace {
        object.pointer(path)?;
    }
    match object.pointer_mut(parent)? {
        Value::Object(members) => drop(members.insert(last, value)),
        Value::Array(items) => {
            let at = if last == "-" {
                items.len()
            } else {
                last.parse().ok()?
            };
            if how == Put::Replace {
                *items.get_mut(at)? = value;
            } else if at <= items.len() {
                items.insert(at, value);
            } else {
                return None;
            }
        }
        _ => return None,
    }
    Some(())
}

fn take(object: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = split(path)?;
    match object.pointer_mut(parent)? {
        Value::Object(members) => members.remove(&last),
        Value::Array(items) => {
            let at: usize = last.parse().ok()?;
            (at < items.len()).then(|| items.remove(at))
        }
        _ => None,
    }
}

/// Carries out a strategic merge patch along the object's type.
pub(crate) fn strategic(object: &Value, patch: &Value, kind: &Type) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    if changes.get("$patch").is_some_and(|how| how == "replace") {
        return without_directives(changes);
    }
    let mut merged = object.as_object().cloned().unwrap_or_default();
    if changes.get("$patch").is_some_and(|how| how == "delete") {
        merged.clear();
        return Value::Object(merged);
    }
    if let Some(kept) = changes.get("$retainKeys").and_then(Value::as_array) {
        merged.retain(|name, _| kept.iter().any(|keep| keep == name));
    }
    for (name, change) in changes {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            if let Some(Value::Array(items)) = merged.get_mut(list) {
                let gone = change.as_array().cloned().unwrap_or_default();
                items.retain(|item| !gone.contains(item));
            }
        } else if name.starts_with('$') {
            // `$setElementOrder/…` only orders, and `$retainKeys` was followed above.
        } else if change.is_null() {
            merged.remove(name);
        } else {
            let before = merged.get(name).unwrap_or(&Value::Null);
            let after = join(before, change, &kind.field(name));
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

fn join(before: &Value, change: &Value, kind: &Type) -> Value {
    match change {
        Value::Object(_) => strategic(before, change, kind),
        Value::Array(changes) => match kind.merge_key() {
            Some("set") => {
                let mut joined = before.as_array().cloned().unwrap_or_default();
                joined.extend(
                    changes
                        .iter()
                        .filter(|item| !contains(before, item))
                        .cloned(),
                );
                Value::Array(joined)
            }
            Some(key) => join_lists(before, changes, key, kind),
            None => change.clone(),
        },
        _ => change.clone(),
    }
}

fn contains(list: &Value, item: &Value) -> bool {
    list.as_array().is_some_and(|items| items.contains(item))
}

fn join_lists(before: &Value, changes: &[Value], key: &str, kind: &Type) -> Value {
    let replace = changes.iter().any(|change| change["$patch"] == "replace");
    let mut joined = match before {
        Value::Array(items) if !replace => items.clone(),
        _ => Vec::new(),
    };
    // Ports of one number with two protocols stand side by side, so all keys of the list count.
    let keys: Vec<&str> = match kind.listing() {
        Listing::Keys(keys) => keys.iter().map(String::as_str).collect(),
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
            Some("delete") => joined.retain(|item| !is_same(item, change)),
            _ => {
                let at = joined.iter().position(|item| is_same(item, change));
                match at.and_then(|at| joined.get_mut(at)) {
                    Some(item) => *item = strategic(item, change, &kind.item()),
                    None => joined.push(strategic(&Value::Null, change, &kind.item())),
                }
            }
        }
    }
    Value::Array(joined)
}

#[cfg(test)]
mod tests;
