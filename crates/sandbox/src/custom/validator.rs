//! Validation of a value by a schema of a CRD, with the messages of the API server.
//!
//! Start at [`check`].

use regex::Regex;
use serde_json::{Map, Value, json};

use super::combined::{self, whole};
use super::format;
use crate::api_status::Cause;
use crate::problems::Problems;

/// The place of a value in the validated document.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The path of the document itself.
    prefix: &'static str,
    path: String,
}

impl Place {
    pub(super) fn root() -> Self {
        Self {
            prefix: "",
            path: String::new(),
        }
    }

    /// The status, which is a document of its own.
    pub(super) fn status() -> Self {
        Self {
            prefix: "status",
            path: String::new(),
        }
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            prefix: self.prefix,
            path,
        }
    }

    pub(super) fn item(&self, at: usize) -> Self {
        Self {
            prefix: self.prefix,
            path: format!("{}[{at}]", self.path),
        }
    }

    /// The path in the document, as messages name it.
    pub(super) fn name(&self) -> &str {
        &self.path
    }

    /// The path in the object.
    pub(super) fn field(&self) -> String {
        match (self.prefix, self.path.as_str()) {
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{path}"),
        }
    }
}

/// Checks a value by a schema.
pub(super) fn check(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) {
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    if !check_type(schema, value, place, problems) {
        return;
    }
    check_enum(schema, value, place, problems);
    match value {
        Value::Number(_) => check_number(schema, value, place, problems),
        Value::String(text) => check_text(schema, text, place, problems),
        Value::Array(items) => check_items(schema, items, place, problems),
        Value::Object(members) => check_members(schema, members, place, problems),
        _ => {}
    }
    combined::check(schema, value, place, problems);
}

fn check_type(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) -> bool {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let expected = if schema["x-kubernetes-int-or-string"] == true {
        "integer,string"
    } else {
        schema["type"].as_str().unwrap_or_default()
    };
    let is_whole = value.as_f64().is_some_and(|number| number.fract() == 0.0);
    let is_valid = match expected {
        "" => true,
        "number" => matches!(found, "number" | "integer"),
        "integer" => found == "integer" || found == "number" && is_whole,
        "integer,string" => matches!(found, "integer" | "string"),
        expected => expected == found,
    };
    if is_valid {
        return true;
    }
    let name = place.name();
    let detail = format!(
        "{name} in body must be of type {expected}: {}",
        json!(found)
    );
    let cause = Cause::type_invalid(&place.field(), found, &detail);
    problems.causes.push(cause);
    if expected == "integer" && found == "number" {
        problems.causes.push(whole(&format!(
            "Checked value must be of type integer (default format) in {name}"
        )));
    }
    false
}

fn check_enum(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) {
    let Some(supported) = schema["enum"].as_array() else {
        return;
    };
    if !supported.contains(value) {
        let texts: Vec<String> = supported
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let cause = Cause::unsupported(&place.field(), value, &texts);
        problems.causes.push(cause);
    }
}

fn check_number(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) {
    let number = value.as_f64().unwrap_or_default();
    let bound = |keyword: &str| schema[keyword].as_f64();
    let mut report = |detail: String| {
        let detail = format!("{} in body should be {detail}", place.name());
        problems.invalid(&place.field(), value, &detail);
    };
    if let Some(minimum) = bound("minimum") {
        if schema["exclusiveMinimum"] == true && number <= minimum {
            report(format!("greater than {minimum}"));
        } else if number < minimum {
            report(format!("greater than or equal to {minimum}"));
        }
    }
    if let Some(maximum) = bound("maximum") {
        if schema["exclusiveMaximum"] == true && number >= maximum {
            report(format!("less than {maximum}"));
        } else if number > maximum {
            report(format!("less than or equal to {maximum}"));
        }
    }
    if let Some(factor) = bound("multipleOf").filter(|factor| *factor > 0.0)
        && (number / factor).fract() != 0.0
    {
        report(format!("a multiple of {factor}"));
    }
    if schema["format"] == "int32" && value.as_i64().is_some_and(|n| i32::try_from(n).is_err()) {
        problems.causes.push(whole(&format!(
            "Checked value must be of type integer with format int32 in {}",
            place.name()
        )));
    }
}

fn check_text(schema: &Value, text: &str, place: &Place, problems: &mut Problems) {
    let (name, field) = (place.name(), place.field());
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    if let Some(max) = schema["maxLength"].as_u64().filter(|max| length > *max) {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        problems.causes.push(Cause::too_long(&field, max));
    } else if let Some(min) = schema["minLength"].as_u64().filter(|min| length < *min) {
        let detail = format!("{name} in body should be at least {min} chars long");
        problems.invalid(&field, &json!(text), &detail);
    } else if let Some(pattern) = schema["pattern"].as_str()
        && Regex::new(pattern).is_ok_and(|compiled| !compiled.is_match(text))
    {
        // A pattern of Go that is none here accepts every text.
        let detail = format!("{name} in body should match '{pattern}'");
        problems.invalid(&field, &json!(text), &detail);
    }
    if let Some(format) = schema["format"].as_str()
        && !format::matches(format, text)
    {
        let detail = format!("{name} in body must be of type {format}: {}", json!(text));
        problems
            .causes
            .push(Cause::type_invalid(&field, text, &detail));
    }
}

fn check_items(schema: &Value, items: &[Value], place: &Place, problems: &mut Problems) {
    check_count(
        schema,
        items.len(),
        ("maxItems", "minItems", "items"),
        place,
        problems,
    );
    if let Some(schema) = schema.get("items") {
        for (at, item) in items.iter().enumerate() {
            check(schema, item, &place.item(at), problems);
        }
    }
}

/// Checks the number of items or members.
fn check_count(
    schema: &Value,
    count: usize,
    (max, min, noun): (&str, &str, &str),
    place: &Place,
    problems: &mut Problems,
) {
    let actual = u64::try_from(count).unwrap_or(u64::MAX);
    if let Some(max) = schema[max].as_u64().filter(|max| actual > *max) {
        let cause = Cause::too_many(&place.field(), count, max);
        problems.causes.push(cause);
    }
    if let Some(min) = schema[min].as_u64().filter(|min| actual < *min) {
        let detail = format!("{} in body should have at least {min} {noun}", place.name());
        problems.invalid(&place.field(), &json!(count), &detail);
    }
}

fn check_members(
    schema: &Value,
    members: &Map<String, Value>,
    place: &Place,
    problems: &mut Problems,
) {
    let keywords = ("maxProperties", "minProperties", "properties");
    check_count(schema, members.len(), keywords, place, problems);
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if !members.contains_key(name) {
            problems.required(&place.member(name).field(), "");
        }
    }
    if schema["x-kubernetes-embedded-resource"] == true {
        for name in ["apiVersion", "kind"] {
            let text = members.get(name).and_then(Value::as_str);
            if text.unwrap_or_default().is_empty() {
                problems.required(&place.member(name).field(), "");
            }
        }
    }
    for (name, member) in members {
        let property = schema.get("properties").and_then(|all| all.get(name));
        let schema = property.or_else(|| schema.get("additionalProperties"));
        if let Some(schema) = schema.filter(|schema| schema.is_object()) {
            check(schema, member, &place.member(name), problems);
        }
    }
}
