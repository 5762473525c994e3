//! Numbers that a workload gives absolutely or in percent of its replicas.
//!
//! Start at [`rounded_up`] and [`rounded_down`].

use serde_json::Value;

/// The number; a fraction that a percentage gives is rounded up.
pub(super) fn rounded_up(value: &Value, total: i64) -> Option<i64> {
    resolve(value, total, 99)
}

/// The number; a fraction that a percentage gives is rounded down.
pub(super) fn rounded_down(value: &Value, total: i64) -> Option<i64> {
    resolve(value, total, 0)
}

fn resolve(value: &Value, total: i64, addend: i64) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => {
            let percentage: i64 = text.strip_suffix('%')?.parse().ok()?;
            Some((total.saturating_mul(percentage) + addend) / 100)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{rounded_down, rounded_up};

    #[test]
    fn percentages_are_rounded_and_numbers_are_taken_as_they_are() {
        assert_eq!(rounded_up(&json!("25%"), 3), Some(1));
        assert_eq!(rounded_down(&json!("25%"), 3), Some(0));
        assert_eq!(rounded_up(&json!("50%"), 4), Some(2));
        assert_eq!(rounded_down(&json!(2), 10), Some(2));
        assert_eq!(rounded_up(&json!("lots"), 10), None);
    }
}
