//! A cursor over the text of an assignment.
use super::error::ParseError;

/// A text and the current position.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn next_if(&mut self, expected: char) -> bool {
        let is = self.rest().starts_with(expected);
        if is {
            self.at += expected.len_utf8();
        }
        is
    }

    /// Reads up to one of these characters and consumes it; a backslash escapes the next character.
    /// At the end of the text, returns the text read so far.
    pub(super) fn until(&mut self, stops: &[char]) -> (String, Result<char, ParseError>) {
        let mut read = String::new();
        loop {
            match self.next() {
                None => return (read, Err(ParseError::End)),
                Some(c) if stops.contains(&c) => return (read, Ok(c)),
                Some('\\') => match self.next() {
                    None => return (read, Err(ParseError::End)),
                    Some(c) => read.push(c),
                },
                Some(c) => read.push(c),
            }
        }
    }

    /// The same without escapes.
    pub(super) fn until_literal(&mut self, stops: &[char]) -> (String, Result<char, ParseError>) {
        let mut read = String::new();
        loop {
            match self.next() {
                None => return (read, Err(ParseError::End)),
                Some(c) if stops.contains(&c) => return (read, Ok(c)),
                Some(c) => read.push(c),
            }
        }
    }

    /// Whether the value is empty: only spaces before a comma or the end, which are consumed.
    pub(super) fn is_empty_value(&mut self) -> bool {
        loop {
            match self.rest().chars().next() {
                None => return true,
                Some(c) if c == ',' || c.is_whitespace() => {
                    self.at += c.len_utf8();
                    if c == ',' {
                        return true;
                    }
                }
                Some(_) => return false,
            }
        }
    }
}
