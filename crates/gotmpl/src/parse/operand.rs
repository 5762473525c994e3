//! Parses pipelines, commands and operands.
use std::sync::Arc;

use super::Parser;
use crate::ast::{Command, Expr, ExprKind, Number, Pipeline};
use crate::error::Error;
use crate::lex::{Token, TokenKind};

impl Parser<'_> {
    /// Parses a pipeline and its closing token.
    pub(super) fn pipeline(&mut self, context: &str, end: TokenKind) -> Result<Pipeline, Error> {
        self.enter()?;
        let first = self.peek_non_space();
        let mut pipe = Pipeline {
            offset: first.offset,
            line: self.action,
            variables: Vec::new(),
            assigns: false,
            // One command is usual.
            commands: Vec::with_capacity(1),
        };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.take_non_space();
            if token.kind == end {
                self.check(&pipe, &token, context)?;
                self.depth -= 1;
                return Ok(pipe);
            }
            match token.kind {
                TokenKind::Bool
                | TokenKind::Char
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawStr
                | TokenKind::Str
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.next -= 1;
                    let command = self.command()?;
                    pipe.commands.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
    }

    fn check(&self, pipe: &Pipeline, end: &Token, context: &str) -> Result<(), Error> {
        if pipe.commands.is_empty() {
            return self.error(end.line, &format!("missing value for {context}"));
        }
        for (index, command) in pipe.commands.iter().enumerate().skip(1) {
            let first = command.arguments.first();
            if let Some(Expr {
                kind:
                    ExprKind::Bool(_)
                    | ExprKind::Dot
                    | ExprKind::Nil
                    | ExprKind::Number(_)
                    | ExprKind::Str { .. },
                ..
            }) = first
            {
                let reason = format!("non executable command in pipeline stage {}", index + 1);
                return self.error(end.line, &reason);
            }
        }
        Ok(())
    }

    /// Parses `$x :=`, `$x =`, and in a range `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipeline, context: &str) -> Result<(), Error> {
        loop {
            self.skip_spaces();
            let start = self.next;
            if self.peek().kind != TokenKind::Variable {
                return Ok(());
            }
            let variable = self.take();
            let name: Arc<str> = variable.text.into();
            let sign = self.take_non_space();
            if !matches!(
                sign.kind,
                TokenKind::Declare | TokenKind::Assign | TokenKind::Comma
            ) {
                self.next = start;
                return Ok(());
            }
            pipe.variables.push(name.clone());
            self.variables.push(name);
            if sign.kind != TokenKind::Comma {
                pipe.assigns = sign.kind == TokenKind::Assign;
                return Ok(());
            }
            self.second_variable(pipe, context)?;
        }
    }

    fn second_variable(&mut self, pipe: &Pipeline, context: &str) -> Result<(), Error> {
        let next = self.peek_non_space();
        if context != "range" || pipe.variables.len() > 1 {
            return self.error(next.line, &format!("too many declarations in {context}"));
        }
        match next.kind {
            TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen => Ok(()),
            _ => self.error(next.line, "range can only initialize variables"),
        }
    }

    fn defined_variable(&self, variable: &Token) -> Result<(), Error> {
        if self
            .variables
            .iter()
            .any(|declared| **declared == *variable.text)
        {
            return Ok(());
        }
        let name = crate::fmt::quote(variable.text);
        self.error(variable.line, &format!("undefined variable {name}"))
    }

    fn command(&mut self) -> Result<Command, Error> {
        let first = self.peek_non_space();
        let offset = first.offset;
        // Only a function usually has arguments.
        let usual = 1 + usize::from(first.kind == TokenKind::Identifier);
        let mut arguments = Vec::with_capacity(usual);
        loop {
            self.skip_spaces();
            if let Some(operand) = self.operand()? {
                arguments.push(operand);
            }
            let token = self.take();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelim | TokenKind::RightParen => self.next -= 1,
                TokenKind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if arguments.is_empty() {
            let line = self.peek().line;
            return self.error(line, "empty command");
        }
        Ok(Command { offset, arguments })
    }

    /// Parses a term and the fields that follow it without a space.
    fn operand(&mut self) -> Result<Option<Expr>, Error> {
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        if self.peek().kind != TokenKind::Field {
            return Ok(Some(operand));
        }
        let first = self.peek();
        match &mut operand.kind {
            ExprKind::Field(fields) | ExprKind::Variable(_, fields) => {
                self.fields(fields);
                operand.offset = first.offset;
            }
            ExprKind::Bool(_)
            | ExprKind::Str { .. }
            | ExprKind::Number(_)
            | ExprKind::Nil
            | ExprKind::Dot => {
                let reason = format!(
                    "unexpected . after term {}",
                    crate::fmt::quote(&operand.to_string())
                );
                return self.error(first.line, &reason);
            }
            _ => {
                let mut names = Vec::with_capacity(self.count_fields());
                self.fields(&mut names);
                operand = Expr {
                    offset: first.offset,
                    kind: ExprKind::Chain(Box::new(operand), names),
                };
            }
        }
        Ok(Some(operand))
    }

    /// Takes the fields that follow.
    fn fields(&mut self, names: &mut Vec<Box<str>>) {
        while self.peek().kind == TokenKind::Field {
            names.push(self.take().text.trim_start_matches('.').into());
        }
    }

    /// The number of fields that follow.
    fn count_fields(&self) -> usize {
        let rest = self.tokens.iter().skip(self.next);
        rest.take_while(|token| token.kind == TokenKind::Field)
            .count()
    }

    fn term(&mut self) -> Result<Option<Expr>, Error> {
        let token = self.take_non_space();
        let kind = match token.kind {
            TokenKind::Identifier => {
                let Some(function) = (self.functions)(token.text) else {
                    let name = crate::fmt::quote(token.text);
                    return self.error(token.line, &format!("function {name} not defined"));
                };
                ExprKind::Function(function)
            }
            TokenKind::Dot => ExprKind::Dot,
            TokenKind::Nil => ExprKind::Nil,
            TokenKind::Variable => {
                self.defined_variable(&token)?;
                let fields = Vec::with_capacity(self.count_fields());
                ExprKind::Variable(token.text.into(), fields)
            }
            TokenKind::Field => {
                let mut fields = Vec::with_capacity(1 + self.count_fields());
                fields.push(token.text.trim_start_matches('.').into());
                ExprKind::Field(fields)
            }
            TokenKind::Bool => ExprKind::Bool(token.text == "true"),
            TokenKind::Char | TokenKind::Number => match number(token.text) {
                Some(number) => ExprKind::Number(Box::new(number)),
                None => return self.error(token.line, &bad_number(token.text)),
            },
            TokenKind::LeftParen => {
                let pipe = self.pipeline("parenthesized pipeline", TokenKind::RightParen)?;
                ExprKind::Pipe(Box::new(pipe))
            }
            TokenKind::Str | TokenKind::RawStr => ExprKind::Str {
                literal: token.text.into(),
                value: self.unquote(&token)?.into(),
            },
            _ => {
                self.next -= 1;
                return Ok(None);
            }
        };
        Ok(Some(Expr {
            offset: token.offset,
            kind,
        }))
    }

    /// The value of a quoted token.
    pub(super) fn unquote(&self, token: &Token) -> Result<String, Error> {
        let inside = token
            .text
            .get(1..token.text.len().saturating_sub(1))
            .unwrap_or_default();
        if token.kind == TokenKind::RawStr {
            return Ok(inside.replace('\r', ""));
        }
        match crate::escape::unescape(inside, '"') {
            Some(text) => Ok(text),
            None => self.error(token.line, "invalid syntax"),
        }
    }
}

fn bad_number(literal: &str) -> String {
    if literal.starts_with('\'') {
        return format!("malformed character constant: {literal}");
    }
    format!("illegal number syntax: {}", crate::fmt::quote(literal))
}

/// All values of a number literal: `1.0` is a float, but also valid as an integer argument.
fn number(literal: &str) -> Option<Number> {
    if let Some(inside) = literal.strip_prefix('\'') {
        let text = crate::escape::unescape(inside.strip_suffix('\'')?, '\'')?;
        let mut chars = text.chars();
        let value = i64::from(u32::from(chars.next()?));
        if chars.next().is_some() {
            return None;
        }
        return Some(Number {
            literal: literal.into(),
            int: Some(value),
            float: Some(value as f64),
            is_float: false,
        });
    }
    let int = crate::escape::int(literal);
    let hex = literal.trim_start_matches(['+', '-']).starts_with("0x");
    let float = match int {
        Some(value) => Some(value as f64),
        None if hex => crate::escape::hex_float(literal).filter(|value| value.is_finite()),
        None => literal
            .replace('_', "")
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite()),
    };
    let is_float = if hex {
        literal.contains(['p', 'P'])
    } else {
        literal.contains(['.', 'e', 'E'])
    };
    let int = int.or(float
        .filter(|value| value.fract() == 0.0 && value.abs() < 9.2e18)
        .map(|v| v as i64));
    if int.is_none() && float.is_none() {
        return None;
    }
    Some(Number {
        literal: literal.into(),
        int,
        float,
        is_float,
    })
}
