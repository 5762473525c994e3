//! Which values are equal and which is less.
use crate::value::Value;

/// Go's `eq` of two values.
///
/// # Errors
/// Go's words, when values of these kinds cannot be compared.
pub fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Int(a), Value::Int(b)) => Ok(a == b),
        #[expect(clippy::float_cmp, reason = "the language compares floats exactly")]
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (a, b) if is_basic(a) || is_basic(b) => Err("incompatible types for comparison".to_owned()),
        (a, b) => Err(format!(
            "non-comparable types {}: {}, {}: {}",
            crate::fmt::text(a),
            a.type_name(),
            b.type_name(),
            crate::fmt::text(b)
        )),
    }
}

/// Go's `lt` of two values.
///
/// # Errors
/// Go's words, when values of these kinds have no order.
pub fn less(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(a < b),
        (Value::Float(a), Value::Float(b)) => Ok(a < b),
        (Value::Str(a), Value::Str(b)) => Ok(a < b),
        (Value::Bool(_), Value::Bool(_)) => Err("invalid type for comparison".to_owned()),
        (a, b) if is_basic(a) && is_basic(b) => Err("incompatible types for comparison".to_owned()),
        _ => Err("invalid type for comparison".to_owned()),
    }
}

fn is_basic(value: &Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_)
    )
}

/// Go's reflect.DeepEqual: same kinds, same contents.
pub fn deep_equal(left: &Value, right: &Value) -> bool {
    deep_equal_within(left, right, 1000, &mut 1_000_000)
}

fn deep_equal_within(left: &Value, right: &Value, depth: usize, left_over: &mut usize) -> bool {
    if depth == 0 || *left_over == 0 {
        return false;
    }
    *left_over -= 1;
    match (left, right) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| deep_equal_within(a, b, depth - 1, left_over))
        }
        (Value::Map(a), Value::Map(b)) => {
            let (a, b) = (a.entries(), b.entries());
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| a.0 == b.0 && deep_equal_within(&a.1, &b.1, depth - 1, left_over))
        }
        (a, b) => equal(a, b).unwrap_or(false),
    }
}
