//! The defaults of a schema.
//!
//! Start at [`fill`].

use serde_json::Value;

/// Sets the defaults in a value, also in values that are defaults themselves.
pub(super) fn fill(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, schema) in properties.into_iter().flatten() {
                if let Some(default) = schema.get("default") {
                    let is_nullable = schema["nullable"] == true;
                    let member = members.entry(name.clone()).or_insert(Value::Null);
                    if member.is_null() && !is_nullable {
                        *member = default.clone();
                    }
                }
                if let Some(member) = members.get_mut(name) {
                    fill(schema, member);
                }
            }
            if let Some(schema) = schema.get("additionalProperties").filter(|s| s.is_object()) {
                for member in members.values_mut() {
                    fill(schema, member);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                for item in items {
                    fill(schema, item);
                }
            }
        }
        _ => {}
    }
}
