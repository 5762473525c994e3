//! The types of objects: their fields, and the keys of their lists.
//!
//! The built-in types are in a table that is generated from the OpenAPI documents of Kubernetes; the
//! types of custom resources are read from their CRDs. Start at [`Type`]; [`Type::field`] and
//! [`Type::item`] lead to the types of members.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde_json::Value;

/// The built-in types, by names such as `core.v1.Pod`.
static TYPES: LazyLock<HashMap<&'static str, Arc<Fields>>> = LazyLock::new(read_table);

/// The fields of an object, by name.
pub(crate) type Fields = BTreeMap<String, Field>;

/// One field of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) kind: Type,
    pub(crate) required: bool,
    /// Its number in protobuf, where it has one.
    pub(crate) number: u32,
}

/// How the items of a list are identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListType {
    /// The list is a single value.
    Atomic,
    /// Each value occurs once.
    Set,
    /// Items are objects, identified by these fields.
    Keys(Vec<String>),
}

/// The type of a value.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// A scalar, by its short name in the table.
    Scalar(&'static str),
    /// An unknown type: objects are maps, lists are atomic.
    Any,
    /// A built-in type by its name.
    Named { name: &'static str, atomic: bool },
    /// An object with these fields.
    Struct {
        fields: Arc<Fields>,
        atomic: bool,
        preserves_unknown: bool,
    },
    /// An object with arbitrary keys.
    Map { item_type: Arc<Type>, atomic: bool },
    /// A list; `merge_key` is the key of strategic merge patches.
    List {
        item_type: Arc<Type>,
        list_type: ListType,
        merge_key: Option<String>,
    },
}

impl Type {
    /// The built-in type of this name, or [`Type::Any`].
    pub(crate) fn named(name: &str) -> Self {
        TYPES
            .get_key_value(name)
            .map_or(Self::Any, |(name, _)| Self::Named {
                name,
                atomic: false,
            })
    }

    /// The type of a field of this object.
    pub(crate) fn field(&self, name: &str) -> Self {
        match self {
            Self::Map { item_type, .. } => item_type.as_ref().clone(),
            _ => self
                .fields()
                .and_then(|fields| fields.get(name).map(|field| field.kind.clone()))
                .unwrap_or(Self::Any),
        }
    }

    /// The type of an item of this list.
    pub(crate) fn item(&self) -> Self {
        match self {
            Self::List { item_type, .. } => item_type.as_ref().clone(),
            _ => Self::Any,
        }
    }

    /// The fields, if this is an object with known fields.
    pub(crate) fn fields(&self) -> Option<Arc<Fields>> {
        match self {
            Self::Named { name, .. } => TYPES.get(name).cloned(),
            Self::Struct { fields, .. } => Some(fields.clone()),
            _ => None,
        }
    }

    /// Whether unknown fields are preserved.
    pub(crate) fn preserves_unknown_fields(&self) -> bool {
        match self {
            Self::Struct {
                preserves_unknown, ..
            } => *preserves_unknown,
            Self::Named { .. } => false,
            _ => true,
        }
    }

    /// Whether an object of this type is owned as a whole.
    pub(crate) fn is_atomic(&self) -> bool {
        match self {
            Self::Named { atomic, .. } | Self::Struct { atomic, .. } | Self::Map { atomic, .. } => {
                *atomic
            }
            _ => false,
        }
    }

    /// How the items of this list are identified.
    pub(crate) fn list_type(&self) -> &ListType {
        match self {
            Self::List { list_type, .. } => list_type,
            _ => &ListType::Atomic,
        }
    }

    /// The key by which a strategic merge patch merges this list.
    pub(crate) fn merge_key(&self) -> Option<&str> {
        match self {
            Self::List { merge_key, .. } => merge_key.as_deref(),
            _ => None,
        }
    }

    /// The type of a custom resource, from its `openAPIV3Schema`.
    pub(crate) fn from_crd_schema(schema: &Value) -> Self {
        let Self::Struct {
            fields,
            preserves_unknown,
            ..
        } = from_openapi(schema)
        else {
            return Self::Any;
        };
        let mut fields = fields.as_ref().clone();
        fields.extend(type_meta());
        Self::Struct {
            fields: Arc::new(fields),
            atomic: false,
            preserves_unknown,
        }
    }
}

fn read_table() -> HashMap<&'static str, Arc<Fields>> {
    include_str!("../schema/types.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split(' ');
            (
                words.next().unwrap_or_default(),
                Arc::new(words.filter_map(read_field).collect()),
            )
        })
        .collect()
}

fn read_field(word: &'static str) -> Option<(String, Field)> {
    let (name, rest) = word.split_once('=')?;
    let (kind, number) = rest.rsplit_once('#').unwrap_or((rest, "0"));
    let required = name.ends_with('!');
    let number = number.parse().unwrap_or(0);
    let mut name = name.trim_end_matches('!').to_owned();
    if name == "+" {
        name = format!("+{number}");
    }
    Some((
        name,
        Field {
            kind: read_kind(kind),
            required,
            number,
        },
    ))
}

fn read_kind(text: &'static str) -> Type {
    let (name_part, atomic) = text
        .strip_suffix('~')
        .map_or((text, false), |name_part| (name_part, true));
    if let Some(inner) = name_part
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        return Type::Map {
            item_type: Arc::new(read_kind(inner)),
            atomic,
        };
    }
    if let Some(inner) = name_part
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let (rest, merge_key) = inner.rsplit_once('|').unwrap_or((inner, ""));
        let (item_type, keys) = rest.rsplit_once('|').unwrap_or((rest, ""));
        let list_type = match keys {
            "" => ListType::Atomic,
            "set" => ListType::Set,
            keys => ListType::Keys(keys.split(',').map(str::to_owned).collect()),
        };
        let merge_key = (!merge_key.is_empty()).then(|| merge_key.to_owned());
        return Type::List {
            item_type: Arc::new(read_kind(item_type)),
            list_type,
            merge_key,
        };
    }
    match name_part {
        "any" => Type::Any,
        _ if name_part.contains('.') => Type::Named {
            name: name_part,
            atomic,
        },
        _ => Type::Scalar(name_part),
    }
}

fn from_openapi(schema: &Value) -> Type {
    let is = |key: &str| schema.get(key).and_then(Value::as_bool).unwrap_or(false);
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    if is("x-kubernetes-int-or-string") {
        return Type::Scalar("ios");
    }
    let atomic = text("x-kubernetes-map-type") == "atomic";
    match text("type") {
        "array" => {
            let item_type = schema.get("items").map_or(Type::Any, from_openapi);
            let list_type = match text("x-kubernetes-list-type") {
                "set" => ListType::Set,
                "map" => ListType::Keys(strings(schema.get("x-kubernetes-list-map-keys"))),
                _ => ListType::Atomic,
            };
            Type::List {
                item_type: Arc::new(item_type),
                list_type,
                merge_key: None,
            }
        }
        "integer" => Type::Scalar("i"),
        "number" => Type::Scalar("n"),
        "boolean" => Type::Scalar("b"),
        "string" => Type::Scalar("s"),
        "object" => match (schema.get("properties"), schema.get("additionalProperties")) {
            (None, Some(item_type)) if item_type.is_object() => Type::Map {
                item_type: Arc::new(from_openapi(item_type)),
                atomic,
            },
            (properties, _) => object_type(schema, properties, atomic),
        },
        _ => Type::Any,
    }
}

fn object_type(schema: &Value, properties: Option<&Value>, atomic: bool) -> Type {
    let required = strings(schema.get("required"));
    let is = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    let preserves_unknown =
        is("x-kubernetes-preserve-unknown-fields") || is("additionalProperties");
    let mut fields: Fields = properties
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let required = required.contains(name);
            (
                name.clone(),
                Field {
                    kind: from_openapi(schema),
                    required,
                    number: 0,
                },
            )
        })
        .collect();
    if is("x-kubernetes-embedded-resource") {
        fields.extend(type_meta());
    }
    Type::Struct {
        fields: Arc::new(fields),
        atomic,
        preserves_unknown,
    }
}

/// The fields that every object has.
fn type_meta() -> impl Iterator<Item = (String, Field)> {
    let fields = [
        ("apiVersion", Type::Scalar("s")),
        ("kind", Type::Scalar("s")),
        ("metadata", Type::named("meta.v1.ObjectMeta")),
    ];
    fields.into_iter().map(|(name, kind)| {
        let field = Field {
            kind,
            required: false,
            number: 0,
        };
        (name.to_owned(), field)
    })
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
