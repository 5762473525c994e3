//! Scans literals and words, which only some characters may follow.

use super::{Lexer, TokenKind, code_point, number, word_length};

impl Lexer<'_> {
    pub(super) fn quoted_literal(
        &mut self,
        delimiter: char,
        kind: TokenKind,
        message: &str,
    ) -> Result<(), String> {
        let mut escaped = false;
        for (index, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == delimiter => {
                    self.push_in_line(kind, index + 1);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(message.to_owned())
    }

    pub(super) fn raw_string(&mut self) -> Result<(), String> {
        match self.rest().get(1..).and_then(|text| text.find('`')) {
            Some(end) => {
                self.push(TokenKind::RawStr, end + 2);
                Ok(())
            }
            None => Err("unterminated raw quoted string".to_owned()),
        }
    }

    /// `.field` and `$variable`: a prefix and an optional word.
    pub(super) fn name(&mut self, kind: TokenKind) -> Result<(), String> {
        let length = 1 + word_length(self.rest().get(1..).unwrap_or_default());
        let kind = if length == 1 && kind == TokenKind::Field {
            TokenKind::Dot
        } else {
            kind
        };
        self.check_terminator(length)?;
        self.push_in_line(kind, length);
        Ok(())
    }

    /// Only some characters may follow a word.
    fn check_terminator(&self, length: usize) -> Result<(), String> {
        let after = self.rest().get(length..).unwrap_or_default();
        match after.chars().next() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => Ok(()),
            Some('}') if after.starts_with("}}") => Ok(()),
            Some(c) => Err(format!("bad character {}", code_point(c))),
        }
    }

    pub(super) fn number(&mut self) -> Result<(), String> {
        let (length, check_terminator) = number::scan(self.rest());
        if !check_terminator {
            let bad = self.rest().get(..length).unwrap_or_default();
            return Err(format!("bad number syntax: {}", crate::fmt::quote(bad)));
        }
        self.push_in_line(TokenKind::Number, length);
        Ok(())
    }

    pub(super) fn word(&mut self) -> Result<(), String> {
        let rest = self.rest();
        let length = word_length(rest);
        self.check_terminator(length)?;
        let kind = match rest.get(..length).unwrap_or_default() {
            "true" | "false" => TokenKind::Bool,
            "nil" => TokenKind::Nil,
            "block" | "break" | "continue" | "define" | "else" | "end" | "if" | "range"
            | "template" | "with" => TokenKind::Keyword,
            _ => TokenKind::Identifier,
        };
        self.push(kind, length);
        Ok(())
    }
}
