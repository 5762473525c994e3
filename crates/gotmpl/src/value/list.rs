//! Immutable lists, and the Go types of elements.
use std::ops::Deref;
use std::sync::Arc;

use super::{Map, Value};
use crate::error::FunctionError;
use crate::signature::Signature;

/// A named Go map type, which may have methods.
#[derive(Debug)]
pub struct NamedMap {
    /// The name of the Go type.
    pub name: &'static str,
    /// The signature of a method; `None` when the type has no such method.
    pub signature: fn(&str) -> Option<Signature>,
    /// Calls a method with arguments that match its signature.
    pub call: fn(&Map, &str, &[Value]) -> Result<Value, FunctionError>,
}

/// The Go type of the elements of a list or map.
#[derive(Clone, Copy, Debug, Default)]
pub enum ElementType {
    /// `interface {}`.
    #[default]
    Any,
    /// `interface {}`, in a map of a named type.
    NamedMap(&'static NamedMap),
    /// Values of one type, in a list type with this name.
    Typed(&'static str),
    /// Strings.
    Str,
    /// Ints.
    Int,
    /// Bytes.
    Byte,
    /// Lists of `interface {}`.
    Lists,
}

impl PartialEq for ElementType {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NamedMap(a), Self::NamedMap(b)) => a.name == b.name,
            (Self::Typed(a), Self::Typed(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl ElementType {
    /// Whether the static element type is `interface {}`.
    pub fn is_any(self) -> bool {
        matches!(self, Self::Any | Self::NamedMap(_))
    }

    pub(super) fn list_name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::NamedMap(named) => named.name,
            Self::Typed(name) => name,
            Self::Str => "[]string",
            Self::Int => "[]int",
            Self::Byte => "[]uint8",
            Self::Lists => "[][]interface {}",
        }
    }

    pub(super) fn map_name(self) -> &'static str {
        match self {
            Self::NamedMap(named) => named.name,
            Self::Str => "map[string]string",
            Self::Byte => "map[string][]uint8",
            _ => "map[string]interface {}",
        }
    }

    /// The zero value, which stands for an absent element.
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
    element_type: ElementType,
}

impl List {
    /// A list with this element type.
    pub fn new(items: Vec<Value>, element_type: ElementType) -> Self {
        Self {
            items: Arc::new(items),
            element_type,
        }
    }

    /// The Go type of the elements.
    pub fn element_type(&self) -> ElementType {
        self.element_type
    }

    /// Whether no other clone shares the list, so it was just created.
    pub(crate) fn is_unshared(&self) -> bool {
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
        Self::new(items.into_iter().collect(), ElementType::Any)
    }
}
