//! Dates. The time it is comes from the facts, and the local time is UTC.
//!
//! [`moment`] is a point in time with its zone, [`layout`] Go's way of writing one and [`parse`] of
//! reading one; [`duration`] is the time between two.
mod duration;
mod layout;
mod moment;
mod parse;
mod zone;

use gotmpl::{FunctionError, Functions, Signature, Parameter, Value};
use jiff::Timestamp;

use super::{arg, text};
use Parameter::{Any, Str};
use duration::Span;
use moment::Moment;
use zone::Zone;

/// What Go calls a point in time.
const TIME: Parameter = Parameter::Object(moment::TYPE);

pub(super) fn add(table: &mut Functions, now: Timestamp) {
    table.add("now", Signature::exact(&[]), move |_| {
        Ok(Moment::utc(now).into())
    });
    table.add("date", Signature::exact(&[Str, Any]), move |a| {
        Ok(time(arg(a, 1), now)
            .in_zone(Zone::Utc)
            .format(text(a, 0))
            .into())
    });
    for name in ["dateInZone", "date_in_zone"] {
        table.add(name, Signature::exact(&[Str, Any, Str]), move |a| {
            let zone = Zone::named(text(a, 2));
            Ok(time(arg(a, 1), now).in_zone(zone).format(text(a, 0)).into())
        });
    }
    table.add("htmlDate", Signature::exact(&[Any]), move |a| {
        Ok(time(arg(a, 0), now)
            .in_zone(Zone::Utc)
            .format("2006-01-02")
            .into())
    });
    table.add("htmlDateInZone", Signature::exact(&[Any, Str]), move |a| {
        let zone = Zone::named(text(a, 1));
        Ok(time(arg(a, 0), now)
            .in_zone(zone)
            .format("2006-01-02")
            .into())
    });
    table.add("unixEpoch", Signature::exact(&[TIME]), move |a| {
        Ok(time(arg(a, 0), now).seconds().to_string().into())
    });
    table.add("toDate", Signature::exact(&[Str, Str]), |a| {
        let read = parse::parsed(text(a, 0), text(a, 1));
        Ok(read.unwrap_or_else(|_| Moment::zero()).into())
    });
    table.add("mustToDate", Signature::exact(&[Str, Str]), |a| {
        Ok(parse::parsed(text(a, 0), text(a, 1))
            .map_err(FunctionError::Message)?
            .into())
    });
    moving(table, now);
    spans(table, now);
}

fn moving(table: &mut Functions, now: Timestamp) {
    for name in ["dateModify", "date_modify"] {
        table.add(name, Signature::exact(&[Str, TIME]), move |a| {
            let from = time(arg(a, 1), now);
            Ok(match Span::read(text(a, 0)) {
                Ok(by) => from.plus(by).into(),
                Err(_) => from.into(),
            })
        });
    }
    for name in ["mustDateModify", "must_date_modify"] {
        table.add(name, Signature::exact(&[Str, TIME]), move |a| {
            let by = Span::read(text(a, 0)).map_err(FunctionError::Message)?;
            Ok(time(arg(a, 1), now).plus(by).into())
        });
    }
}

fn spans(table: &mut Functions, now: Timestamp) {
    table.add("ago", Signature::exact(&[Any]), move |a| {
        let since = Moment::utc(now).since(&time(arg(a, 0), now));
        Ok(since.rounded(Span::SECOND).to_string().into())
    });
    table.add("duration", Signature::exact(&[Any]), |a| {
        let seconds = match arg(a, 0) {
            Value::Str(text) => text.parse().unwrap_or(0),
            Value::Int64(seconds) => *seconds,
            _ => 0,
        };
        Ok(Span(seconds.wrapping_mul(Span::SECOND.0))
            .to_string()
            .into())
    });
    table.add("durationRound", Signature::exact(&[Any]), move |a| {
        let span = match arg(a, 0) {
            Value::Str(text) => Span::read(text).unwrap_or(Span(0)),
            Value::Int64(nanoseconds) => Span(*nanoseconds),
            value => match Moment::of(value) {
                Some(moment) => Moment::utc(now).since(moment),
                None => Span(0),
            },
        };
        Ok(span.roughly().into())
    });
}

/// The point in time a value is, or now.
fn time(value: &Value, now: Timestamp) -> Moment {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => {
            Timestamp::from_second(*seconds).map_or(Moment::utc(now), Moment::utc)
        }
        other => Moment::of(other).cloned().unwrap_or(Moment::utc(now)),
    }
}
