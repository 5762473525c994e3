//! Holds an object against its type: what is not known falls away, what is wrong is said.
//!
//! Pure. Start at [`Reading::of`].

use serde_json::{Map, Value, json};

use crate::api_status::{ApiStatus, Cause};
use crate::kinds::Kind;
use crate::schema::Type;

/// An object as its type reads it.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The object without unknown fields and without nulls.
    pub(crate) object: Value,
    /// The unknown fields, `spec.bogus`.
    pub(crate) unknown: Vec<String>,
    /// The first value of a wrong type.
    pub(crate) wrong: Option<Wrong>,
}

/// A value of a wrong type.
#[derive(Debug)]
pub(crate) struct Wrong {
    path: String,
    /// The type the field stands in.
    within: String,
    wanted: &'static str,
    found: Value,
}

impl Reading {
    pub(crate) fn of(object: &Value, kind: &Type) -> Self {
        let mut reading = Self {
            object: Value::Null,
            unknown: Vec::new(),
            wrong: None,
        };
        reading.object = reading.read(object, kind, "", "");
        reading
    }

    fn read(&mut self, value: &Value, kind: &Type, path: &str, within: &str) -> Value {
        match (value, kind) {
            (_, Type::Any) => value.clone(),
            (
                Value::Object(members),
                Type::Named { .. } | Type::Struct { .. } | Type::Map { .. },
            ) => self.read_members(members, kind, path),
            (Value::Array(items), Type::List { of, .. }) => {
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| self.read(item, of, &format!("{path}[{at}]"), within))
                    .collect()
            }
            (Value::Number(number), Type::Scalar("qty")) => json!(number.to_string()),
            _ => {
                let wanted = wanted(kind);
                if !fits(value, kind) && self.wrong.is_none() {
                    self.wrong = Some(Wrong {
                        path: path.to_owned(),
                        within: within.to_owned(),
                        wanted,
                        found: value.clone(),
                    });
                }
                value.clone()
            }
        }
    }

    fn read_members(&mut self, members: &Map<String, Value>, kind: &Type, path: &str) -> Value {
        let fields = kind.fields();
        let within = match kind {
            Type::Named { name, .. } => name.rsplit('.').next().unwrap_or_default(),
            _ => "",
        };
        let mut kept = Map::new();
        for (name, value) in members {
            let place = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let known = fields
                .as_ref()
                .is_none_or(|fields| fields.contains_key(name));
            if !known && !kind.is_open() {
                self.unknown.push(place);
            } else if !value.is_null() {
                kept.insert(
                    name.clone(),
                    self.read(value, &kind.field(name), &place, within),
                );
            }
        }
        Value::Object(kept)
    }
}

fn fits(value: &Value, kind: &Type) -> bool {
    match kind {
        Type::Any => true,
        Type::Scalar("i") => value.is_i64() || value.is_u64(),
        Type::Scalar("n") => value.is_number(),
        Type::Scalar("b") => value.is_boolean(),
        Type::Scalar("ios" | "qty") => value.is_string() || value.is_number(),
        Type::Scalar(_) => value.is_string(),
        Type::List { .. } => value.is_array(),
        _ => value.is_object(),
    }
}

fn wanted(kind: &Type) -> &'static str {
    match kind {
        Type::Scalar("i") => "int32",
        Type::Scalar("n") => "float64",
        Type::Scalar("b") => "bool",
        Type::Scalar(_) => "string",
        Type::List { .. } => "list",
        _ => "map",
    }
}

fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Wrong {
    /// What the server says when it cannot read a body.
    pub(crate) fn to_api_status(&self, kind: &Kind, version: &str, name: &str) -> ApiStatus {
        let found = sort_of(&self.found);
        if kind.crd.is_some() {
            let wanted = match self.wanted {
                "int32" => "integer",
                "float64" => "number",
                "bool" => "boolean",
                "list" => "array",
                "map" => "object",
                other => other,
            };
            return ApiStatus::invalid(
                kind,
                name,
                vec![Cause {
                    reason: "FieldValueTypeInvalid",
                    field: self.path.clone(),
                    message: format!(
                        "Invalid value: {}: {} in body must be of type {wanted}: {}",
                        json!(found),
                        self.path,
                        json!(found)
                    ),
                }],
            );
        }
        ApiStatus::bad_request(format!(
            "{0} in version \"{version}\" cannot be handled as a {0}: json: cannot unmarshal \
             {found} into Go struct field {1}.{2} of type {3}",
            kind.kind, self.within, self.path, self.wanted
        ))
    }

    /// What server-side apply says of it.
    pub(crate) fn of_patch(&self) -> String {
        let wanted = match self.wanted {
            "int32" | "float64" => "numeric (int or float)",
            "bool" => "boolean",
            other => other,
        };
        format!(
            ".{}: expected {wanted}, got {}",
            self.path,
            sort_of(&self.found)
        )
    }
}
