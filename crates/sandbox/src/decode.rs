//! Decodes an object by its type: unknown fields are removed, type mismatches are reported.
//! Start at [`Decoded::of`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::api_status::ApiStatus;
use crate::kinds::Kind;
use crate::quantity::{self, Quantity};
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
    /// The message about the first text that cannot be read: a quantity, or bytes in base64.
    pub(crate) unreadable: Option<String>,
}

/// A value of a wrong type.
#[derive(Debug)]
pub(crate) struct TypeMismatch {
    place: Place,
    expected: Type,
    found: Value,
}

/// The place of a value in an object.
#[derive(Clone, Debug, Default)]
struct Place {
    path: String,
    /// The path as Go's decoder names it: without keys of maps and positions in lists.
    go_path: String,
    /// The Go type that contains the field.
    parent_type: String,
}

impl Decoded {
    pub(crate) fn of(object: &Value, kind: &Type) -> Self {
        let mut decoded = Self {
            object: Value::Null,
            unknown: Vec::new(),
            mismatch: None,
            unreadable: None,
        };
        decoded.object = decoded.read(object, kind, &Place::default());
        decoded
    }

    fn read(&mut self, value: &Value, kind: &Type, place: &Place) -> Value {
        match (value, kind) {
            (_, Type::Any) => value.clone(),
            (
                Value::Object(members),
                Type::Named { .. } | Type::Struct { .. } | Type::Map { .. },
            ) => self.read_members(members, kind, place),
            (Value::Array(items), Type::List { item_type, .. }) => {
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| {
                        let mut place = place.clone();
                        place.path = format!("{}[{at}]", place.path);
                        self.read(item, item_type, &place)
                    })
                    .collect()
            }
            (Value::Number(number), Type::Scalar("qty")) => json!(number.to_string()),
            (_, Type::Scalar("qty")) => {
                if value.as_str().and_then(Quantity::parse).is_none() {
                    self.report_unreadable(quantity::PATTERN_MESSAGE.to_owned());
                }
                value.clone()
            }
            (Value::String(text), Type::Scalar("bytes")) => {
                if let Some(at) = illegal_byte(text) {
                    self.report_unreadable(format!("illegal base64 data at input byte {at}"));
                }
                value.clone()
            }
            _ => {
                if !matches_type(value, kind) && self.mismatch.is_none() {
                    self.mismatch = Some(TypeMismatch {
                        place: place.clone(),
                        expected: kind.clone(),
                        found: value.clone(),
                    });
                }
                value.clone()
            }
        }
    }

    fn report_unreadable(&mut self, message: String) {
        self.unreadable.get_or_insert(message);
    }

    fn read_members(&mut self, members: &Map<String, Value>, kind: &Type, place: &Place) -> Value {
        let fields = kind.fields();
        let mut decoded_members = Map::new();
        for (name, value) in members {
            let place = place.member(name, kind);
            let is_known = fields
                .as_ref()
                .is_none_or(|fields| fields.contains_key(name));
            if !is_known && !kind.preserves_unknown_fields() {
                self.unknown.push(place.path);
            } else if !value.is_null() {
                decoded_members.insert(name.clone(), self.read(value, &kind.field(name), &place));
            }
        }
        Value::Object(decoded_members)
    }
}

impl Place {
    /// The place of a member of an object of this type.
    fn member(&self, name: &str, kind: &Type) -> Self {
        let joined = |path: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        match kind {
            Type::Map { .. } => Self {
                path: joined(&self.path),
                ..self.clone()
            },
            _ => Self {
                path: joined(&self.path),
                go_path: joined(&self.go_path),
                parent_type: match kind {
                    Type::Named { name, .. } => name.rsplit('.').next().unwrap_or_default(),
                    _ => "",
                }
                .to_owned(),
            },
        }
    }
}

/// The position of the first byte that is no base64, as Go reports it.
fn illegal_byte(text: &str) -> Option<usize> {
    let compact: String = text.split(['\r', '\n']).collect();
    if STANDARD.decode(&compact).is_ok() {
        return None;
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let illegal = compact.bytes().position(|byte| !is_letter(byte));
    let incomplete = compact.len() - compact.len() % 4;
    Some(illegal.unwrap_or(incomplete))
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

/// The name of a type in Go.
fn go_type(kind: &Type) -> String {
    match kind {
        Type::Scalar("i") => "int32".to_owned(),
        Type::Scalar("n") => "float64".to_owned(),
        Type::Scalar("b") => "bool".to_owned(),
        Type::List { item_type, .. } => format!("[]{}", go_type(item_type)),
        Type::Map { item_type, .. } => format!("map[string]{}", go_type(item_type)),
        Type::Named { name, .. } => name
            .split_once('.')
            .map_or(*name, |(_, name)| name)
            .to_owned(),
        _ => "string".to_owned(),
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "map",
    }
}

impl TypeMismatch {
    /// Whether the value belongs to the metadata, which has the same type in every kind.
    pub(crate) fn is_in_metadata(&self) -> bool {
        self.place.path == "metadata" || self.place.path.starts_with("metadata.")
    }

    /// The error of the API server for a body that cannot be decoded.
    pub(crate) fn to_api_status(&self, kind: &Kind, version: &str) -> ApiStatus {
        let found = match json_type(&self.found) {
            "map" => "object",
            found => found,
        };
        let path = if kind.crd.is_some() {
            // The metadata of a custom resource is decoded separately.
            self.place.go_path.trim_start_matches("metadata.")
        } else {
            &self.place.go_path
        };
        ApiStatus::bad_request(format!(
            "{0} in version \"{version}\" cannot be handled as a {0}: json: cannot unmarshal \
             {found} into Go struct field {1}.{path} of type {2}",
            kind.kind,
            self.place.parent_type,
            go_type(&self.expected)
        ))
    }

    /// The error message of server-side apply.
    pub(crate) fn apply_message(&self) -> String {
        let expected = match &self.expected {
            Type::Scalar("i" | "n") => "numeric (int or float)",
            Type::Scalar("b") => "boolean",
            Type::Scalar(_) | Type::Any => "string",
            Type::List { .. } => "list",
            _ => "map",
        };
        format!(
            ".{}: expected {expected}, got {}",
            self.place.path,
            json_type(&self.found)
        )
    }
}
