//! Decodes an object by its type: unknown fields are removed, type mismatches are reported.
//! Start at [`Decoded::of`].

use serde_json::{Map, Value, json};

use crate::api_status::{ApiStatus, Cause};
use crate::kinds::Kind;
use crate::schema::Type;

/// An object after decoding by its type.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The object without unknown fields and without nulls.
    pub(crate) object: Value,
    /// The unknown fields, `spec.bogus`.
    pub(crate) unknown: Vec<String>,
    /// The first value of a wrong type.
    pub(crate) mismatch: Option<TypeMismatch>,
}

/// A value of a wrong type.
#[derive(Debug)]
pub(crate) struct TypeMismatch {
    path: String,
    /// The type that contains the field.
    parent_type: String,
    expected: &'static str,
    found: Value,
}

impl Decoded {
    pub(crate) fn of(object: &Value, kind: &Type) -> Self {
        let mut decoded = Self {
            object: Value::Null,
            unknown: Vec::new(),
            mismatch: None,
        };
        decoded.object = decoded.read(object, kind, "", "");
        decoded
    }

    fn read(&mut self, value: &Value, kind: &Type, path: &str, parent_type: &str) -> Value {
        match (value, kind) {
            (_, Type::Any) => value.clone(),
            (
                Value::Object(members),
                Type::Named { .. } | Type::Struct { .. } | Type::Map { .. },
            ) => self.read_members(members, kind, path),
            (Value::Array(items), Type::List { item_type, .. }) => {
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| {
                        self.read(item, item_type, &format!("{path}[{at}]"), parent_type)
                    })
                    .collect()
            }
            (Value::Number(number), Type::Scalar("qty")) => json!(number.to_string()),
            _ => {
                let expected = expected(kind);
                if !matches_type(value, kind) && self.mismatch.is_none() {
                    self.mismatch = Some(TypeMismatch {
                        path: path.to_owned(),
                        parent_type: parent_type.to_owned(),
                        expected,
                        found: value.clone(),
                    });
                }
                value.clone()
            }
        }
    }

    fn read_members(&mut self, members: &Map<String, Value>, kind: &Type, path: &str) -> Value {
        let fields = kind.fields();
        let parent_type = match kind {
            Type::Named { name, .. } => name.rsplit('.').next().unwrap_or_default(),
            _ => "",
        };
        let mut decoded_members = Map::new();
        for (name, value) in members {
            let member_path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let is_known = fields
                .as_ref()
                .is_none_or(|fields| fields.contains_key(name));
            if !is_known && !kind.preserves_unknown_fields() {
                self.unknown.push(member_path);
            } else if !value.is_null() {
                decoded_members.insert(
                    name.clone(),
                    self.read(value, &kind.field(name), &member_path, parent_type),
                );
            }
        }
        Value::Object(decoded_members)
    }
}

fn matches_type(value: &Value, kind: &Type) -> bool {
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

fn expected(kind: &Type) -> &'static str {
    match kind {
        Type::Scalar("i") => "int32",
        Type::Scalar("n") => "float64",
        Type::Scalar("b") => "bool",
        Type::Scalar(_) => "string",
        Type::List { .. } => "list",
        _ => "map",
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl TypeMismatch {
    /// The error of the API server for a body that cannot be decoded.
    pub(crate) fn to_api_status(&self, kind: &Kind, version: &str, name: &str) -> ApiStatus {
        let found = json_type(&self.found);
        if kind.crd.is_some() {
            let expected = match self.expected {
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
                        "Invalid value: {}: {} in body must be of type {expected}: {}",
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
            kind.kind, self.parent_type, self.path, self.expected
        ))
    }

    /// The error message of server-side apply.
    pub(crate) fn apply_message(&self) -> String {
        let expected = match self.expected {
            "int32" | "float64" => "numeric (int or float)",
            "bool" => "boolean",
            other => other,
        };
        format!(
            ".{}: expected {expected}, got {}",
            self.path,
            json_type(&self.found)
        )
    }
}
