//! YAML, JSON and the bases.
use gotmpl::{FunctionError, Functions, Signature, Evaluator, Map, Parameter, Value, go_string};

use super::base::{B32, B64, Base};
use super::json::{self, Style};
use super::{Answer, arg, text};
use crate::yaml;
use Parameter::{Any, Str};

pub(super) fn add(table: &mut Functions) {
    for (encode, decode, base) in [("b64enc", "b64dec", B64), ("b32enc", "b32dec", B32)] {
        table.add(encode, Signature::exact(&[Str]), move |a| {
            Ok(base.encode(&go_string::to_bytes(text(a, 0))).into())
        });
        table.add(decode, Signature::exact(&[Str]), move |a| {
            Ok(decoded(base, text(a, 0)).into())
        });
    }
    table.add_with_evaluator("toYaml", Signature::exact(&[Any]), |evaluator, a| {
        written(evaluator, yaml::write(arg(a, 0)))
    });
    table.add_with_evaluator("toYamlPretty", Signature::exact(&[Any]), |evaluator, a| {
        written(evaluator, yaml::write_pretty(arg(a, 0)))
    });
    writing_json(table);
    reading(table);
}

/// What is read is made of values, about as many as the text is long at worst.
fn reading(table: &mut Functions) {
    let read_by = |table: &mut Functions, name, read: fn(&str) -> Answer| {
        table.add_with_evaluator(name, Signature::exact(&[Str]), move |evaluator, a| {
            evaluator.charge(text(a, 0).len())?;
            let value = read(text(a, 0))?;
            evaluator.charge_values(value.size())?;
            Ok(value)
        });
    };
    read_by(table, "fromYaml", |text| Ok(map_from(read(text))));
    read_by(table, "fromYamlArray", |text| Ok(list_from(read(text))));
    read_by(table, "fromJson", |text| Ok(map_from(json(text))));
    read_by(table, "fromJsonArray", |text| Ok(list_from(json(text))));
    read_by(table, "mustFromJson", |text| {
        json::read(text).map_err(FunctionError::Message)
    });
}

fn writing_json(table: &mut Functions) {
    let style = |html, pretty| Style { html, pretty };
    for (names, style) in [
        (["toJson", "mustToJson"], style(true, false)),
        (["toRawJson", "mustToRawJson"], style(false, false)),
        (["toPrettyJson", "mustToPrettyJson"], style(true, true)),
    ] {
        for name in names {
            table.add_with_evaluator(name, Signature::exact(&[Any]), move |evaluator, a| {
                let text = json::write(arg(a, 0), style).unwrap_or_default();
                evaluator.charge(text.len())?;
                Ok(text.into())
            });
        }
    }
}

/// Helm writes nothing where a value cannot be written.
fn written(evaluator: &mut Evaluator, text: Option<String>) -> Answer {
    let mut text = text.unwrap_or_default();
    evaluator.charge(text.len())?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text.into())
}

fn decoded(base: Base, text: &str) -> String {
    match base.decode(text) {
        Ok(bytes) => go_string::from_bytes(&bytes),
        Err(said) => said,
    }
}

/// What was read, or why not, and the words before a mismatch of kinds.
type Read = (Result<Value, String>, &'static str);

fn read(text: &str) -> Read {
    let read = yaml::read_first(text).map_err(|error| error.as_helm_says());
    (read, "error unmarshaling JSON: while decoding JSON: ")
}

fn json(text: &str) -> Read {
    (json::read(text), "")
}

/// Helm hands a reading error to the template, under the key `Error`.
fn map_from((read, before): Read) -> Value {
    let said = match read {
        Ok(value @ Value::Map(_)) => return value,
        Ok(Value::Nil) => return Map::new().into(),
        Ok(other) => mismatch(before, &other, "map[string]interface {}"),
        Err(error) => error,
    };
    let map: Map = [("Error", Value::from(said))].into_iter().collect();
    map.into()
}

fn list_from((read, before): Read) -> Value {
    let said = match read {
        Ok(value @ Value::List(_)) => return value,
        Ok(Value::Nil) => return Value::list([]),
        Ok(other) => mismatch(before, &other, "[]interface {}"),
        Err(error) => error,
    };
    Value::list([said.into()])
}

fn mismatch(before: &str, value: &Value, wanted: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        _ => "object",
    };
    format!("{before}json: cannot unmarshal {kind} into Go value of type {wanted}")
}
