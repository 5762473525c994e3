//! Computes the values of one part of a bundle from the parameters, by its rules.

use super::Rule;
use serde_json::{Map, Value};

/// The value at a dotted path.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// The text at a dotted path; "" when there is none.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a parameter is set: true, or not empty.
pub(super) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// The values of a part.
pub(super) fn computed(rules: &[Rule], parameters: &Value) -> Value {
    let mut values = Value::Object(Map::new());
    for rule in rules {
        match rule {
            Rule::Copy { from, to } => {
                let value = at(parameters, from).filter(|value| is_copied(value));
                if let Some(value) = value {
                    insert(&mut values, to, value.clone());
                }
            }
            Rule::Text { to, text } => insert(&mut values, to, Value::String((*text).to_owned())),
            Rule::Compute { to, value } => {
                if let Some(value) = value(parameters) {
                    insert(&mut values, to, value);
                }
            }
            Rule::Merge { from } => {
                if let Some(overlay) = at(parameters, from) {
                    merge(&mut values, overlay);
                }
            }
        }
    }
    values
}

/// Whether a parameter is passed on: an empty one leaves the default of the chart, false does not.
fn is_copied(value: &Value) -> bool {
    value.is_boolean() || is_set(value)
}

fn insert(values: &mut Value, path: &str, value: Value) {
    let overlay = path.rsplit('.').fold(value, |value, key| {
        Value::Object(Map::from_iter([(key.to_owned(), value)]))
    });
    merge(values, &overlay);
}

/// Merges maps; anything else replaces the value that was there.
fn merge(values: &mut Value, overlay: &Value) {
    match (values, overlay) {
        (Value::Object(values), Value::Object(overlay)) => {
            for (key, value) in overlay {
                merge(values.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (values, overlay) => *values = overlay.clone(),
    }
}
