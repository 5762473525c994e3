//! Decimal arithmetic on floats as in Sprig, so that 0.1 + 0.2 is 0.3.
use gotmpl::FunctionError;

/// The number of fraction digits of a quotient.
const QUOTIENT_SCALE: i32 = 16;

/// A decimal number: digits and a power of ten.
#[derive(Clone, Copy, Debug)]
struct Decimal {
    digits: i128,
    power: i32,
}

impl Decimal {
    /// The shortest decimal that parses to the float.
    fn from_float(number: f64) -> Option<Self> {
        let text = format!("{number:e}");
        let (mantissa, power) = text.split_once('e')?;
        let fraction_digits = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
        Some(Self {
            digits: mantissa.replace('.', "").parse().ok()?,
            power: power.parse::<i32>().ok()? - i32::try_from(fraction_digits).ok()?,
        })
    }

    fn to_float(self) -> f64 {
        format!("{}e{}", self.digits, self.power)
            .parse()
            .unwrap_or(0.0)
    }

    /// The digits at a smaller power of ten.
    fn digits_at(self, power: i32) -> Option<i128> {
        let more = u32::try_from(self.power.checked_sub(power)?).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(more)?)
    }

    fn add(self, other: Self) -> Option<Self> {
        let power = self.power.min(other.power);
        let digits = self
            .digits_at(power)?
            .checked_add(other.digits_at(power)?)?;
        Some(Self { digits, power })
    }

    fn multiply(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self {
            digits,
            power: self.power + other.power,
        })
    }

    fn divide(self, other: Self) -> Option<Self> {
        // The quotient is rounded half away from zero.
        let shift = self
            .power
            .checked_sub(other.power)?
            .checked_add(QUOTIENT_SCALE)?;
        let scale = |by: i32| 10_i128.checked_pow(u32::try_from(by).ok()?);
        let (dividend, divisor) = if shift >= 0 {
            (self.digits.checked_mul(scale(shift)?)?, other.digits)
        } else {
            (self.digits, other.digits.checked_mul(scale(-shift)?)?)
        };
        let (quotient, rest) = (
            dividend.checked_div(divisor)?,
            dividend.checked_rem(divisor)?,
        );
        let rounds_away = rest.checked_abs()?.checked_mul(2)? >= divisor.checked_abs()?;
        let direction = if (dividend < 0) == (divisor < 0) {
            1
        } else {
            -1
        };
        let digits = if rounds_away {
            quotient + direction
        } else {
            quotient
        };
        Some(Self {
            digits,
            power: -QUOTIENT_SCALE,
        })
    }
}

/// The arithmetic operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Applies an operation; falls back to float arithmetic when a decimal overflows.
pub(super) fn apply(operation: Operation, a: f64, b: f64) -> Result<f64, FunctionError> {
    if operation == Operation::Divide && b == 0.0 {
        return Err(FunctionError::new("decimal division by 0"));
    }
    let decimal = Decimal::from_float(a)
        .zip(Decimal::from_float(b))
        .and_then(|(a, b)| match operation {
            Operation::Add => a.add(b),
            Operation::Subtract => a.add(Decimal {
                digits: -b.digits,
                ..b
            }),
            Operation::Multiply => a.multiply(b),
            Operation::Divide => a.divide(b),
        });
    Ok(decimal.map_or_else(
        || match operation {
            Operation::Add => a + b,
            Operation::Subtract => a - b,
            Operation::Multiply => a * b,
            Operation::Divide => a / b,
        },
        Decimal::to_float,
    ))
}
