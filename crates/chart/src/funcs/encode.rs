//! Functions for YAML, JSON, base64 and base32.
use gotmpl::{
    Evaluator, FunctionError, Functions, ITEM_SIZE, Map, Parameter, Signature, Value, go_string,
};

use wire::HelmVersion;

use super::json::{self, Style};
use super::{CallResult, arg, text};
use crate::base_encoding::{B32, B64, BaseEncoding};
use crate::json::parsed_size;
use crate::yaml;
use Parameter::{Any, Str};

pub(super) fn add(table: &mut Functions, helm: HelmVersion) {
    for (encode, decode, base) in [("b64enc", "b64dec", B64), ("b32enc", "b32dec", B32)] {
        table.add(encode, Signature::exact(&[Str]), move |a| {
            Ok(base.encode(&go_string::to_bytes(text(a, 0))).into())
        });
        table.add(decode, Signature::exact(&[Str]), move |a| {
            Ok(decode_or_error(base, text(a, 0)).into())
        });
    }
    let yaml_writers: &[&'static str] = match helm {
        HelmVersion::V3 => &["toYaml"],
        HelmVersion::V4 => &["toYaml", "mustToYaml"],
    };
    for name in yaml_writers {
        table.add_with_evaluator(name, Signature::exact(&[Any]), |evaluator, a| {
            check_written_size(evaluator, arg(a, 0))?;
            without_final_newline(evaluator, yaml::write(arg(a, 0)))
        });
    }
    table.add_with_evaluator("toYamlPretty", Signature::exact(&[Any]), |evaluator, a| {
        check_written_size(evaluator, arg(a, 0))?;
        without_final_newline(evaluator, yaml::write_pretty(arg(a, 0)))
    });
    add_json_writers(table);
    add_readers(table);
}

/// Adds the parsing functions; the text bounds the number of values.
fn add_readers(table: &mut Functions) {
    let add_reader = |table: &mut Functions, name, read: fn(&str) -> CallResult| {
        table.add_with_evaluator(name, Signature::exact(&[Str]), move |evaluator, a| {
            let text = text(a, 0);
            evaluator.charge(text.len())?;
            evaluator.reserve_memory(parsed_size(text))?;
            let value = read(text)?;
            evaluator.charge_memory(value.value_count().saturating_mul(ITEM_SIZE))?;
            Ok(value)
        });
    };
    add_reader(table, "fromYaml", |text| Ok(map_or_error(read_yaml(text))));
    add_reader(table, "fromYamlArray", |text| {
        Ok(list_or_error(read_yaml(text)))
    });
    add_reader(table, "fromJson", |text| Ok(map_or_error(read_json(text))));
    add_reader(table, "fromJsonArray", |text| {
        Ok(list_or_error(read_json(text)))
    });
    add_reader(table, "mustFromJson", |text| {
        json::read(text).map_err(FunctionError::Message)
    });
}

fn add_json_writers(table: &mut Functions) {
    let style = |html, pretty| Style { html, pretty };
    for (names, style) in [
        (["toJson", "mustToJson"], style(true, false)),
        (["toRawJson", "mustToRawJson"], style(false, false)),
        (["toPrettyJson", "mustToPrettyJson"], style(true, true)),
    ] {
        for name in names {
            table.add_with_evaluator(name, Signature::exact(&[Any]), move |evaluator, a| {
                check_written_size(evaluator, arg(a, 0))?;
                let text = json::write(arg(a, 0), style).unwrap_or_default();
                evaluator.charge(text.len())?;
                Ok(text.into())
            });
        }
    }
}

/// Checks that the strings in a value fit into the remaining output: a value may contain the same
/// string many times.
pub(super) fn check_written_size(
    evaluator: &Evaluator,
    value: &Value,
) -> Result<(), FunctionError> {
    let (mut remaining, mut values) = (evaluator.remaining_output(), MAX_COUNTED);
    if strings_exceed(value, 0, &mut remaining, &mut values) {
        return evaluator.charge(usize::MAX);
    }
    Ok(())
}

/// The maximum number of values that are counted; the writers have smaller limits.
const MAX_COUNTED: usize = 250_000;

fn strings_exceed(value: &Value, depth: usize, remaining: &mut usize, values: &mut usize) -> bool {
    if depth > 200 || *values == 0 {
        return false;
    }
    *values -= 1;
    match value {
        Value::Str(text) => exceeds(remaining, text.len()),
        // A line of a nested value is indented.
        _ if exceeds(remaining, depth) => true,
        Value::List(items) => items
            .iter()
            .any(|item| strings_exceed(item, depth + 1, remaining, values)),
        Value::Map(map) => map.any(|key, item| {
            exceeds(remaining, key.len()) || strings_exceed(item, depth + 1, remaining, values)
        }),
        _ => false,
    }
}

/// Takes bytes from what remains; whether there are too many.
fn exceeds(remaining: &mut usize, bytes: usize) -> bool {
    let rest = remaining.checked_sub(bytes);
    *remaining = rest.unwrap_or(*remaining);
    rest.is_none()
}

/// The text without its final newline; Helm writes an empty text when encoding fails.
fn without_final_newline(evaluator: &mut Evaluator, text: Option<String>) -> CallResult {
    let mut text = text.unwrap_or_default();
    evaluator.charge(text.len())?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text.into())
}

fn decode_or_error(base: BaseEncoding, text: &str) -> String {
    match base.decode(text) {
        Ok(bytes) => go_string::from_bytes(&bytes),
        Err(message) => message,
    }
}

/// The parsed value or the error, and the prefix of a type error.
type ReadResult = (Result<Value, String>, &'static str);

fn read_yaml(text: &str) -> ReadResult {
    let read = yaml::read_first(text).map_err(|error| error.helm_message());
    (read, "error unmarshaling JSON: while decoding JSON: ")
}

fn read_json(text: &str) -> ReadResult {
    (json::read(text), "")
}

/// The map; Helm returns an error under the key `Error`.
fn map_or_error((read, error_prefix): ReadResult) -> Value {
    let message = match read {
        Ok(value @ Value::Map(_)) => return value,
        Ok(Value::Nil) => return Map::new().into(),
        Ok(other) => mismatch(error_prefix, &other, "map[string]interface {}"),
        Err(error) => error,
    };
    let map: Map = [("Error", Value::from(message))].into_iter().collect();
    map.into()
}

fn list_or_error((read, error_prefix): ReadResult) -> Value {
    let message = match read {
        Ok(value @ Value::List(_)) => return value,
        Ok(Value::Nil) => return Value::list([]),
        Ok(other) => mismatch(error_prefix, &other, "[]interface {}"),
        Err(error) => error,
    };
    Value::list([message.into()])
}

fn mismatch(error_prefix: &str, value: &Value, go_type: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        _ => "object",
    };
    format!("{error_prefix}json: cannot unmarshal {kind} into Go value of type {go_type}")
}
