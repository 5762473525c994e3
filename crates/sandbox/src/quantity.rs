//! Quantities of resources, such as `100m` and `16Mi`.
//!
//! A quantity is counted in thousandths, which are rounded up. Start at [`thousandths`].

use serde_json::Value;

/// The suffixes of quantities, with the factor from thousandths.
const SUFFIXES: [(&str, i128); 13] = [
    ("Ki", 1_000 << 10),
    ("Mi", 1_000 << 20),
    ("Gi", 1_000 << 30),
    ("Ti", 1_000 << 40),
    ("Pi", 1_000 << 50),
    ("Ei", 1_000 << 60),
    ("m", 1),
    ("k", 1_000_000),
    ("M", 1_000_000_000),
    ("G", 1_000_000_000_000),
    ("T", 1_000_000_000_000_000),
    ("P", 1_000_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000_000),
];

/// A quantity in thousandths; `None` if it is not valid.
pub(crate) fn thousandths(quantity: &Value) -> Option<i128> {
    match quantity {
        Value::Number(number) => parse(&number.to_string()),
        Value::String(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<i128> {
    for (suffix, factor) in SUFFIXES {
        if let Some(number) = text.strip_suffix(suffix) {
            return scaled(number, factor);
        }
    }
    if let Some(number) = text.strip_suffix(['n', 'u']) {
        let divisor = if text.ends_with('n') {
            1_000_000
        } else {
            1_000
        };
        let number = scaled(number, 1)?;
        return Some(number.div_euclid(divisor) + i128::from(number.rem_euclid(divisor) > 0));
    }
    if let Some((number, exponent)) = text.split_once(['e', 'E']) {
        let exponent: i32 = exponent.parse().ok()?;
        let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
        return if exponent < 0 {
            Some(scaled(number, 1_000)? / factor)
        } else {
            scaled(number, factor.checked_mul(1_000)?)
        };
    }
    scaled(text, 1_000)
}

/// A decimal number times a factor, rounded up.
fn scaled(number: &str, factor: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = whole.trim_start_matches(['+', '-']);
    if digits.is_empty() && fraction.is_empty() || !is_digits(digits) || !is_digits(fraction) {
        return None;
    }
    let magnitude: i128 = format!("{digits}{fraction}").parse().ok()?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let product = magnitude.checked_mul(factor)?;
    let rounded = product / divisor + i128::from(product % divisor > 0);
    Some(if whole.starts_with('-') {
        -rounded
    } else {
        rounded
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::thousandths;

    #[test]
    fn quantities_are_read_with_their_suffixes() {
        for (quantity, expected) in [
            (json!("100m"), Some(100)),
            (json!("1"), Some(1_000)),
            (json!(2), Some(2_000)),
            (json!("0.5"), Some(500)),
            (json!(".5"), Some(500)),
            (json!("16Mi"), Some(16 * 1_048_576_000)),
            (json!("1.5Gi"), Some(1_610_612_736_000)),
            (json!("2k"), Some(2_000_000)),
            (json!("1e3"), Some(1_000_000)),
            (json!("1u"), Some(1)),
            (json!("lots"), None),
            (json!(""), None),
            (json!("-"), None),
        ] {
            assert_eq!(thousandths(&quantity), expected, "{quantity}");
        }
    }
}
