//! Recognizes the timestamps of go-yaml v2 (`resolve.go`): a date, or a date and a time in one of three
//! layouts of Go's `time.Parse`, with its ranges.

/// Whether a plain scalar is a timestamp: `2001-01-01`, `2001-1-1T10:00:00Z`, `2001-01-01 10:00:00.5`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut reader = Reader(text);
    if !reader.date() {
        return false;
    }
    match reader.0.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => {
            reader.0 = reader.0.get(1..).unwrap_or_default();
            reader.time() && reader.zone() && reader.0.is_empty()
        }
        Some(b' ') => {
            reader.0 = reader.0.trim_start_matches(' ');
            reader.time() && reader.0.is_empty()
        }
        Some(_) => false,
    }
}

/// The rest of a text.
struct Reader<'t>(&'t str);

impl Reader<'_> {
    /// A number of so many digits in a range.
    fn number(
        &mut self,
        digits: std::ops::RangeInclusive<usize>,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let bytes = self.0.bytes().take(*digits.end());
        let length = bytes.take_while(u8::is_ascii_digit).count();
        let number = self.0.get(..length)?.parse().ok()?;
        if length < *digits.start() || !range.contains(&number) {
            return None;
        }
        self.0 = self.0.get(length..)?;
        Some(number)
    }

    fn skip(&mut self, character: char) -> bool {
        let rest = self.0.strip_prefix(character);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn date(&mut self) -> bool {
        let Some(year) = self.number(4..=4, 0..=9999) else {
            return false;
        };
        let month = self.skip('-').then(|| self.number(1..=2, 1..=12)).flatten();
        let Some(month) = month else {
            return false;
        };
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        self.skip('-') && self.number(1..=2, 1..=days).is_some()
    }

    /// A time with an optional fraction of a second.
    fn time(&mut self) -> bool {
        let is_clock = self.number(1..=2, 0..=23).is_some()
            && self.skip(':')
            && self.number(1..=2, 0..=59).is_some()
            && self.skip(':')
            && self.number(1..=2, 0..=59).is_some();
        let fraction = self.0.strip_prefix(['.', ',']);
        if let Some(fraction) =
            fraction.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            self.0 = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        is_clock
    }

    /// `Z`, or an offset of hours and minutes.
    fn zone(&mut self) -> bool {
        if self.skip('Z') {
            return true;
        }
        (self.skip('+') || self.skip('-'))
            && self.number(2..=2, 0..=24).is_some()
            && self.skip(':')
            && self.number(2..=2, 0..=60).is_some()
    }
}
