//! YAML, JSON and base64.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{Fault, Functions, Kinds, Machine, Map, Param, Value};

use super::json::{self, Style};
use super::{Answer, arg, text};
use crate::values::from_json;
use crate::yaml;
use Param::{Any, Str};

pub(super) fn add(table: &mut Functions) {
    table.add("b64enc", Kinds::exactly(&[Str]), |a| {
        Ok(STANDARD.encode(text(a, 0)).into())
    });
    table.add("b64dec", Kinds::exactly(&[Str]), |a| {
        Ok(decoded(text(a, 0)).into())
    });
    let yaml = |machine: &mut Machine, a: &[Value]| {
        let text = yaml::write(arg(a, 0)).unwrap_or_default();
        machine.charge(text.len())?;
        Ok(text.strip_suffix('\n').unwrap_or(&text).into())
    };
    table.add_with("toYaml", Kinds::exactly(&[Any]), yaml);
    table.add_with("mustToYaml", Kinds::exactly(&[Any]), yaml);
    table.add("fromYaml", Kinds::exactly(&[Str]), |a| {
        Ok(map_from(read(text(a, 0))))
    });
    table.add("fromYamlArray", Kinds::exactly(&[Str]), |a| {
        Ok(list_from(read(text(a, 0))))
    });
    for (names, style) in [
        (
            ["toJson", "mustToJson"],
            Style {
                html: true,
                pretty: false,
            },
        ),
        (
            ["toRawJson", "mustToRawJson"],
            Style {
                html: false,
                pretty: false,
            },
        ),
        (
            ["toPrettyJson", "mustToPrettyJson"],
            Style {
                html: true,
                pretty: true,
            },
        ),
    ] {
        for name in names {
            table.add_with(name, Kinds::exactly(&[Any]), move |machine, a| {
                let text = json::write(arg(a, 0), style).unwrap_or_default();
                machine.charge(text.len())?;
                Ok(text.into())
            });
        }
    }
    table.add("fromJson", Kinds::exactly(&[Str]), |a| {
        Ok(map_from(parsed(text(a, 0))))
    });
    table.add("mustFromJson", Kinds::exactly(&[Str]), must_from_json);
    table.add("fromJsonArray", Kinds::exactly(&[Str]), |a| {
        Ok(list_from(parsed(text(a, 0))))
    });
}

fn decoded(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    match STANDARD.decode(text) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(base64::DecodeError::InvalidByte(at, _)) => {
            format!("illegal base64 data at input byte {at}")
        }
        Err(_) => "illegal base64 data at input byte 0".to_owned(),
    }
}

fn read(text: &str) -> Result<Value, String> {
    yaml::read_first(text).map_err(|error| error.as_helm_says())
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text)
        .map(|json| from_json(&json))
        .map_err(|error| error.to_string())
}

fn must_from_json(a: &[Value]) -> Answer {
    parsed(text(a, 0)).map_err(Fault::Message)
}

/// Helm hands a reading error to the template, under the key `Error`.
fn map_from(read: Result<Value, String>) -> Value {
    let said = match read {
        Ok(value @ Value::Map(_)) => return value,
        Ok(Value::Nil) => return Map::new().into(),
        Ok(other) => format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json_kind(&other)
        ),
        Err(error) => error,
    };
    let map: Map = [("Error", Value::from(said))].into_iter().collect();
    map.into()
}

fn list_from(read: Result<Value, String>) -> Value {
    let said = match read {
        Ok(value @ Value::List(_)) => return value,
        Ok(Value::Nil) => return Value::list([]),
        Ok(other) => format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type []interface {{}}",
            json_kind(&other)
        ),
        Err(error) => error,
    };
    Value::list([said.into()])
}

fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        _ => "object",
    }
}
