//! Sums of floats as Sprig makes them: in decimal, so that 0.1 and 0.2 are 0.3.
use gotmpl::FunctionError;

/// How many digits behind the point a quotient has.
const QUOTIENT: i32 = 16;

/// A decimal number: digits and a power of ten.
#[derive(Clone, Copy, Debug)]
struct Decimal {
    digits: i128,
    power: i32,
}

impl Decimal {
    /// The shortest decimal that is read back as the float.
    fn of(number: f64) -> Option<Self> {
        let text = format!("{number:e}");
        let (mantissa, power) = text.split_once('e')?;
        let places = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
        Some(Self {
            digits: mantissa.replace('.', "").parse().ok()?,
            power: power.parse::<i32>().ok()? - i32::try_from(places).ok()?,
        })
    }

    fn float(self) -> f64 {
        format!("{}e{}", self.digits, self.power)
            .parse()
            .unwrap_or(0.0)
    }

    /// The digits under a smaller power.
    fn at(self, power: i32) -> Option<i128> {
        let more = u32::try_from(self.power.checked_sub(power)?).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(more)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let power = self.power.min(other.power);
        let digits = self.at(power)?.checked_add(other.at(power)?)?;
        Some(Self { digits, power })
    }

    fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self {
            digits,
            power: self.power + other.power,
        })
    }

    fn over(self, other: Self) -> Option<Self> {
        // So many digits behind the point, and half of the last one rounds away from zero.
        let shift = self.power.checked_sub(other.power)?.checked_add(QUOTIENT)?;
        let scale = |by: i32| 10_i128.checked_pow(u32::try_from(by).ok()?);
        let (above, below) = if shift >= 0 {
            (self.digits.checked_mul(scale(shift)?)?, other.digits)
        } else {
            (self.digits, other.digits.checked_mul(scale(-shift)?)?)
        };
        let (quotient, rest) = (above.checked_div(below)?, above.checked_rem(below)?);
        let up = rest.checked_abs()?.checked_mul(2)? >= below.checked_abs()?;
        let away = if (above < 0) == (below < 0) { 1 } else { -1 };
        let digits = if up { quotient + away } else { quotient };
        Some(Self {
            digits,
            power: -QUOTIENT,
        })
    }
}

/// The sums there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// One sum; floats decide where a decimal would be too long.
pub(super) fn sum(kind: Sum, a: f64, b: f64) -> Result<f64, FunctionError> {
    if kind == Sum::Divide && b == 0.0 {
        return Err(FunctionError::new("decimal division by 0"));
    }
    let decimal = Decimal::of(a)
        .zip(Decimal::of(b))
        .and_then(|(a, b)| match kind {
            Sum::Add => a.plus(b),
            Sum::Subtract => a.plus(Decimal {
                digits: -b.digits,
                ..b
            }),
            Sum::Multiply => a.times(b),
            Sum::Divide => a.over(b),
        });
    Ok(decimal.map_or_else(
        || match kind {
            Sum::Add => a + b,
            Sum::Subtract => a - b,
            Sum::Multiply => a * b,
            Sum::Divide => a / b,
        },
        Decimal::float,
    ))
}
