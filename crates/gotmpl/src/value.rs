//! The data of a template: Go's kinds, with Go's reference semantics.
//!
//! Clones of a map share its entries, so a change through one clone is visible in all of them.
//! Lists are immutable. Start at [`Value`].
mod bytes;
mod list;
mod map;
mod object;

use std::sync::Arc;

pub use list::{ElementType, List, NamedMap};
pub use map::Map;
pub use object::Object;

use crate::signature::Parameter;

/// The maximum number of values in one copy; only maps that contain each other many times reach it.
const MAX_VALUES: usize = 1_000_000;

/// A value of the template language.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Go's nil.
    #[default]
    Nil,
    /// A truth value.
    Bool(bool),
    /// Go's int: an integer literal of a template.
    Int(i64),
    /// Go's int64: results of arithmetic functions and integers from `--set`.
    Int64(i64),
    /// Go's uint8: a byte of a string.
    Byte(u8),
    /// Go's uint64: a number of a semantic version.
    Uint64(u64),
    /// Go's float64; every number of a values file has this type.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// An immutable list.
    List(List),
    /// A shared, mutable map.
    Map(Map),
    /// A value with its own fields and methods.
    Object(Arc<dyn Object>),
}

impl Value {
    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A `[]string`, which Go distinguishes from `[]interface {}`.
    pub fn strings<S: Into<Value>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::List(List::new(
            items.into_iter().map(Into::into).collect(),
            ElementType::Str,
        ))
    }

    /// Go's truth value, as `if` evaluates it.
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

    /// The name of the Go type.
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
            Self::List(items) => items.element_type().list_name(),
            Self::Map(map) => map.element_type().map_name(),
            Self::Object(object) => object.type_name(),
        }
    }

    /// The name of the Go kind.
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

    /// The string, if the value is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if the value is one of any width.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Int64(number) => Some(*number),
            Self::Byte(number) => Some(i64::from(*number)),
            Self::Uint64(number) => Some(*number as i64),
            Self::Object(object) => object.underlying().and_then(|value| value.as_integer()),
            _ => None,
        }
    }

    /// The map, if the value is one.
    pub fn as_map(&self) -> Option<Map> {
        match self {
            Self::Map(map) => Some(map.clone()),
            Self::Object(object) => object.underlying().and_then(|value| value.as_map()),
            _ => None,
        }
    }

    /// The list, if the value is one.
    pub fn as_list(&self) -> Option<List> {
        match self {
            Self::List(items) => Some(items.clone()),
            Self::Object(object) => object.underlying().and_then(|value| value.as_list()),
            _ => None,
        }
    }

    /// The number of values in this value, including itself, up to the limit of a copy.
    pub fn value_count(&self) -> usize {
        let mut remaining = MAX_VALUES;
        self.count(1000, &mut remaining);
        MAX_VALUES - remaining
    }

    fn count(&self, depth: usize, remaining: &mut usize) {
        if depth == 0 || *remaining == 0 {
            return;
        }
        *remaining -= 1;
        match self {
            Self::Map(map) => {
                map.visit(|_, value| value.count(depth - 1, remaining));
            }
            Self::List(items) => items
                .iter()
                .for_each(|value| value.count(depth - 1, remaining)),
            _ => {}
        }
    }

    /// A copy that shares no maps with the original.
    pub fn deep_copy(&self) -> Self {
        self.copy_within(1000, &mut { MAX_VALUES })
    }

    fn copy_within(&self, depth: usize, remaining: &mut usize) -> Self {
        if depth == 0 || *remaining == 0 {
            return Self::Nil;
        }
        *remaining -= 1;
        match self {
            Self::Map(map) => {
                Self::Map(map.map_values(|value| value.copy_within(depth - 1, remaining)))
            }
            Self::List(items) if items.element_type() == ElementType::Any => Self::list(
                items
                    .iter()
                    .map(|item| item.copy_within(depth - 1, remaining)),
            ),
            other => other.clone(),
        }
    }

    /// Whether the value has the Go type of a parameter.
    pub(crate) fn matches(&self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::Any => true,
            Parameter::Str => matches!(self, Self::Str(_)),
            Parameter::Int => matches!(self, Self::Int(_)),
            Parameter::Uint => false,
            Parameter::Bool => matches!(self, Self::Bool(_)),
            Parameter::Float => matches!(self, Self::Float(_)),
            Parameter::Map => matches!(self, Self::Map(map) if map.element_type().is_any()),
            Parameter::List => matches!(self, Self::List(items) if items.element_type().is_any()),
            Parameter::Object(name) => {
                matches!(self, Self::Object(object) if object.type_name() == name)
            }
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
        Self::List(List::new(value, ElementType::Any))
    }
}
