//! The output buffer of a format, and the flags of a verb.
use super::Overflow;

/// The flags, width and precision between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%#v`: Go source syntax.
    pub(super) source: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Flags {
    /// Sets a flag; returns whether the character is a flag.
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

    /// The flags for this verb: `#` and `+` have another meaning under `v`.
    pub(super) fn for_verb(mut self, verb: char) -> Self {
        if verb == 'v' {
            self.source = self.sharp;
            self.sharp = false;
            self.plus = false;
        }
        self
    }
}

/// A text with a maximum length.
#[derive(Debug)]
pub(super) struct Printer {
    out: String,
    capacity: usize,
    overflowed: bool,
}

impl Printer {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            out: String::new(),
            capacity,
            overflowed: false,
        }
    }

    /// The text, truncated at the capacity.
    pub(super) fn text(self) -> String {
        self.out
    }

    pub(super) fn finish(self) -> Result<String, Overflow> {
        if self.overflowed {
            Err(Overflow)
        } else {
            Ok(self.out)
        }
    }

    pub(super) fn has_overflowed(&self) -> bool {
        self.overflowed
    }

    fn reserve(&mut self, bytes: usize) -> bool {
        self.overflowed |= self.out.len().saturating_add(bytes) > self.capacity;
        !self.overflowed
    }

    pub(super) fn push(&mut self, text: &str) {
        if self.reserve(text.len()) {
            self.out.push_str(text);
        }
    }

    pub(super) fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn fill(&mut self, with: char, count: usize) {
        if self.reserve(count) {
            self.out.extend(std::iter::repeat_n(with, count));
        }
    }

    /// Writes a text, padded to the width.
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

    /// Writes a text, padded to the width with spaces.
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
