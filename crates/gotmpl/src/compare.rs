//! Compares values: equality and order.
use crate::fmt::sprintf;
use crate::value::Value;

/// Go's message for values of different kinds, to which Go 1.24 adds the types.
pub(crate) const INCOMPATIBLE: &str = "incompatible types for comparison";

/// Go's basic kinds, as far as comparisons distinguish them.
#[derive(Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'a str),
}

impl<'a> Basic<'a> {
    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Bool(*value)),
            Value::Int(value) | Value::Int64(value) => Some(Self::Int(*value)),
            Value::Byte(value) => Some(Self::Uint(u64::from(*value))),
            Value::Uint64(value) => Some(Self::Uint(*value)),
            Value::Float(value) => Some(Self::Float(*value)),
            Value::Str(value) => Some(Self::Str(value)),
            Value::Object(object) => object.underlying()?.as_integer().map(Self::Int),
            Value::Nil | Value::List(_) | Value::Map(_) => None,
        }
    }

    fn equals(self, other: Self) -> Option<bool> {
        match (self, other) {
            (Self::Int(int), Self::Uint(uint)) | (Self::Uint(uint), Self::Int(int)) => {
                Some(u64::try_from(int) == Ok(uint))
            }
            (a, b) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => Some(a == b),
            _ => None,
        }
    }
}

/// Go's `eq` of two values.
///
/// # Errors
/// Go's message, when values of these kinds cannot be compared.
pub fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (Basic::from_value(left), Basic::from_value(right)) {
        (Some(a), Some(b)) => a.equals(b).ok_or_else(|| INCOMPATIBLE.to_owned()),
        (None, None) => equal_composites(left, right),
        _ if matches!(left, Value::Nil) || matches!(right, Value::Nil) => Ok(false),
        _ => Err(INCOMPATIBLE.to_owned()),
    }
}

fn equal_composites(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (Value::Object(_), Value::Object(_)) => Ok(deep_equal(left, right)),
        (a, b) if a.kind_name() == b.kind_name() => Err(format!(
            "non-comparable type {}: {}",
            sprintf("%s", std::slice::from_ref(b)),
            b.type_name()
        )),
        (a, b) => Err(format!(
            "non-comparable types {}: {}, {}: {}",
            sprintf("%s", std::slice::from_ref(a)),
            a.type_name(),
            b.type_name(),
            crate::fmt::text(b)
        )),
    }
}

/// Go's `lt` of two values.
///
/// # Errors
/// Go's message, when values of these kinds have no order.
pub fn less(left: &Value, right: &Value) -> Result<bool, String> {
    let (Some(a), Some(b)) = (Basic::from_value(left), Basic::from_value(right)) else {
        return Err("invalid type for comparison".to_owned());
    };
    match (a, b) {
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Int(a), Basic::Uint(b)) => Ok(u64::try_from(a).is_ok_and(|a| a < b) || a < 0),
        (Basic::Uint(a), Basic::Int(b)) => Ok(u64::try_from(b).is_ok_and(|b| a < b)),
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::Str(a), Basic::Str(b)) => Ok(a < b),
        (Basic::Bool(_), Basic::Bool(_)) => Err("invalid type for comparison".to_owned()),
        _ => Err(INCOMPATIBLE.to_owned()),
    }
}

/// Go's reflect.DeepEqual: equal types and contents.
pub fn deep_equal(left: &Value, right: &Value) -> bool {
    deep_equal_within(left, right, 1000, &mut 1_000_000)
}

fn deep_equal_within(left: &Value, right: &Value, depth: usize, remaining: &mut usize) -> bool {
    if depth == 0 || *remaining == 0 {
        return false;
    }
    *remaining -= 1;
    match (left, right) {
        (Value::List(a), Value::List(b)) => {
            a.element_type() == b.element_type()
                && a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| deep_equal_within(a, b, depth - 1, remaining))
        }
        (Value::Map(a), Value::Map(b)) if a.ptr_eq(b) => a.element_type() == b.element_type(),
        (Value::Map(a), Value::Map(b)) => {
            let with_element_type = a.element_type() == b.element_type();
            let (a, b) = (a.entries(), b.entries());
            with_element_type
                && a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| a.0 == b.0 && deep_equal_within(&a.1, &b.1, depth - 1, remaining))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.type_name() == b.type_name() && crate::fmt::text(left) == crate::fmt::text(right)
        }
        (Value::Nil, Value::Nil) => true,
        (a, b) if a.type_name() == b.type_name() => equal(a, b).unwrap_or(false),
        _ => false,
    }
}
