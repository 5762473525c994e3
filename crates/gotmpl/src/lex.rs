//! The lexer: splits the source of a template into tokens.
//!
//! Spaces are tokens, because `$x.y` and `$x .y` differ. A lexical error becomes the last token, so
//! that the parser reports an earlier syntax error first. Start at [`lex`].

mod literal;
mod number;
mod token;

pub(crate) use token::{Token, TokenKind};

/// Splits a source into tokens, `most` at most; the last token is `Eof` or `Error` unless there are
/// more. The text is the message of a lexical error.
pub(crate) fn lex(source: &str, most: usize) -> (Vec<Token<'_>>, String) {
    let mut lexer = Lexer {
        source,
        offset: 0,
        line: 1,
        parens: 0,
        most,
        tokens: Vec::new(),
    };
    let message = match lexer.run() {
        Ok(()) => {
            lexer.push_in_line(TokenKind::Eof, 0);
            String::new()
        }
        Err(message) => {
            lexer.tokens.push(Token {
                kind: TokenKind::Error,
                text: "",
                offset: lexer.offset,
                line: lexer.line,
            });
            message
        }
    };
    (lexer.tokens, message)
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

/// The length of the word at the start of a text.
fn word_length(text: &str) -> usize {
    let is_ascii_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    let mut bytes = text.bytes();
    match bytes.position(|byte| !is_ascii_word(byte)) {
        Some(end) if text.as_bytes().get(end).is_some_and(u8::is_ascii) => end,
        None => text.len(),
        Some(_) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
    }
}

/// Go's `%#U`: the form of a character in error messages.
fn code_point(c: char) -> String {
    format!("U+{:04X} '{c}'", u32::from(c))
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.offset..).unwrap_or_default()
    }

    /// Pushes a token that may contain line breaks.
    fn push(&mut self, kind: TokenKind, length: usize) {
        let lines = newlines(self.rest().get(..length).unwrap_or_default());
        self.push_in_line(kind, length);
        self.line += lines;
    }

    /// Pushes a token without line breaks.
    fn push_in_line(&mut self, kind: TokenKind, length: usize) {
        let text = self.rest().get(..length).unwrap_or_default();
        if self.tokens.len() < self.most {
            self.tokens.push(Token {
                kind,
                text,
                offset: self.offset,
                line: self.line,
            });
        }
        self.offset += length;
    }

    fn skip(&mut self, length: usize) {
        self.line += newlines(self.rest().get(..length).unwrap_or_default());
        self.offset += length;
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            let Some(open) = find_action(self.rest()) else {
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
                self.push_in_line(TokenKind::LeftDelim, 2);
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
            self.push_in_line(TokenKind::RightDelim, 2);
            return;
        }
        self.skip(2);
        self.push_in_line(TokenKind::RightDelim, 2);
        let spaces = leading_spaces(self.rest());
        self.skip(spaces);
    }

    fn token(&mut self, first: char) -> Result<(), String> {
        match first {
            _ if is_space(first) => self.spaces(),
            '=' => self.push_in_line(TokenKind::Assign, 1),
            ':' if self.rest().starts_with(":=") => self.push_in_line(TokenKind::Declare, 2),
            ':' => return Err("expected :=".to_owned()),
            '|' => self.push_in_line(TokenKind::Pipe, 1),
            ',' => self.push_in_line(TokenKind::Comma, 1),
            '"' => self.quoted_literal('"', TokenKind::Str, "unterminated quoted string")?,
            '\'' => {
                self.quoted_literal('\'', TokenKind::Char, "unterminated character constant")?;
            }
            '`' => self.raw_string()?,
            '(' => {
                self.push_in_line(TokenKind::LeftParen, 1);
                self.parens += 1;
            }
            ')' => {
                let Some(remaining) = self.parens.checked_sub(1) else {
                    return Err("unexpected right paren".to_owned());
                };
                self.parens = remaining;
                self.push_in_line(TokenKind::RightParen, 1);
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
            ' '..='~' => self.push_in_line(TokenKind::Other, 1),
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
        let rest = self.rest();
        let mut length = leading_spaces(rest);
        // The space before a closing trim marker belongs to the marker.
        if rest
            .get(length..)
            .is_some_and(|text| text.starts_with("-}}"))
        {
            length -= 1;
        }
        match length {
            0 => {}
            1 if rest.starts_with(' ') => self.push_in_line(TokenKind::Space, 1),
            _ => self.push(TokenKind::Space, length),
        }
    }
}

/// The start of the next action; faster than a search for a text of two characters.
fn find_action(text: &str) -> Option<usize> {
    let mut braces = text.match_indices('{').map(|(at, _)| at);
    braces.find(|at| text.as_bytes().get(at + 1) == Some(&b'{'))
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn leading_spaces(text: &str) -> usize {
    let is_other = |byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    text.bytes().position(is_other).unwrap_or(text.len())
}

fn has_left_trim(inside: &str) -> bool {
    matches!(inside.as_bytes(), [b'-', second, ..] if is_space(char::from(*second)))
}

fn has_right_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [first, b'-', b'}', b'}', ..] if is_space(char::from(*first)))
}
