//! Lists, which never change, and what Go says their elements are.
use std::ops::Deref;
use std::sync::Arc;

use super::{Map, Value};
use crate::function::{Fault, Kinds};

/// A type of maps that has a name of its own, and perhaps methods.
#[derive(Debug)]
pub struct Named {
    /// Go's name of the type.
    pub name: &'static str,
    /// What the method of a name takes, if there is one.
    pub takes: fn(&str) -> Option<Kinds>,
    /// Calls a method with arguments that were checked.
    pub call: fn(&Map, &str, &[Value]) -> Result<Value, Fault>,
}

/// What the elements of a list or map are to Go.
#[derive(Clone, Copy, Debug, Default)]
pub enum Of {
    /// Anything.
    #[default]
    Any,
    /// Anything, in a map whose type has a name of its own.
    Named(&'static Named),
    /// Values of one type, in a list whose type has that name.
    Typed(&'static str),
    /// Strings.
    Str,
    /// Ints.
    Int,
    /// Bytes.
    Byte,
    /// Lists of anything.
    Lists,
}

impl PartialEq for Of {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named(a), Self::Named(b)) => a.name == b.name,
            (Self::Typed(a), Self::Typed(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Of {
    /// Whether an element may be anything, so that its own kind is not known beforehand.
    pub fn is_any(self) -> bool {
        matches!(self, Self::Any | Self::Named(_))
    }

    pub(super) fn list_name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::Named(named) => named.name,
            Self::Typed(name) => name,
            Self::Str => "[]string",
            Self::Int => "[]int",
            Self::Byte => "[]uint8",
            Self::Lists => "[][]interface {}",
        }
    }

    pub(super) fn map_name(self) -> &'static str {
        match self {
            Self::Named(named) => named.name,
            Self::Str => "map[string]string",
            Self::Byte => "map[string][]uint8",
            _ => "map[string]interface {}",
        }
    }

    /// What stands for an element that is not there.
    pub(crate) fn zero(self) -> Value {
        match self {
            Self::Str => Value::from(""),
            Self::Int => Value::Int(0),
            Self::Byte => Value::bytes([]),
            _ => Value::Nil,
        }
    }
}

/// A list of values.
#[derive(Clone, Debug, Default)]
pub struct List {
    items: Arc<Vec<Value>>,
    of: Of,
}

impl List {
    /// A list whose elements are all of one sort.
    pub fn new(items: Vec<Value>, of: Of) -> Self {
        Self {
            items: Arc::new(items),
            of,
        }
    }

    /// What the elements are to Go.
    pub fn of(&self) -> Of {
        self.of
    }

    /// Whether nobody else holds the list, so that it has just been made.
    pub(crate) fn is_fresh(&self) -> bool {
        Arc::strong_count(&self.items) == 1
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::new(items.into_iter().collect(), Of::Any)
    }
}
