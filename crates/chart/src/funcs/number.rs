//! Sprig's conversion of any value to a number.
use gotmpl::Value;

use super::go_number::{parse_float, parse_integer};

/// Sprig's integer for any value; 0 when the value is not a number.
pub(super) fn integer(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Byte(number) => i64::from(*number),
        Value::Uint64(number) => *number as i64,
        Value::Float(number) => float_to_integer(*number),
        Value::Bool(value) => i64::from(*value),
        Value::Str(text) => {
            let (number, zeros) = text.split_once('.').unwrap_or((text, ""));
            if !zeros.bytes().all(|byte| byte == b'0') {
                return 0;
            }
            parse_integer(number).unwrap_or(0)
        }
        Value::Nil | Value::List(_) | Value::Map(_) | Value::Object(_) => 0,
    }
}

/// Go's conversion of a float to int64: an overflow gives the minimum.
fn float_to_integer(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// Sprig's float for any value; 0 when the value is not a number.
pub(super) fn float(value: &Value) -> f64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number as f64,
        Value::Byte(number) => f64::from(*number),
        Value::Uint64(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Str(text) => parse_float(text).unwrap_or(0.0),
        Value::Nil | Value::List(_) | Value::Map(_) | Value::Object(_) => 0.0,
    }
}
