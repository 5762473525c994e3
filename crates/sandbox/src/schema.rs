//! What fields an object may have, and how its lists are keyed.
//!
//! The built-in types stand in a table made from Kubernetes' own documents; the types of custom
//! resources are read from their definitions. Start at [`Type`]: a cursor that is moved down along
//! an object with [`Type::field`] and [`Type::item`].

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

/// How the items of a list are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The list is one value.
    Atomic,
    /// Each value stands once.
    Set,
    /// Items are objects, told apart by these fields.
    Keys(Vec<String>),
}

/// The type of a value.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// A scalar, by its short name in the table.
    Scalar(&'static str),
    /// Not described: objects are maps, lists are one value.
    Any,
    /// A built-in type by its name.
    Named { name: &'static str, atomic: bool },
    /// An object with these fields.
    Struct {
        fields: Arc<Fields>,
        atomic: bool,
        open: bool,
    },
    /// An object whose keys are free.
    Map { of: Arc<Type>, atomic: bool },
    /// A list; `merge` is the key of strategic merge patches.
    List {
        of: Arc<Type>,
        how: Listing,
        merge: Option<String>,
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
            Self::Map { of, .. } => of.as_ref().clone(),
            _ => self
                .fields()
                .and_then(|fields| fields.get(name).map(|field| field.kind.clone()))
                .unwrap_or(Self::Any),
        }
    }

    /// The type of an item of this list.
    pub(crate) fn item(&self) -> Self {
        match self {
            Self::List { of, .. } => of.as_ref().clone(),
            _ => Self::Any,
        }
    }

    /// The fields, when this is an object with known ones.
    pub(crate) fn fields(&self) -> Option<Arc<Fields>> {
        match self {
            Self::Named { name, .. } => TYPES.get(name).cloned(),
            Self::Struct { fields, .. } => Some(fields.clone()),
            _ => None,
        }
    }

    /// Whether fields that are not described are kept.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Struct { open, .. } => *open,
            Self::Named { .. } => false,
            _ => true,
        }
    }

    /// Whether an object of this type is owned as one value.
    pub(crate) fn is_atomic(&self) -> bool {
        match self {
            Self::Named { atomic, .. } | Self::Struct { atomic, .. } | Self::Map { atomic, .. } => {
                *atomic
            }
            _ => false,
        }
    }

    /// How the items of this list are told apart.
    pub(crate) fn listing(&self) -> &Listing {
        match self {
            Self::List { how, .. } => how,
            _ => &Listing::Atomic,
        }
    }

    /// The key by which a strategic merge patch joins this list.
    pub(crate) fn merge_key(&self) -> Option<&str> {
        match self {
            Self::List { merge, .. } => merge.as_deref(),
            _ => None,
        }
    }

    /// The type of a custom resource, from its `openAPIV3Schema`.
    pub(crate) fn of_custom(schema: &Value) -> Self {
        let Self::Struct { fields, open, .. } = from_openapi(schema) else {
            return Self::Any;
        };
        let mut fields = fields.as_ref().clone();
        for (name, kind) in [
            ("apiVersion", Self::Scalar("s")),
            ("kind", Self::Scalar("s")),
            ("metadata", Self::named("meta.v1.ObjectMeta")),
        ] {
            fields.insert(
                name.to_owned(),
                Field {
                    kind,
                    required: false,
                    number: 0,
                },
            );
        }
        Self::Struct {
            fields: Arc::new(fields),
            atomic: false,
            open,
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
    let (bare, atomic) = text
        .strip_suffix('~')
        .map_or((text, false), |bare| (bare, true));
    if let Some(inner) = bare
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        return Type::Map {
            of: Arc::new(read_kind(inner)),
            atomic,
        };
    }
    if let Some(inner) = bare
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let (rest, merge) = inner.rsplit_once('|').unwrap_or((inner, ""));
        let (of, keys) = rest.rsplit_once('|').unwrap_or((rest, ""));
        let how = match keys {
            "" => Listing::Atomic,
            "set" => Listing::Set,
            keys => Listing::Keys(keys.split(',').map(str::to_owned).collect()),
        };
        let merge = (!merge.is_empty()).then(|| merge.to_owned());
        return Type::List {
            of: Arc::new(read_kind(of)),
            how,
            merge,
        };
    }
    match bare {
        "any" => Type::Any,
        _ if bare.contains('.') => Type::Named { name: bare, atomic },
        _ => Type::Scalar(bare),
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
            let of = schema.get("items").map_or(Type::Any, from_openapi);
            let how = match text("x-kubernetes-list-type") {
                "set" => Listing::Set,
                "map" => Listing::Keys(strings(schema.get("x-kubernetes-list-map-keys"))),
                _ => Listing::Atomic,
            };
            Type::List {
                of: Arc::new(of),
                how,
                merge: None,
            }
        }
        "integer" => Type::Scalar("i"),
        "number" => Type::Scalar("n"),
        "boolean" => Type::Scalar("b"),
        "string" => Type::Scalar("s"),
        "object" => match (schema.get("properties"), schema.get("additionalProperties")) {
            (None, Some(of)) if of.is_object() => Type::Map {
                of: Arc::new(from_openapi(of)),
                atomic,
            },
            (properties, _) => object_type(schema, properties, atomic),
        },
        _ => Type::Any,
    }
}

fn object_type(schema: &Value, properties: Option<&Value>, atomic: bool) -> Type {
    let required = strings(schema.get("required"));
    let open = properties.is_none()
        || schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    let fields = properties
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
    Type::Struct {
        fields: Arc::new(fields),
        atomic,
        open,
    }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
