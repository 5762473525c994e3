//! Where a text is gathered, and the flags that say how.
use super::Overflow;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%#v`: as Go source.
    pub(super) source: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Flags {
    /// Takes a flag; whether it was one.
    pub(super) fn take(&mut self, flag: char) -> bool {
        match flag {
            '+' => self.plus = true,
            '-' => self.minus = true,
            '#' => self.sharp = true,
            ' ' => self.space = true,
            '0' => self.zero = true,
            _ => return false,
        }
        true
    }

    /// Under `v`, `#` and `+` mean something else.
    pub(super) fn for_verb(mut self, verb: char) -> Self {
        if verb == 'v' {
            self.source = self.sharp;
            self.sharp = false;
            self.plus = false;
        }
        self
    }
}

/// A text that may not grow beyond its room.
#[derive(Debug)]
pub(super) struct Printer {
    out: String,
    room: usize,
    over: bool,
}

impl Printer {
    pub(super) fn new(room: usize) -> Self {
        Self {
            out: String::new(),
            room,
            over: false,
        }
    }

    /// What fits.
    pub(super) fn text(self) -> String {
        self.out
    }

    pub(super) fn finish(self) -> Result<String, Overflow> {
        if self.over {
            Err(Overflow)
        } else {
            Ok(self.out)
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.over
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        self.over |= self.out.len().saturating_add(bytes) > self.room;
        !self.over
    }

    pub(super) fn push(&mut self, text: &str) {
        if self.has_room(text.len()) {
            self.out.push_str(text);
        }
    }

    pub(super) fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn fill(&mut self, with: char, count: usize) {
        if self.has_room(count) {
            self.out.extend(std::iter::repeat_n(with, count));
        }
    }

    /// A text, filled up to the width.
    pub(super) fn pad(&mut self, flags: &Flags, text: &str) {
        let Some(width) = flags.width else {
            return self.push(text);
        };
        let missing = width.saturating_sub(text.chars().count());
        if flags.minus {
            self.push(text);
            self.fill(' ', missing);
        } else {
            self.fill(if flags.zero { '0' } else { ' ' }, missing);
            self.push(text);
        }
    }

    /// A text, filled up to the width, but not with zeros.
    pub(super) fn pad_with_spaces(&mut self, flags: &Flags, text: &str) {
        self.pad(
            &Flags {
                zero: false,
                ..*flags
            },
            text,
        );
    }
}
