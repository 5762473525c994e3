//! Parses a time with a Go layout, with Go's error messages.
use jiff::civil;
use jiff::tz::Offset;

use super::duration::{DAYS, MONTHS};
use super::layout::{Piece, next};
use super::time::Time;
use super::zone::Zone;

/// The remaining text and the parsed fields.
struct Reader<'t> {
    rest: &'t str,
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    afternoon: Option<bool>,
    offset: Option<i32>,
    zone: Option<String>,
}

/// Why an element cannot be parsed: the text does not match, or the value is out of range.
enum PieceError {
    Mismatch,
    Range(&'static str),
}

/// Parses a time with a layout.
pub(super) fn parse(layout: &str, text: &str) -> Result<Time, String> {
    let mut reader = Reader {
        rest: text,
        year: 0,
        month: None,
        day: None,
        year_day: None,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        afternoon: None,
        offset: None,
        zone: None,
    };
    let quoted = gotmpl::quote(text);
    let mismatch = |rest: &str, expected: &str| {
        let (layout, rest, expected) = (
            gotmpl::quote(layout),
            gotmpl::quote(rest),
            gotmpl::quote(expected),
        );
        format!("parsing time {quoted} as {layout}: cannot parse {rest} as {expected}")
    };
    let mut layout_rest = layout;
    loop {
        let (before, layout_text, piece, after) = next(layout_rest);
        let piece_start = reader.rest;
        let Some(rest) = skip_layout_text(reader.rest, before) else {
            return Err(mismatch(piece_start, before));
        };
        reader.rest = rest;
        let Some(piece) = piece else { break };
        let piece_start = reader.rest;
        match reader.read(piece, after) {
            Err(PieceError::Mismatch) => return Err(mismatch(piece_start, layout_text)),
            Err(PieceError::Range(unit)) => {
                return Err(format!("parsing time {quoted}: {unit} out of range"));
            }
            Ok(()) => {}
        }
        layout_rest = after;
    }
    if !reader.rest.is_empty() {
        let extra = gotmpl::quote(reader.rest);
        return Err(format!("parsing time {quoted}: extra text: {extra}"));
    }
    reader
        .time()
        .ok_or_else(|| format!("parsing time {quoted}: day out of range"))
}

/// The text after a literal part of the layout; a space matches any number of spaces.
fn skip_layout_text<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    let mut rest = text;
    let mut expected = part;
    while let Some(c) = expected.chars().next() {
        if c == ' ' {
            if !rest.is_empty() && !rest.starts_with(' ') {
                return None;
            }
            expected = expected.trim_start_matches(' ');
            rest = rest.trim_start_matches(' ');
            continue;
        }
        rest = rest.strip_prefix(c)?;
        expected = expected.get(c.len_utf8()..)?;
    }
    Some(rest)
}

impl Reader<'_> {
    /// Parses a number with this many digits.
    fn number(&mut self, minimum: usize, maximum: usize) -> Option<i64> {
        let digits = self
            .rest
            .bytes()
            .take(maximum)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < minimum {
            return None;
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        number.parse().ok()
    }

    fn name(&mut self, names: &[&str], length: usize) -> Option<i64> {
        let found = names.iter().position(|name| {
            let name = name.get(..length.min(name.len())).unwrap_or(name);
            let start = self.rest.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        })?;
        let name = names.get(found)?;
        self.rest = self.rest.get(length.min(name.len())..)?;
        i64::try_from(found).ok()
    }

    /// Parses an element; `after` is the rest of the layout.
    fn read(&mut self, piece: Piece, after: &str) -> Result<(), PieceError> {
        self.read_piece(piece, after)
            .unwrap_or(Err(PieceError::Mismatch))
    }

    /// Parses an element; `None` when the text does not match.
    fn read_piece(&mut self, piece: Piece, after: &str) -> Option<Result<(), PieceError>> {
        let within = |number: i64, minimum: i64, maximum: i64, unit: &'static str| {
            if (minimum..=maximum).contains(&number) {
                Ok(())
            } else {
                Err(PieceError::Range(unit))
            }
        };
        match piece {
            Piece::LongYear => self.year = self.number(4, 4)?,
            Piece::Year => {
                let year = self.number(2, 2)?;
                self.year = if year >= 69 { 1900 + year } else { 2000 + year };
            }
            Piece::LongMonth => self.month = Some(self.name(&MONTHS, usize::MAX)? + 1),
            Piece::Month => self.month = Some(self.name(&MONTHS, 3)? + 1),
            Piece::NumMonth | Piece::ZeroMonth => {
                let month = self.number(1 + usize::from(piece == Piece::ZeroMonth), 2)?;
                self.month = Some(month);
                return Some(within(month, 1, 12, "month"));
            }
            Piece::LongWeekDay => drop(self.name(&DAYS, usize::MAX)?),
            Piece::WeekDay => drop(self.name(&DAYS, 3)?),
            Piece::Day | Piece::UnderDay | Piece::ZeroDay => {
                if piece == Piece::UnderDay {
                    self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
                }
                self.day = Some(self.number(1 + usize::from(piece == Piece::ZeroDay), 2)?);
            }
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                let text = self.rest.trim_start_matches(' ');
                let spaces = self.rest.len() - text.len();
                self.rest = text;
                self.year_day = Some(self.number(3usize.saturating_sub(spaces), 3)?);
            }
            Piece::Hour => {
                self.hour = self.number(1, 2)?;
                return Some(within(self.hour, 0, 23, "hour"));
            }
            Piece::Hour12 | Piece::ZeroHour12 => {
                self.hour = self.number(1 + usize::from(piece == Piece::ZeroHour12), 2)?;
                return Some(within(self.hour, 0, 12, "hour"));
            }
            Piece::Minute | Piece::ZeroMinute => {
                self.minute = self.number(1 + usize::from(piece == Piece::ZeroMinute), 2)?;
                return Some(within(self.minute, 0, 59, "minute"));
            }
            Piece::Second | Piece::ZeroSecond => {
                self.second = self.number(1 + usize::from(piece == Piece::ZeroSecond), 2)?;
                self.implicit_fraction(after);
                return Some(within(self.second, 0, 59, "second"));
            }
            Piece::UpperPm | Piece::LowerPm => {
                let half = self.rest.get(..2)?;
                let (pm, am) = if piece == Piece::UpperPm {
                    ("PM", "AM")
                } else {
                    ("pm", "am")
                };
                self.afternoon = Some(half == pm);
                if half != pm && half != am {
                    return None;
                }
                self.rest = self.rest.get(2..)?;
            }
            Piece::ZoneName => self.zone_name()?,
            Piece::Offset(example, zulu) => self.zone_offset(example, zulu)?,
            Piece::Fraction(_, digits, true) => {
                self.rest = self.rest.strip_prefix(['.', ','])?;
                let digits = digits.min(9);
                let value = self.number(digits, digits)?;
                self.nanosecond = value * 10_i64.pow(9 - u32::try_from(digits).ok()?);
            }
            Piece::Fraction(_, _, false) => self.fraction(),
        }
        Some(Ok(()))
    }

    /// Parses a fraction of a second that the layout does not contain.
    fn implicit_fraction(&mut self, after: &str) {
        if !matches!(next(after).2, Some(Piece::Fraction(..))) {
            self.fraction();
        }
    }

    fn fraction(&mut self) {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else {
            return;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let (all, rest) = rest.split_at(digits);
            self.nanosecond = format!("{all:0<9.9}").parse().unwrap_or(0);
            self.rest = rest;
        }
    }

    fn zone_offset(&mut self, example: &str, zulu: bool) -> Option<()> {
        if zulu && let Some(rest) = self.rest.strip_prefix('Z') {
            (self.rest, self.offset) = (rest, Some(0));
            return Some(());
        }
        let sign = match self.rest.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        self.rest = self.rest.get(1..)?;
        let colon = example.contains(':');
        let mut parts = [0; 3];
        for (index, part) in parts
            .iter_mut()
            .enumerate()
            .take(example.len().div_ceil(3).max(1))
        {
            if index > 0 && colon {
                self.rest = self.rest.strip_prefix(':')?;
            }
            *part = self.number(2, 2)?;
        }
        let [hours, minutes, seconds] = parts;
        self.offset = i32::try_from(sign * (hours * 3600 + minutes * 60 + seconds)).ok();
        Some(())
    }

    fn zone_name(&mut self) -> Option<()> {
        let letters = self.rest.bytes().take_while(u8::is_ascii_uppercase).count();
        if !(3..=5).contains(&letters) {
            return None;
        }
        let (name, rest) = self.rest.split_at(letters);
        (self.rest, self.zone) = (rest, Some(name.to_owned()));
        Some(())
    }

    fn time(&self) -> Option<Time> {
        let hour = match (self.afternoon, self.hour) {
            (Some(true), hour) if hour < 12 => hour + 12,
            (Some(false), 12) => 0,
            (_, hour) => hour,
        };
        let year = i16::try_from(self.year).ok()?;
        let small = |number: i64| i8::try_from(number).ok();
        let date = match self.year_day {
            Some(day) => civil::Date::new(year, 1, 1)
                .ok()?
                .with()
                .day_of_year(i16::try_from(day).ok()?)
                .build()
                .ok()?,
            None => {
                let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
                civil::Date::new(year, small(month)?, small(day)?).ok()?
            }
        };
        let nanosecond = i32::try_from(self.nanosecond).ok()?;
        let (minute, second) = (small(self.minute)?, small(self.second)?);
        let time = civil::Time::new(small(hour)?, minute, second, nanosecond).ok()?;
        let zone = match (self.offset, &self.zone) {
            (Some(0), _) => Zone::Utc,
            (Some(offset), name) => Zone::Fixed(offset, name.clone().unwrap_or_default()),
            (None, Some(name)) if name != "UTC" => Zone::Fixed(0, name.clone()),
            _ => Zone::Utc,
        };
        let offset = Offset::from_seconds(self.offset.unwrap_or(0)).ok()?;
        let timestamp = offset.to_timestamp(date.to_datetime(time)).ok()?;
        Some(Time { timestamp, zone })
    }
}
