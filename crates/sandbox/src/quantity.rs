//! Quantities of resources, such as `100m` and `1.5Gi`.
//!
//! A quantity is compared by its value. Start at [`Quantity::parse`].

use serde_json::Value;

/// The message for a text that is no quantity.
pub(crate) const PATTERN_MESSAGE: &str = "quantities must match the regular expression \
    '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/// The number of nano units in one unit.
const NANO: i128 = 1_000_000_000;

/// An amount of a resource, in nano units; larger amounts are limited to the greatest one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity(i128);

impl Quantity {
    /// Parses a quantity; fractions of a nano unit are rounded up.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let end = unsigned
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(unsigned.len());
        let (digits, suffix) = unsigned.split_at(end);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let (numerator, denominator) = factor(suffix)?;
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let divisor = scale.checked_mul(denominator)?;
        let nanos = mantissa
            .checked_mul(numerator)
            .and_then(|product| product.checked_mul(NANO))
            .map_or(i128::MAX, |product| {
                product / divisor + i128::from(product % divisor != 0)
            });
        Some(Self(if is_negative { -nanos } else { nanos }))
    }

    /// The quantity of a JSON value: a text or a number.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// A quantity in thousandths, rounded up; `None` if it is not valid.
pub(crate) fn thousandths(quantity: &Value) -> Option<i128> {
    const NANOS_IN_THOUSANDTH: i128 = NANO / 1_000;
    let Quantity(nanos) = Quantity::of(quantity)?;
    let magnitude = nanos.abs();
    let rounded =
        magnitude / NANOS_IN_THOUSANDTH + i128::from(magnitude % NANOS_IN_THOUSANDTH != 0);
    Some(rounded * nanos.signum())
}

/// The factor of a suffix, as numerator and denominator.
fn factor(suffix: &str) -> Option<(i128, i128)> {
    if let Some(exponent) = suffix
        .strip_prefix(['e', 'E'])
        .filter(|rest| !rest.is_empty())
    {
        let exponent: i32 = exponent.parse().ok()?;
        let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
        return Some(if exponent < 0 { (1, power) } else { (power, 1) });
    }
    Some(match suffix {
        "n" => (1, NANO),
        "u" => (1, 1_000_000),
        "m" => (1, 1_000),
        "" => (1, 1),
        "k" => (1_000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Quantity, thousandths};

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).expect("a quantity")
    }

    #[test]
    fn quantities_are_compared_by_value() {
        for (left, right) in [
            ("1000m", "1"),
            ("1Ki", "1024"),
            ("1.5Gi", "1536Mi"),
            ("1e3", "1k"),
            ("2E", "2e18"),
            ("+5", "5"),
            (".5", "500m"),
            ("12e-1", "1.2"),
        ] {
            assert_eq!(quantity(left), quantity(right), "{left} {right}");
        }
        assert!(quantity("2") > quantity("1500m"));
        assert!(quantity("-1").is_negative() && quantity("0Gi").is_zero());
    }

    #[test]
    fn quantities_are_counted_in_thousandths() {
        for (quantity, expected) in [
            (json!("100m"), Some(100)),
            (json!(2), Some(2_000)),
            (json!(".5"), Some(500)),
            (json!("16Mi"), Some(16 * 1_048_576_000)),
            (json!("1u"), Some(1)),
            (json!("-1u"), Some(-1)),
            (json!("lots"), None),
            (json!(true), None),
        ] {
            assert_eq!(thousandths(&quantity), expected, "{quantity}");
        }
    }

    #[test]
    fn other_texts_are_no_quantities() {
        for text in ["", "lots", "1.2.3", "1 Gi", "1KI", "Gi", "-", "1e", "1eX"] {
            // A lone `e` is no suffix.
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
