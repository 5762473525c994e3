//! The text of an assignment, read character by character.
use super::error::ParseError;

/// A text and how far it is read.
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

    pub(super) fn next_if(&mut self, wanted: char) -> bool {
        let is = self.rest().starts_with(wanted);
        if is {
            self.at += wanted.len_utf8();
        }
        is
    }

    /// What stands before one of these characters, which is read as well; a backslash takes the
    /// character after it as it is. At the end of the text there is what was read until then.
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

    /// The same with a backslash like any other character.
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

    /// Whether there is no value: nothing but spaces before a comma or the end, which are read.
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
