//! Durations, and the names of months and weekdays.
use std::fmt;
use std::sync::Arc;

use gotmpl::{FunctionError, Object, Parameter, Signature, Value};

pub(super) const TYPE: &str = "time.Duration";

/// Go's `time.Duration`, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration(pub(super) i64);

/// Go's units.
const UNITS: [(&str, i64); 8] = [
    ("h", 3_600_000_000_000),
    ("ms", 1_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("us", 1000),
    ("µs", 1000),
    ("μs", 1000),
    ("ns", 1),
];

impl Duration {
    pub(super) const SECOND: Self = Self(1_000_000_000);

    /// Parses `1h30m`, `-1.5h`, `100ms`.
    ///
    /// # Errors
    /// Go's message.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let quoted = gotmpl::quote(text);
        let invalid = || format!("time: invalid duration {quoted}");
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total = 0i128;
        while !rest.is_empty() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            let (integer_part, fraction) = number.split_once('.').unwrap_or((number, ""));
            if integer_part.is_empty() && fraction.is_empty() || fraction.contains('.') {
                return Err(invalid());
            }
            let end = after
                .find(|c: char| c.is_ascii_digit() || c == '.')
                .unwrap_or(after.len());
            let (unit, after) = after.split_at(end);
            if unit.is_empty() {
                return Err(format!("time: missing unit in duration {quoted}"));
            }
            let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                let unit = gotmpl::quote(unit);
                return Err(format!("time: unknown unit {unit} in duration {quoted}"));
            };
            let integer_part: i128 = if integer_part.is_empty() {
                0
            } else {
                integer_part.parse().map_err(|_| invalid())?
            };
            let part: f64 = format!("0.{fraction}0").parse().unwrap_or(0.0);
            let size = i128::from(*size);
            total = integer_part
                .checked_mul(size)
                .and_then(|integer_part| total.checked_add(integer_part))
                .and_then(|total| total.checked_add((part * size as f64) as i128))
                .ok_or_else(invalid)?;
            rest = after;
        }
        let total = if negative { -total } else { total };
        i64::try_from(total).map(Self).map_err(|_| invalid())
    }

    /// Rounds half away from zero.
    pub(super) fn round(self, to: Self) -> Self {
        let rest = self.0 % to.0;
        let down = self.0 - rest;
        let up = rest.abs() * 2 >= to.0;
        Self(if up {
            down.saturating_add(to.0 * self.0.signum())
        } else {
            down
        })
    }

    /// Sprig's coarse format: `2h`, `3d`, `1mo`, `1y`.
    pub(super) fn format_coarse(self) -> String {
        const HOUR: u64 = 3_600_000_000_000;
        let size = self.0.unsigned_abs();
        let units = [
            (HOUR * 24 * 365, "y"),
            (HOUR * 24 * 30, "mo"),
            (HOUR * 24, "d"),
            (HOUR, "h"),
            (HOUR / 60, "m"),
            (HOUR / 3600, "s"),
        ];
        match units.iter().find(|(unit, _)| size > *unit) {
            Some((unit, name)) => format!("{}{name}", size / unit),
            None => "0s".to_owned(),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let small = |f: &mut fmt::Formatter<'_>, unit: u64, digits: usize, name: &str| {
            let (integer_part, part) = (size / unit, size % unit);
            let fraction = format!("{part:0digits$}");
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            write!(f, "{integer_part}{point}{fraction}{name}")
        };
        match size {
            0 => f.write_str("0s"),
            1..1000 => write!(f, "{size}ns"),
            1000..1_000_000 => small(f, 1000, 3, "µs"),
            1_000_000..1_000_000_000 => small(f, 1_000_000, 6, "ms"),
            _ => {
                let minutes = size / 60_000_000_000;
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                let rest = size % 60_000_000_000;
                let fraction = format!("{:09}", rest % 1_000_000_000);
                let fraction = fraction.trim_end_matches('0');
                let point = if fraction.is_empty() { "" } else { "." };
                write!(f, "{}{point}{fraction}s", rest / 1_000_000_000)
            }
        }
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        Value::Object(Arc::new(duration))
    }
}

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        match name {
            "Hours" | "Minutes" | "Seconds" | "Milliseconds" | "Microseconds" | "Nanoseconds"
            | "String" | "Abs" => Some(Signature::exact(&[])),
            "Round" | "Truncate" => Some(Signature::exact(&[Parameter::Object(TYPE)])),
            _ => None,
        }
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        let unit = arguments
            .first()
            .and_then(Value::as_integer)
            .filter(|unit| *unit > 0);
        Some(Ok(match name {
            "Hours" => (self.0 as f64 / 3.6e12).into(),
            "Minutes" => (self.0 as f64 / 6e10).into(),
            "Seconds" => (self.0 as f64 / 1e9).into(),
            "Milliseconds" => Value::Int64(self.0 / 1_000_000),
            "Microseconds" => Value::Int64(self.0 / 1000),
            "Nanoseconds" => Value::Int64(self.0),
            "String" => self.to_string().into(),
            "Abs" => Duration(self.0.saturating_abs()).into(),
            "Round" => unit.map_or(*self, |unit| self.round(Duration(unit))).into(),
            "Truncate" => unit
                .map_or(*self, |unit| Duration(self.0 - self.0 % unit))
                .into(),
            _ => return None,
        }))
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int64(self.0))
    }

    fn string(&self) -> Option<String> {
        Some(self.to_string())
    }
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A month or a weekday: a number with a name.
#[derive(Debug)]
struct NamedNumber {
    type_name: &'static str,
    number: i64,
    name: &'static str,
}

pub(super) fn month(number: i8) -> Value {
    let name = usize::try_from(number - 1)
        .ok()
        .and_then(|index| MONTHS.get(index));
    named_number("time.Month", number, name)
}

pub(super) fn weekday(number: i8) -> Value {
    let name = usize::try_from(number)
        .ok()
        .and_then(|index| DAYS.get(index));
    named_number("time.Weekday", number, name)
}

fn named_number(type_name: &'static str, number: i8, name: Option<&&'static str>) -> Value {
    let name = name.copied().unwrap_or_default();
    Value::Object(Arc::new(NamedNumber {
        type_name,
        number: i64::from(number),
        name,
    }))
}

impl Object for NamedNumber {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature::exact(&[]))
    }

    fn call_method(&self, _: &str, _: &[Value]) -> Option<Result<Value, FunctionError>> {
        Some(Ok(self.name.into()))
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int(self.number))
    }

    fn string(&self) -> Option<String> {
        Some(self.name.to_owned())
    }
}
