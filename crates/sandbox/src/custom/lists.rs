//! Lists that are sets or maps: their items must be unique.
//!
//! Start at [`check`].

use serde_json::{Map, Value};

use super::validator::Place;
use crate::problems::Problems;

/// Checks all lists in a value.
pub(super) fn check(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let property = schema.get("properties").and_then(|all| all.get(name));
                let schema = property.or_else(|| schema.get("additionalProperties"));
                if let Some(schema) = schema.filter(|schema| schema.is_object()) {
                    check(schema, member, &place.member(name), problems);
                }
            }
        }
        Value::Array(items) => {
            check_unique(schema, items, place, problems);
            if let Some(schema) = schema.get("items") {
                for (at, item) in items.iter().enumerate() {
                    check(schema, item, &place.item(at), problems);
                }
            }
        }
        _ => {}
    }
}

fn check_unique(schema: &Value, items: &[Value], place: &Place, problems: &mut Problems) {
    let list_type = schema["x-kubernetes-list-type"].as_str();
    let keys: Vec<&str> = schema["x-kubernetes-list-map-keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut found: Vec<Value> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let identity = match list_type {
            Some("set") => item.clone(),
            Some("map") => {
                let keys = keys
                    .iter()
                    .filter_map(|key| Some(((*key).to_owned(), item.get(key)?.clone())));
                Value::Object(keys.collect::<Map<_, _>>())
            }
            _ => return,
        };
        if found.contains(&identity) {
            problems.duplicate(&place.item(at).field(), &identity);
        } else {
            found.push(identity);
        }
    }
}
