//! Compares JSON numbers as decimals, without float rounding.
use std::cmp::Ordering;

use serde_json::Number;

/// A decimal number: digits and a power of ten.
#[derive(Clone, Copy, Debug)]
struct Decimal {
    digits: i128,
    power: i32,
}

impl Decimal {
    /// Parses a number; `None` when it has too many digits.
    fn from_number(number: &Number) -> Option<Self> {
        let text = number.to_string().to_ascii_lowercase();
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        let (integer_part, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let after = after.trim_end_matches('0');
        let digits: i128 = format!("{integer_part}{after}").parse().ok()?;
        let power: i32 = power.trim_start_matches('+').parse().ok()?;
        Some(Self {
            digits,
            power: power - i32::try_from(after.len()).ok()?,
        })
    }

    /// The digits of both numbers at the same power of ten.
    fn align(self, other: Self) -> Option<(i128, i128)> {
        let power = self.power.min(other.power);
        let raised = |number: Self| {
            let steps = u32::try_from(number.power - power).ok()?;
            number.digits.checked_mul(10_i128.checked_pow(steps)?)
        };
        Some((raised(self)?, raised(other)?))
    }
}

/// The order of two numbers.
pub(super) fn order(a: &Number, b: &Number) -> Ordering {
    let exact = || {
        let (a, b) = Decimal::from_number(a)?.align(Decimal::from_number(b)?)?;
        Some(a.cmp(&b))
    };
    let approximate = || {
        let (a, b) = (
            a.as_f64().unwrap_or_default(),
            b.as_f64().unwrap_or_default(),
        );
        a.partial_cmp(&b).unwrap_or(Ordering::Equal)
    };
    exact().unwrap_or_else(approximate)
}

/// Whether a number is a multiple of another.
pub(super) fn is_multiple(number: &Number, divisor: &Number) -> bool {
    let exact = || {
        let (number, divisor) =
            Decimal::from_number(number)?.align(Decimal::from_number(divisor)?)?;
        number.checked_rem(divisor).map(|rest| rest == 0)
    };
    let approximate = || {
        let quotient = number.as_f64().unwrap_or_default() / divisor.as_f64().unwrap_or(1.0);
        quotient.fract() == 0.0
    };
    exact().unwrap_or_else(approximate)
}

/// Whether a number has no fraction, regardless of its notation.
pub(super) fn is_whole(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A number as Go's big floats print it: with an exponent from a million on.
pub(super) fn text(number: &Number) -> String {
    let value = number.as_f64().unwrap_or_default();
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        let scientific = format!("{value:e}");
        let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let (sign, power) = match power.strip_prefix('-') {
            Some(power) => ('-', power),
            None => ('+', power),
        };
        return format!("{mantissa}e{sign}{power:0>2}");
    }
    format!("{value}")
}
