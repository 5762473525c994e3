//! The data a template sees: Go's kinds, with Go's sharing.
//!
//! A map is one thing seen from many places: who changes it changes it for everyone who holds it.
//! Lists never change once made. Start at [`Value`].
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::function::Fault;

/// The most values of one copy; only maps that hold each other many times get there.
const MOST_COPIED: usize = 1_000_000;

/// One value of the template language.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Go's nil.
    #[default]
    Nil,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float64; every number of a values file is one.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// A list, which never changes.
    List(Arc<Vec<Value>>),
    /// A map, which may be changed through any of its holders.
    Map(Map),
    /// A value with methods and fields of its own.
    Object(Arc<dyn Object>),
}

/// A value with fields and methods, such as a point in time or the files of a chart.
pub trait Object: Send + Sync + fmt::Debug {
    /// Go's name of the type, for messages.
    fn type_name(&self) -> &str;

    /// The field of that name.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// Calls the method of that name; `None` when there is no such method.
    fn method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let _ = (name, arguments);
        None
    }

    /// The list or map this object is underneath, for range, index, len and the like.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// How it prints.
    fn display(&self) -> String {
        self.type_name().to_owned()
    }
}

/// A shared, changeable map with sorted keys.
#[derive(Clone, Default)]
pub struct Map(Arc<RwLock<BTreeMap<Arc<str>, Value>>>);

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    /// Puts a value under a key, for everyone who holds this map.
    pub fn set(&self, key: impl Into<Arc<str>>, value: impl Into<Value>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.into(), value.into());
    }

    /// Takes a key away, for everyone who holds this map.
    pub fn remove(&self, key: &str) -> Option<Value> {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key)
    }

    /// Whether the key is there, even with a nil value.
    pub fn contains(&self, key: &str) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(key)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<Arc<str>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .cloned()
            .collect()
    }

    /// All entries as they are now, sorted by key.
    pub fn entries(&self) -> Vec<(Arc<str>, Value)> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Whether both names hold the very same map.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.entries()).finish()
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Self(Arc::new(RwLock::new(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )))
    }
}

impl Value {
    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(Arc::new(items.into_iter().collect()))
    }

    /// Go's truth: what `if` asks.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(value) => !value.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.underlying().is_none_or(|value| value.is_true()),
        }
    }

    /// Go's name of the type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Str(_) => "string",
            Self::List(_) => "[]interface {}",
            Self::Map(_) => "map[string]interface {}",
            Self::Object(object) => object.type_name(),
        }
    }

    /// Go's name of the kind.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Str(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Object(object) => match object.underlying() {
                Some(value) => value.kind_name(),
                None => "struct",
            },
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<Map> {
        match self {
            Self::Map(map) => Some(map.clone()),
            Self::Object(object) => object.underlying().and_then(|value| value.as_map()),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<Arc<Vec<Value>>> {
        match self {
            Self::List(items) => Some(items.clone()),
            Self::Object(object) => object.underlying().and_then(|value| value.as_list()),
            _ => None,
        }
    }

    /// The same value in new maps, so that a change to one is not seen in the other.
    pub fn deep_copy(&self) -> Self {
        self.copy_within(1000, &mut { MOST_COPIED })
    }

    fn copy_within(&self, depth: usize, left: &mut usize) -> Self {
        if depth == 0 || *left == 0 {
            return Self::Nil;
        }
        *left -= 1;
        match self {
            Self::Map(map) => Self::Map(
                map.entries()
                    .into_iter()
                    .map(|(key, value)| (key, value.copy_within(depth - 1, left)))
                    .collect(),
            ),
            Self::List(items) => {
                Self::list(items.iter().map(|item| item.copy_within(depth - 1, left)))
            }
            other => other.clone(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Str(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Str(value.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Self::Str(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Self::List(Arc::new(value))
    }
}
