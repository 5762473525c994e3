//! The token cursor of the parser, and errors for unexpected tokens.
use super::Parser;
use crate::error::Error;
use crate::lex::{Token, TokenKind};

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Token<'a> {
        // The cursor never passes the last token, which is `Eof` or `Error`.
        let last = self.tokens.len() - 1;
        self.tokens[self.next.min(last)]
    }

    pub(super) fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek().kind == TokenKind::Space {
            self.next += 1;
        }
    }

    pub(super) fn peek_non_space(&mut self) -> Token<'a> {
        self.skip_spaces();
        self.peek()
    }

    pub(super) fn take_non_space(&mut self) -> Token<'a> {
        self.skip_spaces();
        self.take()
    }

    pub(super) fn error<T>(&self, line: usize, reason: &str) -> Result<T, Error> {
        Err(Error::parse(self.file, self.source, line, reason))
    }

    pub(super) fn unexpected<T>(&self, token: &Token, context: &str) -> Result<T, Error> {
        if token.kind == TokenKind::Error {
            return self.error(token.line, &self.with_start(token));
        }
        self.error(
            token.line,
            &format!("unexpected {} in {context}", display(token)),
        )
    }

    /// A lexical error, with the first line of its action if that is another line.
    fn with_start(&self, token: &Token) -> String {
        let text = &self.lexical_error;
        if self.action == 0 || self.action == token.line {
            return text.clone();
        }
        let join = if text.ends_with(" action") {
            ""
        } else {
            " in action"
        };
        format!("{text}{join} started at {}:{}", self.file, self.action)
    }

    pub(super) fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token<'a>, Error> {
        let token = self.take_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            self.unexpected(&token, context)
        }
    }
}

/// A token as Go prints it in an error message.
fn display(token: &Token) -> String {
    match token.kind {
        TokenKind::Eof => "EOF".to_owned(),
        TokenKind::Keyword => format!("<{}>", token.text),
        _ if token.text.chars().count() > 10 => {
            let start: String = token.text.chars().take(10).collect();
            format!("{}...", crate::fmt::quote(&start))
        }
        _ => crate::fmt::quote(token.text),
    }
}
