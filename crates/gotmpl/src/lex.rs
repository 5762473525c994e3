//! The lexer: splits the source of a template into tokens.
//!
//! Spaces are tokens, because `$x.y` and `$x .y` differ. A lexical error becomes the last token, so
//! that the parser reports an earlier syntax error first. Start at [`lex`].

mod literal;
mod number;
mod token;

use std::borrow::Cow;

pub(crate) use token::{Token, TokenKind};

/// Splits a source into tokens, `most` at most; the last token is `Eof` or `Error` unless there are
/// more.
pub(crate) fn lex(source: &str, most: usize) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        source,
        offset: 0,
        line: 1,
        parens: 0,
        most,
        tokens: Vec::new(),
    };
    match lexer.run() {
        Ok(()) => lexer.push(TokenKind::Eof, 0),
        Err(message) => {
            let token = Token {
                kind: TokenKind::Error,
                text: Cow::Owned(message),
                offset: lexer.offset,
                line: lexer.line,
            };
            lexer.tokens.push(token);
        }
    }
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    offset: usize,
    line: usize,
    parens: usize,
    most: usize,
    tokens: Vec<Token<'a>>,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Go's `%#U`: the form of a character in error messages.
fn code_point(c: char) -> String {
    format!("U+{:04X} '{c}'", u32::from(c))
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.offset..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let text = self.rest().get(..length).unwrap_or_default();
        let lines = newlines(text);
        if self.tokens.len() < self.most {
            self.tokens.push(Token {
                kind,
                text: Cow::Borrowed(text),
                offset: self.offset,
                line: self.line,
            });
        }
        self.offset += length;
        self.line += lines;
    }

    fn skip(&mut self, length: usize) {
        self.line += newlines(self.rest().get(..length).unwrap_or_default());
        self.offset += length;
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            let Some(open) = self.rest().find("{{") else {
                let remaining = self.rest().len();
                if remaining > 0 {
                    self.push(TokenKind::Text, remaining);
                }
                return Ok(());
            };
            self.text_before(open);
            let inside = self.rest().get(2..).unwrap_or_default();
            let trim = has_left_trim(inside);
            let after = if trim {
                inside.get(2..).unwrap_or_default()
            } else {
                inside
            };
            if after.starts_with("/*") {
                self.comment(if trim { 4 } else { 2 })?;
            } else {
                self.push(TokenKind::LeftDelim, 2);
                if trim {
                    self.skip(2);
                }
                self.parens = 0;
                self.action()?;
            }
        }
    }

    /// Pushes the text before an action, without the spaces that a trim marker removes.
    fn text_before(&mut self, open: usize) {
        let text = self.rest().get(..open).unwrap_or_default();
        let inside = self.rest().get(open + 2..).unwrap_or_default();
        let text_length = if has_left_trim(inside) {
            text.trim_end_matches(is_space).len()
        } else {
            open
        };
        if text_length > 0 {
            self.push(TokenKind::Text, text_length);
        }
        self.skip(open - text_length);
    }

    fn comment(&mut self, marker: usize) -> Result<(), String> {
        let from = marker + 2;
        let Some(end) = self.rest().get(from..).and_then(|text| text.find("*/")) else {
            return Err("unclosed comment".to_owned());
        };
        let after = from + end + 2;
        let tail = self.rest().get(after..).unwrap_or_default();
        if tail.starts_with("}}") {
            self.skip(after + 2);
        } else if has_right_trim(tail) {
            let close = after + 4;
            let spaces = self.rest().get(close..).map_or(0, leading_spaces);
            self.skip(close + spaces);
        } else {
            return Err("comment ends before closing delimiter".to_owned());
        }
        Ok(())
    }

    /// Everything between `{{` and `}}`.
    fn action(&mut self) -> Result<(), String> {
        loop {
            let rest = self.rest();
            if rest.starts_with("}}") || has_right_trim(rest) {
                if self.parens > 0 {
                    return Err("unclosed left paren".to_owned());
                }
                self.close();
                return Ok(());
            }
            let Some(first) = rest.chars().next() else {
                return Err("unclosed action".to_owned());
            };
            self.token(first)?;
        }
    }

    fn close(&mut self) {
        if self.rest().starts_with("}}") {
            self.push(TokenKind::RightDelim, 2);
            return;
        }
        self.skip(2);
        self.push(TokenKind::RightDelim, 2);
        let spaces = leading_spaces(self.rest());
        self.skip(spaces);
    }

    fn token(&mut self, first: char) -> Result<(), String> {
        match first {
            _ if is_space(first) => self.spaces(),
            '=' => self.push(TokenKind::Assign, 1),
            ':' if self.rest().starts_with(":=") => self.push(TokenKind::Declare, 2),
            ':' => return Err("expected :=".to_owned()),
            '|' => self.push(TokenKind::Pipe, 1),
            ',' => self.push(TokenKind::Comma, 1),
            '"' => self.quoted_literal('"', TokenKind::Str, "unterminated quoted string")?,
            '\'' => {
                self.quoted_literal('\'', TokenKind::Char, "unterminated character constant")?;
            }
            '`' => self.raw_string()?,
            '(' => {
                self.push(TokenKind::LeftParen, 1);
                self.parens += 1;
            }
            ')' => {
                let Some(remaining) = self.parens.checked_sub(1) else {
                    return Err("unexpected right paren".to_owned());
                };
                self.parens = remaining;
                self.push(TokenKind::RightParen, 1);
            }
            '$' => self.name(TokenKind::Variable)?,
            '.' if !self
                .rest()
                .as_bytes()
                .get(1)
                .is_some_and(u8::is_ascii_digit) =>
            {
                self.name(TokenKind::Field)?;
            }
            '.' | '+' | '-' | '0'..='9' => self.number()?,
            _ if is_word(first) => self.word()?,
            ' '..='~' => self.push(TokenKind::Other, 1),
            other => {
                return Err(format!(
                    "unrecognized character in action: {}",
                    code_point(other)
                ));
            }
        }
        Ok(())
    }

    fn spaces(&mut self) {
        let mut length = leading_spaces(self.rest());
        // The space before a closing trim marker belongs to the marker.
        if self.rest().get(length - 1..).is_some_and(has_right_trim) {
            length -= 1;
        }
        if length > 0 {
            self.push(TokenKind::Space, length);
        }
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn leading_spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_space).len()
}

fn has_left_trim(inside: &str) -> bool {
    let mut chars = inside.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_space)
}

fn has_right_trim(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_space) && chars.as_str().starts_with("-}}")
}
