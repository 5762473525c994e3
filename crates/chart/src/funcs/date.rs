//! Dates. The time it is comes from the facts, and every date is in UTC.
use std::sync::Arc;

use gotmpl::{Fault, Functions, Kinds, Object, Param, Value};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{Answer, arg, text};
use Param::{Any, Str};

pub(super) fn add(table: &mut Functions, now: Timestamp) {
    table.add("now", Kinds::exactly(&[]), move |_| Ok(value(now)));
    table.add("date", Kinds::exactly(&[Str, Any]), move |a| {
        Ok(layout(text(a, 0), time(arg(a, 1), now)).into())
    });
    for name in ["dateInZone", "date_in_zone"] {
        table.add(name, Kinds::exactly(&[Str, Any, Str]), move |a| {
            Ok(layout(text(a, 0), time(arg(a, 1), now)).into())
        });
    }
    table.add("htmlDate", Kinds::exactly(&[Any]), move |a| {
        Ok(layout("2006-01-02", time(arg(a, 0), now)).into())
    });
    table.add("htmlDateInZone", Kinds::exactly(&[Any, Str]), move |a| {
        Ok(layout("2006-01-02", time(arg(a, 0), now)).into())
    });
    table.add("unixEpoch", Kinds::exactly(&[Any]), move |a| {
        Ok(time(arg(a, 0), now).as_second().to_string().into())
    });
    for name in ["dateModify", "mustDateModify", "date_modify"] {
        table.add(name, Kinds::exactly(&[Str, Any]), move |a| {
            let from = time(arg(a, 1), now);
            let moved = duration(text(a, 0)).and_then(|by| from.checked_add(by).ok());
            Ok(value(moved.unwrap_or(from)))
        });
    }
}

#[derive(Debug)]
struct Moment(Timestamp);

fn value(at: Timestamp) -> Value {
    Value::Object(Arc::new(Moment(at)))
}

impl Object for Moment {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let at = civil(self.0);
        Some(Ok(match (name, arguments) {
            ("Unix", []) => self.0.as_second().into(),
            ("UnixNano", []) => i64::try_from(self.0.as_nanosecond()).unwrap_or(0).into(),
            ("Year", []) => i64::from(at.year()).into(),
            ("Month", []) => layout("January", self.0).into(),
            ("Day", []) => i64::from(at.day()).into(),
            ("Hour", []) => i64::from(at.hour()).into(),
            ("Minute", []) => i64::from(at.minute()).into(),
            ("Second", []) => i64::from(at.second()).into(),
            ("UTC" | "Local", []) => value(self.0),
            ("String", []) => self.display().into(),
            ("Format", [Value::Str(wanted)]) => layout(wanted, self.0).into(),
            ("AddDate", [Value::Int(years), Value::Int(months), Value::Int(days)]) => {
                return Some(add_date(self.0, *years, *months, *days));
            }
            _ => return None,
        }))
    }

    fn display(&self) -> String {
        layout("2006-01-02 15:04:05.999999999 -0700 MST", self.0)
    }
}

fn add_date(at: Timestamp, years: i64, months: i64, days: i64) -> Answer {
    let span = jiff::Span::new()
        .try_years(years)
        .and_then(|span| span.try_months(months))
        .and_then(|span| span.try_days(days));
    let moved = span.and_then(|span| civil(at).checked_add(span));
    let moved = moved.and_then(|at| Offset::UTC.to_timestamp(at));
    moved
        .map(value)
        .map_err(|error| Fault::new(error.to_string()))
}

fn civil(at: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(at)
}

fn time(value: &Value, now: Timestamp) -> Timestamp {
    match value {
        Value::Int(seconds) => Timestamp::from_second(*seconds).unwrap_or(now),
        Value::Object(object) => match object.method("UnixNano", &[]) {
            Some(Ok(Value::Int(nanos))) => {
                Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(now)
            }
            _ => now,
        },
        _ => now,
    }
}

/// Go's durations: `1h30m`, `-1.5h`, `100ms`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        seconds += number
            * match rest.get(..letters)? {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = rest.get(letters..)?;
    }
    SignedDuration::try_from_secs_f64(sign * seconds).ok()
}

const MONTHS: [&str; 12] = [
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
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The pieces a layout may have; longer ones first where one begins another.
const PIECES: [&str; 32] = [
    "January",
    "Jan",
    "Monday",
    "Mon",
    "MST",
    "2006",
    "-07:00",
    "-0700",
    "-07",
    "Z07:00",
    "Z0700",
    ".000000000",
    ".000000",
    ".000",
    ".999999999",
    ".999",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "002",
    "15",
    "PM",
    "pm",
    "_2",
    "1",
    "2",
    "3",
    "4",
    "5",
];

/// A date under one of Go's layouts.
fn layout(layout: &str, at: Timestamp) -> String {
    let at = civil(at);
    let mut out = String::new();
    let mut rest = layout;
    'outer: while let Some(first) = rest.chars().next() {
        for piece in PIECES {
            if let Some(after) = rest.strip_prefix(piece) {
                out.push_str(&shown(piece, &at));
                rest = after;
                continue 'outer;
            }
        }
        out.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    out
}

fn shown(piece: &str, at: &DateTime) -> String {
    let month = MONTHS
        .get(at.month() as usize - 1)
        .copied()
        .unwrap_or_default();
    let weekday = at.weekday().to_monday_zero_offset() as usize;
    let day = DAYS.get(weekday).copied().unwrap_or_default();
    let hour = match at.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let nanos = format!("{:09}", at.subsec_nanosecond());
    let short = |text: &str| text.get(..3).unwrap_or_default().to_owned();
    match piece {
        "January" => month.to_owned(),
        "Jan" => short(month),
        "Monday" => day.to_owned(),
        "Mon" => short(day),
        "MST" => "UTC".to_owned(),
        "2006" => format!("{:04}", at.year()),
        "06" => format!("{:02}", at.year() % 100),
        "01" => format!("{:02}", at.month()),
        "1" => at.month().to_string(),
        "02" => format!("{:02}", at.day()),
        "_2" => format!("{:2}", at.day()),
        "2" => at.day().to_string(),
        "002" => format!("{:03}", at.date().day_of_year()),
        "15" => format!("{:02}", at.hour()),
        "03" => format!("{hour:02}"),
        "3" => hour.to_string(),
        "04" => format!("{:02}", at.minute()),
        "4" => at.minute().to_string(),
        "05" => format!("{:02}", at.second()),
        "5" => at.second().to_string(),
        "PM" => (if at.hour() < 12 { "AM" } else { "PM" }).to_owned(),
        "pm" => (if at.hour() < 12 { "am" } else { "pm" }).to_owned(),
        "-07:00" => "+00:00".to_owned(),
        "-0700" => "+0000".to_owned(),
        "-07" => "+00".to_owned(),
        "Z07:00" | "Z0700" => "Z".to_owned(),
        zeros if zeros.starts_with(".0") => {
            format!(".{}", nanos.get(..zeros.len() - 1).unwrap_or_default())
        }
        _ => match nanos.trim_end_matches('0') {
            "" => String::new(),
            digits => format!(".{digits}"),
        },
    }
}
