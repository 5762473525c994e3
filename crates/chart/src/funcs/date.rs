//! Functions for dates. The current time is an argument, and the local zone is UTC.
//!
//! [`time`] is Go's `time.Time`, [`layout`] formats it, [`parse`] parses it, and [`duration`] is
//! Go's `time.Duration`.
mod duration;
mod layout;
mod parse;
mod time;
mod zone;

use gotmpl::{FunctionError, Functions, Parameter, Signature, Value};
use jiff::Timestamp;

use super::{arg, text};
use Parameter::{Any, Str};
use duration::Duration;
use time::Time;
use zone::Zone;

/// Go's type of a time.
const TIME: Parameter = Parameter::Object(time::TYPE);

pub(super) fn add(table: &mut Functions, now: Timestamp) {
    table.add("now", Signature::exact(&[]), move |_| {
        Ok(Time::utc(now).into())
    });
    table.add("date", Signature::exact(&[Str, Any]), move |a| {
        Ok(time_or_now(arg(a, 1), now)
            .in_zone(Zone::Utc)
            .format(text(a, 0))
            .into())
    });
    for name in ["dateInZone", "date_in_zone"] {
        table.add(name, Signature::exact(&[Str, Any, Str]), move |a| {
            let zone = Zone::from_name(text(a, 2));
            Ok(time_or_now(arg(a, 1), now)
                .in_zone(zone)
                .format(text(a, 0))
                .into())
        });
    }
    table.add("htmlDate", Signature::exact(&[Any]), move |a| {
        Ok(time_or_now(arg(a, 0), now)
            .in_zone(Zone::Utc)
            .format("2006-01-02")
            .into())
    });
    table.add("htmlDateInZone", Signature::exact(&[Any, Str]), move |a| {
        let zone = Zone::from_name(text(a, 1));
        Ok(time_or_now(arg(a, 0), now)
            .in_zone(zone)
            .format("2006-01-02")
            .into())
    });
    table.add("unixEpoch", Signature::exact(&[TIME]), move |a| {
        Ok(time_or_now(arg(a, 0), now).seconds().to_string().into())
    });
    table.add("toDate", Signature::exact(&[Str, Str]), |a| {
        let read = parse::parse(text(a, 0), text(a, 1));
        Ok(read.unwrap_or_else(|_| Time::zero()).into())
    });
    table.add("mustToDate", Signature::exact(&[Str, Str]), |a| {
        Ok(parse::parse(text(a, 0), text(a, 1))
            .map_err(FunctionError::Message)?
            .into())
    });
    add_modifiers(table, now);
    add_durations(table, now);
}

fn add_modifiers(table: &mut Functions, now: Timestamp) {
    for name in ["dateModify", "date_modify"] {
        table.add(name, Signature::exact(&[Str, TIME]), move |a| {
            let from = time_or_now(arg(a, 1), now);
            Ok(match Duration::read(text(a, 0)) {
                Ok(by) => from.plus(by).into(),
                Err(_) => from.into(),
            })
        });
    }
    for name in ["mustDateModify", "must_date_modify"] {
        table.add(name, Signature::exact(&[Str, TIME]), move |a| {
            let by = Duration::read(text(a, 0)).map_err(FunctionError::Message)?;
            Ok(time_or_now(arg(a, 1), now).plus(by).into())
        });
    }
}

fn add_durations(table: &mut Functions, now: Timestamp) {
    table.add("ago", Signature::exact(&[Any]), move |a| {
        let since = Time::utc(now).since(&time_or_now(arg(a, 0), now));
        Ok(since.round(Duration::SECOND).to_string().into())
    });
    table.add("duration", Signature::exact(&[Any]), |a| {
        let seconds = match arg(a, 0) {
            Value::Str(text) => text.parse().unwrap_or(0),
            Value::Int64(seconds) => *seconds,
            _ => 0,
        };
        Ok(Duration(seconds.wrapping_mul(Duration::SECOND.0))
            .to_string()
            .into())
    });
    table.add("durationRound", Signature::exact(&[Any]), move |a| {
        let duration = match arg(a, 0) {
            Value::Str(text) => Duration::read(text).unwrap_or(Duration(0)),
            Value::Int64(nanoseconds) => Duration(*nanoseconds),
            value => match Time::from_value(value) {
                Some(time) => Time::utc(now).since(time),
                None => Duration(0),
            },
        };
        Ok(duration.format_coarse().into())
    });
}

/// The time in a value, or now.
fn time_or_now(value: &Value, now: Timestamp) -> Time {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => {
            Timestamp::from_second(*seconds).map_or(Time::utc(now), Time::utc)
        }
        other => Time::from_value(other).cloned().unwrap_or(Time::utc(now)),
    }
}
