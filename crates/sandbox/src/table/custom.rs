//! The columns of custom resources, from their CRDs.
//!
//! Start at [`columns`].

use jiff::Timestamp;
use serde_json::{Value, json};

use super::format::{ago, name};
use super::{Cell, Column};
use crate::kinds::Kind;
use crate::object;

/// Name, the columns of the CRD, and Age if the CRD has none.
pub(super) fn columns(kind: &Kind) -> Vec<Column> {
    let mut columns = vec![Column::new("Name", name)];
    let crd = kind.crd.as_deref().unwrap_or(&Value::Null);
    let version = object::items(crd, "/spec/versions")
        .find(|version| version["name"] == kind.preferred())
        .unwrap_or(&Value::Null);
    for column in object::items(version, "/additionalPrinterColumns") {
        columns.push(Column {
            title: object::text(column, "/name").to_owned(),
            value_type: match object::text(column, "/type") {
                "integer" => "integer",
                "date" => "date",
                "boolean" => "boolean",
                "number" => "number",
                _ => "string",
            },
            priority: u8::from(object::number(column, "/priority").unwrap_or(0) > 0),
            cell: Cell::JsonPath(object::text(column, "/jsonPath").to_owned()),
        });
    }
    if columns.len() == 1 {
        columns.push(Column::age());
    }
    columns
}

/// The value at a simple JSON path such as `.spec.hosts` or `.status.conditions[?(@.type=="A")].status`.
pub(super) fn value(object: &Value, path: &str, value_type: &str, now: Timestamp) -> Value {
    let mut found = vec![object];
    for step in steps(path) {
        found = found
            .into_iter()
            .flat_map(|value| follow(value, &step))
            .collect();
    }
    match found.first() {
        None | Some(Value::Null) => Value::Null,
        Some(Value::String(time)) if value_type == "date" => json!(ago(time, now)),
        Some(scalar @ (Value::Number(_) | Value::Bool(_) | Value::String(_))) => (*scalar).clone(),
        Some(other) => json!(other.to_string()),
    }
}

/// Splits a path at dots outside of brackets, and before brackets.
fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut depth = 0;
    for letter in path.chars() {
        let begins = depth == 0 && matches!(letter, '.' | '[');
        depth += i32::from(letter == '[') - i32::from(letter == ']');
        if begins {
            steps.push(String::new());
        }
        if !(begins && letter == '.')
            && let Some(last) = steps.last_mut()
        {
            last.push(letter);
        }
    }
    steps.retain(|step| !step.is_empty());
    steps
}

fn follow<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    let Some(inner) = step
        .strip_prefix('[')
        .and_then(|step| step.strip_suffix(']'))
    else {
        return value.get(step).into_iter().collect();
    };
    if inner == "*" {
        return value.as_array().into_iter().flatten().collect();
    }
    if let Some((key, expected)) = inner
        .strip_prefix("?(@.")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|test| test.split_once("=="))
    {
        let expected = expected.trim().trim_matches(['"', '\'']);
        let items = value.as_array().into_iter().flatten();
        return items.filter(|item| item[key.trim()] == expected).collect();
    }
    let key = inner.trim_matches(['"', '\'']);
    inner
        .parse()
        .map_or_else(|_| value.get(key), |at: usize| value.get(at))
        .into_iter()
        .collect()
}
