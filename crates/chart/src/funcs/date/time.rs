//! Go's `time.Time`: a timestamp with a zone.
use std::any::Any;
use std::sync::Arc;

use gotmpl::{FunctionError, Object, Parameter, Signature, Value};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::duration::{self, Duration};
use super::layout;
use super::zone::Zone;

pub(super) const TYPE: &str = "time.Time";

/// The layout of Go's `String` method.
const STRING_LAYOUT: &str = "2006-01-02 15:04:05.999999999 -0700 MST";
/// The layout in JSON.
const RFC3339: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// A timestamp with a zone.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) timestamp: Timestamp,
    pub(super) zone: Zone,
}

impl Time {
    pub(super) fn utc(timestamp: Timestamp) -> Self {
        Self {
            timestamp,
            zone: Zone::Utc,
        }
    }

    /// Go's zero time: January 1 of year 1.
    pub(super) fn zero() -> Self {
        let zero = Timestamp::from_second(-62_135_596_800);
        Self::utc(zero.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The time in a value, if it is one.
    pub(super) fn from_value(value: &Value) -> Option<&Self> {
        match value {
            Value::Object(object) => object.as_any()?.downcast_ref(),
            _ => None,
        }
    }

    pub(super) fn in_zone(&self, zone: Zone) -> Self {
        Self {
            timestamp: self.timestamp,
            zone,
        }
    }

    pub(super) fn seconds(&self) -> i64 {
        self.nanoseconds().div_euclid(1_000_000_000) as i64
    }

    fn nanoseconds(&self) -> i128 {
        self.timestamp.as_nanosecond()
    }

    /// The local date and time in the zone.
    pub(super) fn civil(&self) -> DateTime {
        self.zone.jiff(self.timestamp).to_datetime(self.timestamp)
    }

    pub(super) fn format(&self, layout: &str) -> String {
        layout::format(layout, self)
    }

    pub(super) fn plus(&self, by: Duration) -> Self {
        let moved = self.timestamp.checked_add(SignedDuration::from_nanos(by.0));
        Self {
            timestamp: moved.unwrap_or(self.timestamp),
            zone: self.zone.clone(),
        }
    }

    /// The duration since another time.
    pub(super) fn since(&self, other: &Self) -> Duration {
        let between = self.nanoseconds() - other.nanoseconds();
        Duration(between.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    /// Adds years, months and days; as in Go, days overflow into the next month.
    fn plus_date(&self, years: i64, months: i64, days: i64) -> Option<Self> {
        let civil = self.civil();
        let month = i64::from(civil.month()) - 1 + months;
        let year = i64::from(civil.year())
            .checked_add(years)?
            .checked_add(month.div_euclid(12))?;
        let first = jiff::civil::date(
            i16::try_from(year)
                .ok()
                .filter(|year| (-9000..9000).contains(year))?,
            i8::try_from(month.rem_euclid(12) + 1).ok()?,
            1,
        );
        let days = days.checked_add(i64::from(civil.day()) - 1)?;
        let span = jiff::Span::new().try_days(days).ok()?;
        let moved = first.checked_add(span).ok()?.to_datetime(civil.time());
        let timestamp = self.zone.jiff(self.timestamp).to_timestamp(moved).ok()?;
        Some(Self {
            timestamp,
            zone: self.zone.clone(),
        })
    }

    fn component(&self, name: &str) -> Option<Value> {
        let civil = self.civil();
        Some(match name {
            "Year" => Value::Int(i64::from(civil.year())),
            "Month" => duration::month(civil.month()),
            "Day" => Value::Int(i64::from(civil.day())),
            "Hour" => Value::Int(i64::from(civil.hour())),
            "Minute" => Value::Int(i64::from(civil.minute())),
            "Second" => Value::Int(i64::from(civil.second())),
            "Nanosecond" => Value::Int(i64::from(civil.subsec_nanosecond())),
            "Weekday" => duration::weekday(civil.weekday().to_sunday_zero_offset()),
            "YearDay" => Value::Int(i64::from(civil.date().day_of_year())),
            "Unix" => Value::Int64(self.seconds()),
            "UnixMilli" => Value::Int64(self.nanoseconds().div_euclid(1_000_000) as i64),
            "UnixMicro" => Value::Int64(self.nanoseconds().div_euclid(1000) as i64),
            "UnixNano" => Value::Int64(self.nanoseconds() as i64),
            "UTC" | "Local" => self.in_zone(Zone::Utc).into(),
            "IsZero" => (self.timestamp == Self::zero().timestamp).into(),
            "Location" => self.zone.location().into(),
            "String" => self.format(STRING_LAYOUT).into(),
            _ => return None,
        })
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Self {
        Value::Object(Arc::new(time))
    }
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        const TIME: Parameter = Parameter::Object(TYPE);
        const DURATION: Parameter = Parameter::Object(duration::TYPE);
        match name {
            "Format" => Some(Signature::exact(&[Parameter::Str])),
            "AddDate" => Some(Signature::exact(&[
                Parameter::Int,
                Parameter::Int,
                Parameter::Int,
            ])),
            "Before" | "After" | "Equal" | "Sub" | "Compare" => Some(Signature::exact(&[TIME])),
            "Add" | "Round" | "Truncate" => Some(Signature::exact(&[DURATION])),
            name => self.component(name).map(|_| Signature::exact(&[])),
        }
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        let Some(first) = arguments.first() else {
            return self.component(name).map(Ok);
        };
        Some(Ok(match (name, arguments) {
            ("Format", _) => self.format(first.as_str()?).into(),
            ("AddDate", [years, months, days]) => {
                let (years, months) = (years.as_integer()?, months.as_integer()?);
                match self.plus_date(years, months, days.as_integer()?) {
                    Some(moved) => moved.into(),
                    None => return Some(Err(FunctionError::new("date out of range"))),
                }
            }
            ("Add", _) => self.plus(Duration(first.as_integer()?)).into(),
            ("Round" | "Truncate", _) => self.clone().into(),
            (_, _) => {
                let other = Self::from_value(first)?;
                match name {
                    "Before" => (self.timestamp < other.timestamp).into(),
                    "After" => (self.timestamp > other.timestamp).into(),
                    "Equal" => (self.timestamp == other.timestamp).into(),
                    "Compare" => Value::Int(self.timestamp.cmp(&other.timestamp) as i64),
                    _ => self.since(other).into(),
                }
            }
        }))
    }

    fn string(&self) -> Option<String> {
        Some(self.format(STRING_LAYOUT))
    }

    fn json(&self) -> Value {
        self.format(RFC3339).into()
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}
