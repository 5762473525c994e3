//! Scans literals and words, which only some characters may follow.

use super::{Lexer, TokenKind, code_point, is_space, is_word, number};

const KEYWORDS: [&str; 10] = [
    "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
];

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
                    self.push(kind, index + 1);
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
        let length: usize = 1 + self
            .rest()
            .chars()
            .skip(1)
            .take_while(|c| is_word(*c))
            .map(char::len_utf8)
            .sum::<usize>();
        let kind = if length == 1 && kind == TokenKind::Field {
            TokenKind::Dot
        } else {
            kind
        };
        self.check_terminator(length)?;
        self.push(kind, length);
        Ok(())
    }

    /// Only some characters may follow a word.
    fn check_terminator(&self, length: usize) -> Result<(), String> {
        match self
            .rest()
            .get(length..)
            .and_then(|text| text.chars().next())
        {
            Some(c)
                if !is_space(c)
                    && !matches!(c, '.' | ',' | '|' | ':' | ')' | '(')
                    && !self
                        .rest()
                        .get(length..)
                        .is_some_and(|text| text.starts_with("}}")) =>
            {
                Err(format!("bad character {}", code_point(c)))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn number(&mut self) -> Result<(), String> {
        let (length, check_terminator) = number::scan(self.rest());
        if !check_terminator {
            let bad = self.rest().get(..length).unwrap_or_default();
            return Err(format!("bad number syntax: {}", crate::fmt::quote(bad)));
        }
        self.push(TokenKind::Number, length);
        Ok(())
    }

    pub(super) fn word(&mut self) -> Result<(), String> {
        let rest = self.rest();
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        self.check_terminator(length)?;
        let kind = match rest.get(..length).unwrap_or_default() {
            "true" | "false" => TokenKind::Bool,
            "nil" => TokenKind::Nil,
            word if KEYWORDS.contains(&word) => TokenKind::Keyword,
            _ => TokenKind::Identifier,
        };
        self.push(kind, length);
        Ok(())
    }
}
