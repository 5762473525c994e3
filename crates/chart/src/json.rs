//! Values as JSON: conversions, and the names of the JSON types.
//!
//! Start at [`to_json`] and [`from_json`].
use gotmpl::{Map, Value};

/// The estimated size of a parsed value and its node, in bytes.
const PARSED_SIZE: usize = 160;

/// The estimated size of the values in a YAML, JSON or TOML text, in bytes: a separator precedes each.
pub(crate) fn parsed_size(text: &str) -> usize {
    let separators = count_bytes(text.as_bytes(), |byte| {
        matches!(byte, b',' | b':' | b'\n' | b'[' | b'{' | b'-' | b'=')
    });
    separators
        .saturating_mul(PARSED_SIZE)
        .saturating_add(text.len())
}

/// The number of bytes that match; short chunks with a sum of one byte, so that the compiler vectorizes the loop.
pub(crate) fn count_bytes(bytes: &[u8], matches: impl Fn(u8) -> bool) -> usize {
    let in_chunk = |chunk: &[u8]| {
        let count = |sum: u8, byte: &u8| sum + u8::from(matches(*byte));
        usize::from(chunk.iter().fold(0, count))
    };
    bytes.chunks(128).map(in_chunk).sum()
}

/// A value as JSON; floats without a fraction become integers.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    json_within(value, 200)
}

fn json_within(value: &Value, depth: usize) -> serde_json::Value {
    use serde_json::Value as Json;
    if depth == 0 {
        return Json::Null;
    }
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Json::from(*value),
        Value::Byte(value) => Json::from(*value),
        Value::Uint64(value) => Json::from(*value),
        Value::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
            Json::from(*value as i64)
        }
        Value::Float(value) => Json::from(*value),
        Value::Str(text) => Json::from(&**text),
        Value::List(items) => items
            .iter()
            .map(|item| json_within(item, depth - 1))
            .collect(),
        Value::Map(map) => {
            let mut object = serde_json::Map::new();
            map.visit(|key, item| {
                object.insert(key.to_string(), json_within(item, depth - 1));
            });
            Json::Object(object)
        }
        Value::Object(object) => json_within(&object.json(), depth - 1),
    }
}

/// JSON as a value: every number is a float, as in Helm.
pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    convert(json, &|number| {
        Value::Float(number.as_f64().unwrap_or_default())
    })
}

/// An object of a cluster as a value: whole numbers are `int64`, as in Kubernetes' unstructured objects.
pub(crate) fn object_from_json(json: &serde_json::Value) -> Value {
    convert(json, &|number| match number.as_i64() {
        Some(whole) => Value::Int64(whole),
        None => Value::Float(number.as_f64().unwrap_or_default()),
    })
}

fn convert(json: &serde_json::Value, number: &dyn Fn(&serde_json::Number) -> Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(found) => number(found),
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => {
            Value::list(items.iter().map(|item| convert(item, number)))
        }
        serde_json::Value::Object(map) => Value::Map(
            map.iter()
                .map(|(key, item)| (key.as_str(), convert(item, number)))
                .collect::<Map>(),
        ),
    }
}

/// The JSON type of a value.
pub(crate) fn json_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Int64(_) | Value::Uint64(_) | Value::Byte(_) | Value::Float(_) => {
            "number"
        }
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) | Value::Object(_) => "object",
    }
}

/// Where and why a text is not JSON.
pub(crate) fn invalid_json(error: &serde_json::Error) -> String {
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        _ => "it is not JSON",
    };
    format!("line {}, column {}: {reason}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::invalid_json;

    #[test]
    fn invalid_json_is_reported_with_its_position() {
        let of = |text: &str| {
            let read = serde_json::from_str::<serde_json::Value>(text);
            invalid_json(&read.expect_err("an error"))
        };
        assert_eq!(of("{\n  \"a\": x\n}"), "line 2, column 8: it is not JSON");
        assert_eq!(of("{\"a\": ["), "line 1, column 7: the JSON ends too early");
    }
}
