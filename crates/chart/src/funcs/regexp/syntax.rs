//! Translates RE2 patterns to Rust's syntax, with Go's error messages.
//!
//! The languages are nearly the same. The differences: `\d`, `\w`, `\s` and `\b` are ASCII-only,
//! `\Q…\E` is literal, octal escapes are characters, and a brace that is not a repetition is
//! literal.
use super::class;

/// Go's maximum repetition count.
const MAX_REPEATS: u32 = 1000;

struct Translator<'p> {
    pattern: &'p str,
    at: usize,
    out: String,
    open_groups: usize,
    /// The start of the previous repetition, if it is directly before the current position.
    repeat: Option<usize>,
    /// Whether a repetition operator may follow.
    has_operand: bool,
}

/// The pattern in Rust's syntax.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator = Translator {
        pattern,
        at: 0,
        out: String::with_capacity(pattern.len() + 8),
        open_groups: 0,
        repeat: None,
        has_operand: false,
    };
    translator.run()?;
    Ok(translator.out)
}

impl<'p> Translator<'p> {
    fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn from(&self, start: usize) -> &'p str {
        self.pattern.get(start..self.at).unwrap_or_default()
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '*' | '+' | '?' => self.repetition(1)?,
                '{' => match counted_repetition(self.rest()) {
                    Some((length, is_valid)) => {
                        if !is_valid {
                            let text = self.rest().get(..length).unwrap_or_default();
                            return Err(format!("invalid repeat count: `{text}`"));
                        }
                        self.repetition(length)?;
                    }
                    None => self.literal('{'),
                },
                '(' => self.open_group()?,
                ')' => {
                    let Some(remaining) = self.open_groups.checked_sub(1) else {
                        return Err(format!("unexpected ): `{}`", self.pattern));
                    };
                    self.open_groups = remaining;
                    self.copy(1, true);
                }
                '|' => self.copy(1, false),
                '[' => {
                    let (text, length) = class::bracket_class(self.rest())?;
                    self.replace(length, &text);
                }
                '\\' => self.escape()?,
                '.' | '^' | '$' => self.copy(1, true),
                c => self.literal(c),
            }
        }
        if self.open_groups > 0 {
            return Err(format!("missing closing ): `{}`", self.pattern));
        }
        Ok(())
    }

    /// Copies bytes unchanged.
    fn copy(&mut self, length: usize, has_operand: bool) {
        self.out
            .push_str(self.rest().get(..length).unwrap_or_default());
        self.at += length;
        (self.has_operand, self.repeat) = (has_operand, None);
    }

    fn replace(&mut self, length: usize, with: &str) {
        self.out.push_str(with);
        self.at += length;
        (self.has_operand, self.repeat) = (true, None);
    }

    fn literal(&mut self, c: char) {
        let text = regex::escape(c.encode_utf8(&mut [0; 4]));
        self.replace(c.len_utf8(), &text);
    }

    fn repetition(&mut self, length: usize) -> Result<(), String> {
        let start = self.at;
        let lazy = self
            .rest()
            .get(length..)
            .is_some_and(|rest| rest.starts_with('?'));
        let full_length = length + usize::from(lazy);
        let text = self.rest().get(..full_length).unwrap_or_default();
        if !self.has_operand {
            let text = text.get(..length).unwrap_or_default();
            return Err(format!("missing argument to repetition operator: `{text}`"));
        }
        self.out.push_str(text);
        self.at += full_length;
        if let Some(before) = self.repeat {
            let both = self.from(before);
            return Err(format!("invalid nested repetition operator: `{both}`"));
        }
        self.repeat = Some(start);
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), String> {
        let rest = self.rest();
        let Some(after) = rest.strip_prefix("(?") else {
            self.open_groups += 1;
            self.copy(1, false);
            return Ok(());
        };
        for begin in ["P<", "<"] {
            if let Some(name) = after.strip_prefix(begin) {
                return self.named_capture(begin, name);
            }
        }
        for (at, c) in after.char_indices() {
            match c {
                'i' | 'm' | 's' | 'U' | '-' => {}
                ':' => {
                    self.open_groups += 1;
                    self.copy(2 + at + 1, false);
                    return Ok(());
                }
                ')' if at > 0 => {
                    self.copy(2 + at + 1, false);
                    return Ok(());
                }
                c => {
                    let text = rest.get(..2 + at + c.len_utf8()).unwrap_or_default();
                    return Err(format!("invalid or unsupported Perl syntax: `{text}`"));
                }
            }
        }
        Err(format!("missing closing ): `{}`", self.pattern))
    }

    fn named_capture(&mut self, begin: &str, rest: &str) -> Result<(), String> {
        let group_text = self.rest();
        let before = 2 + begin.len();
        let Some(length) = rest.find('>') else {
            return Err(format!("invalid named capture: `{group_text}`"));
        };
        let name = rest.get(..length).unwrap_or_default();
        let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(word) {
            let text = group_text.get(..=before + length).unwrap_or_default();
            return Err(format!("invalid named capture: `{text}`"));
        }
        self.open_groups += 1;
        self.copy(before + length + 1, false);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let rest = self.rest();
        match rest.chars().nth(1) {
            Some('Q') => {
                let inside = rest.get(2..).unwrap_or_default();
                let (literal, more) = inside.split_once("\\E").unwrap_or((inside, ""));
                self.at = self.pattern.len() - more.len();
                for c in literal.chars() {
                    self.replace(0, &regex::escape(c.encode_utf8(&mut [0; 4])));
                }
            }
            Some('A' | 'z') => self.copy(2, true),
            Some('b') => self.replace(2, "(?-u:\\b)"),
            Some('B') => self.copy(2, true),
            _ => {
                let (text, length) = class::escape(rest, false)?;
                self.replace(length, &text);
            }
        }
        Ok(())
    }
}

/// The length of `{2}`, `{2,}` or `{2,3}` and whether Go accepts the count; `None` when the text is
/// not a repetition.
fn counted_repetition(text: &str) -> Option<(usize, bool)> {
    let end = text.find('}')?;
    let inside = text.get(1..end)?;
    let (min, max) = match inside.split_once(',') {
        Some((min, "")) => (min, None),
        Some((min, max)) => (min, Some(max)),
        None => (inside, Some(inside)),
    };
    let number = |text: &str| {
        let is_valid = !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text.len() == 1 || !text.starts_with('0'));
        is_valid.then(|| text.parse::<u32>().unwrap_or(u32::MAX))
    };
    let min = number(min)?;
    let max = match max {
        Some(max) => number(max)?,
        None => min,
    };
    Some((end + 1, min <= max && max <= MAX_REPEATS))
}
