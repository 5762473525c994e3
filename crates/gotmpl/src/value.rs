//! The data a template sees: Go's kinds, with Go's sharing.
//!
//! A map is one thing seen from many places: who changes it changes it for everyone who holds it.
//! Lists never change once made. Start at [`Value`].
mod bytes;
mod list;
mod map;
mod object;

use std::sync::Arc;

pub use list::{List, Named, Of};
pub use map::Map;
pub use object::Object;

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
    /// A whole number: Go's int, as written in a template.
    Int(i64),
    /// Go's int64: what sums give, and what `--set` sets.
    Int64(i64),
    /// Go's uint8: one byte of a string.
    Byte(u8),
    /// Go's uint64: one number of a version.
    Uint64(u64),
    /// A float64; every number of a values file is one.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// A list, which never changes.
    List(List),
    /// A map, which may be changed through any of its holders.
    Map(Map),
    /// A value with methods and fields of its own.
    Object(Arc<dyn Object>),
}

impl Value {
    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A list of strings only, which Go tells from a list of anything.
    pub fn strings<S: Into<Value>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::List(List::new(
            items.into_iter().map(Into::into).collect(),
            Of::Str,
        ))
    }

    /// Go's truth: what `if` asks.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Byte(value) => *value != 0,
            Self::Uint64(value) => *value != 0,
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
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Str(_) => "string",
            Self::List(items) => items.of().list_name(),
            Self::Map(map) => map.of().map_name(),
            Self::Object(object) => object.type_name(),
        }
    }

    /// Go's name of the kind.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Str(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Object(object) => match object.underlying() {
                Some(value) => value.kind_name(),
                None if object.type_name().starts_with('*') => "ptr",
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

    /// The whole number, if it is one of any width.
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Int64(number) => Some(*number),
            Self::Byte(number) => Some(i64::from(*number)),
            Self::Uint64(number) => Some(*number as i64),
            Self::Object(object) => object.underlying().and_then(|value| value.as_whole()),
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
    pub fn as_list(&self) -> Option<List> {
        match self {
            Self::List(items) => Some(items.clone()),
            Self::Object(object) => object.underlying().and_then(|value| value.as_list()),
            _ => None,
        }
    }

    /// How many values it is made of, itself among them, as far as a copy would go.
    pub fn size(&self) -> usize {
        let mut left = MOST_COPIED;
        self.count(1000, &mut left);
        MOST_COPIED - left
    }

    fn count(&self, depth: usize, left: &mut usize) {
        if depth == 0 || *left == 0 {
            return;
        }
        *left -= 1;
        match self {
            Self::Map(map) => {
                map.entries()
                    .iter()
                    .for_each(|(_, value)| value.count(depth - 1, left));
            }
            Self::List(items) => items.iter().for_each(|value| value.count(depth - 1, left)),
            _ => {}
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
            Self::Map(map) => Self::Map(map.map_values(|value| value.copy_within(depth - 1, left))),
            Self::List(items) if items.of() == Of::Any => {
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

impl From<List> for Value {
    fn from(value: List) -> Self {
        Self::List(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Self::List(List::new(value, Of::Any))
    }
}
