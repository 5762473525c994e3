//! Go's time layouts, which show the format of a reference time.
use std::fmt::Write;

use jiff::civil::DateTime;

use super::duration::{DAYS, MONTHS};
use super::time::Time;

/// An element of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekDay,
    WeekDay,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// A numeric zone offset: its example without sign or `Z`, and whether UTC is `Z`.
    Offset(&'static str, bool),
    /// A fraction of a second: its separator, its digits, and whether trailing zeros are kept.
    Fraction(char, usize, bool),
}

/// The elements with a fixed text; longer texts come before their prefixes.
const PIECES: [(&str, Piece); 33] = [
    ("January", Piece::LongMonth),
    ("Monday", Piece::LongWeekDay),
    ("MST", Piece::ZoneName),
    ("002", Piece::ZeroYearDay),
    ("01", Piece::ZeroMonth),
    ("02", Piece::ZeroDay),
    ("03", Piece::ZeroHour12),
    ("04", Piece::ZeroMinute),
    ("05", Piece::ZeroSecond),
    ("06", Piece::Year),
    ("15", Piece::Hour),
    ("1", Piece::NumMonth),
    ("2006", Piece::LongYear),
    ("2", Piece::Day),
    ("__2", Piece::UnderYearDay),
    ("_2", Piece::UnderDay),
    ("3", Piece::Hour12),
    ("4", Piece::Minute),
    ("5", Piece::Second),
    ("PM", Piece::UpperPm),
    ("pm", Piece::LowerPm),
    ("-070000", Piece::Offset("070000", false)),
    ("-07:00:00", Piece::Offset("07:00:00", false)),
    ("-0700", Piece::Offset("0700", false)),
    ("-07:00", Piece::Offset("07:00", false)),
    ("-07", Piece::Offset("07", false)),
    ("Z070000", Piece::Offset("070000", true)),
    ("Z07:00:00", Piece::Offset("07:00:00", true)),
    ("Z0700", Piece::Offset("0700", true)),
    ("Z07:00", Piece::Offset("07:00", true)),
    ("Z07", Piece::Offset("07", true)),
    ("Jan", Piece::Month),
    ("Mon", Piece::WeekDay),
];

/// The text before the next element, the text of the element, the element, and the rest.
pub(super) fn next(layout: &str) -> (&str, &str, Option<Piece>, &str) {
    for (index, _) in layout.char_indices() {
        let (before, rest) = layout.split_at(index);
        if let Some((piece, length)) = piece(rest) {
            let (layout_text, after) = rest.split_at(length);
            return (before, layout_text, Some(piece), after);
        }
    }
    (layout, "", None, "")
}

fn piece(rest: &str) -> Option<(Piece, usize)> {
    if let Some(found) = fraction(rest) {
        return Some(found);
    }
    // `_2006` is an underscore and a year.
    if rest.starts_with("_2006") {
        return None;
    }
    let (layout_text, piece) = PIECES
        .iter()
        .find(|(layout_text, _)| rest.starts_with(layout_text))?;
    let follows = rest.get(layout_text.len()..).unwrap_or_default();
    let short = matches!(piece, Piece::Month | Piece::WeekDay);
    if short && follows.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    Some((*piece, layout_text.len()))
}

fn fraction(rest: &str) -> Option<(Piece, usize)> {
    let separator = rest.chars().next().filter(|c| matches!(c, '.' | ','))?;
    let digit = rest.chars().nth(1).filter(|c| matches!(c, '0' | '9'))?;
    let digits = rest.chars().skip(1).take_while(|c| *c == digit).count();
    let after = rest.chars().nth(1 + digits);
    let ends = !after.is_some_and(|c| c.is_ascii_digit());
    ends.then_some((Piece::Fraction(separator, digits, digit == '0'), 1 + digits))
}

/// Formats a time with a layout.
pub(super) fn format(layout: &str, time: &Time) -> String {
    let civil = time.civil();
    let mut out = String::with_capacity(layout.len() + 8);
    let mut rest = layout;
    loop {
        let (before, _, piece, after) = next(rest);
        out.push_str(before);
        let Some(piece) = piece else { return out };
        match piece {
            Piece::ZoneName => out.push_str(&time.zone.abbreviation(time.timestamp)),
            Piece::Offset(example, zulu) => {
                out.push_str(&offset(example, zulu, time.zone.offset(time.timestamp)));
            }
            piece => out.push_str(&format_piece(piece, &civil)),
        }
        rest = after;
    }
}

fn offset(example: &str, zulu: bool, seconds: i32) -> String {
    if zulu && seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.abs();
    let (hours, minutes, rest) = (size / 3600, size / 60 % 60, size % 60);
    let colon = if example.contains(':') { ":" } else { "" };
    let mut out = format!("{sign}{hours:02}");
    if example.len() > 2 {
        // Writing to a string does not fail.
        let _ = write!(out, "{colon}{minutes:02}");
    }
    if example.len() > 5 {
        let _ = write!(out, "{colon}{rest:02}");
    }
    out
}

fn format_piece(piece: Piece, civil: &DateTime) -> String {
    let name = |names: &[&'static str], index: i8| {
        let name = usize::try_from(index)
            .ok()
            .and_then(|index| names.get(index));
        name.copied().unwrap_or_default()
    };
    let month = name(&MONTHS, civil.month() - 1);
    let day = name(&DAYS, civil.weekday().to_sunday_zero_offset());
    let short = |text: &str| text.get(..3).unwrap_or_default().to_owned();
    let hour = (civil.hour() + 11) % 12 + 1;
    let morning = civil.hour() < 12;
    match piece {
        Piece::LongMonth => month.to_owned(),
        Piece::Month => short(month),
        Piece::NumMonth => civil.month().to_string(),
        Piece::ZeroMonth => format!("{:02}", civil.month()),
        Piece::LongWeekDay => day.to_owned(),
        Piece::WeekDay => short(day),
        Piece::Day => civil.day().to_string(),
        Piece::UnderDay => format!("{:2}", civil.day()),
        Piece::ZeroDay => format!("{:02}", civil.day()),
        Piece::UnderYearDay => format!("{:3}", civil.date().day_of_year()),
        Piece::ZeroYearDay => format!("{:03}", civil.date().day_of_year()),
        Piece::Hour => format!("{:02}", civil.hour()),
        Piece::Hour12 => hour.to_string(),
        Piece::ZeroHour12 => format!("{hour:02}"),
        Piece::Minute => civil.minute().to_string(),
        Piece::ZeroMinute => format!("{:02}", civil.minute()),
        Piece::Second => civil.second().to_string(),
        Piece::ZeroSecond => format!("{:02}", civil.second()),
        Piece::LongYear => format!("{:04}", civil.year()),
        Piece::Year => format!("{:02}", civil.year().rem_euclid(100)),
        Piece::UpperPm => (if morning { "AM" } else { "PM" }).to_owned(),
        Piece::LowerPm => (if morning { "am" } else { "pm" }).to_owned(),
        Piece::Fraction(separator, digits, keeps) => {
            let all = format!("{:09}", civil.subsec_nanosecond());
            let kept = all.get(..digits.min(9)).unwrap_or_default();
            let kept = if keeps {
                kept
            } else {
                kept.trim_end_matches('0')
            };
            if kept.is_empty() {
                String::new()
            } else {
                format!("{separator}{kept}")
            }
        }
        Piece::ZoneName | Piece::Offset(..) => String::new(),
    }
}
