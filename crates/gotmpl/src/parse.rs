//! The parser: builds the syntax tree of a template.
//!
//! The result contains the template itself and every template that it defines. Start at [`parse`];
//! [`operand`] parses pipelines and operands, [`cursor`] reads the tokens.
mod cursor;
mod operand;

use std::sync::Arc;

use crate::ast::{Body, Branch, Invocation, Node};
use crate::error::Error;
use crate::function::Function;
use crate::lex::{Token, TokenKind, lex};
use crate::limits::Budget;

/// The maximum nesting depth of a template.
const MAX_DEPTH: usize = 400;

/// The estimated size of a token and its part of the syntax tree, in bytes.
const TOKEN_SIZE: usize = 256;

/// A template that a source defines.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) body: Body,
}

/// Looks up a function by its name.
pub(crate) type FunctionLookup<'a> = &'a dyn Fn(&str) -> Option<Arc<Function>>;

/// Parses a source as a template with this name; `functions` looks up functions, and the budget is
/// charged with the size of the source and its syntax tree.
pub(crate) fn parse(
    name: &str,
    source: &str,
    functions: FunctionLookup<'_>,
    budget: &Budget,
) -> Result<Vec<Definition>, Error> {
    let (tokens, lexical_error) = budget
        .charge_memory(source.len())
        .and_then(|()| {
            let most = budget.remaining_memory() / TOKEN_SIZE;
            let (tokens, message) = lex(source, most.saturating_add(1));
            budget.charge_memory(tokens.len().saturating_mul(TOKEN_SIZE))?;
            Ok((tokens, message))
        })
        .map_err(|limit| Error::parse_limit(name, source, &limit.to_string()))?;
    let mut parser = Parser {
        file: name,
        source,
        tokens,
        lexical_error,
        next: 0,
        functions,
        variables: vec!["$".into()],
        action: 0,
        loops: 0,
        depth: 0,
        open_blocks: Vec::new(),
        definitions: Vec::new(),
    };
    let (body, end) = parser.body(Context::File)?;
    debug_assert!(matches!(end, Close::File));
    let definition = Definition {
        name: name.to_owned(),
        body,
    };
    parser.define(definition)?;
    Ok(parser.definitions)
}

/// Whether a body of a source contains only whitespace.
pub(crate) fn is_blank(body: &Body, source: &str) -> bool {
    let is_blank = |text: &str| text.trim().is_empty();
    body.iter().all(
        |node| matches!(node, Node::Text(at, _) if source.get(at.clone()).is_none_or(is_blank)),
    )
}

struct Parser<'a> {
    file: &'a str,
    source: &'a str,
    tokens: Vec<Token<'a>>,
    /// The message of the token [`TokenKind::Error`].
    lexical_error: String,
    next: usize,
    functions: FunctionLookup<'a>,
    variables: Vec<Arc<str>>,
    /// The first line of the current action; 0 between actions.
    action: usize,
    loops: usize,
    depth: usize,
    /// The lines on which the blocks begin that are not closed yet.
    open_blocks: Vec<usize>,
    definitions: Vec<Definition>,
}

/// The construct that contains a body, which decides how the body may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    File,
    Define,
    Branch,
    Else,
}

/// The end of a body.
enum Close {
    File,
    End,
    Else,
}

impl Parser<'_> {
    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let line = self.peek().line;
            return self.error(line, "template is nested too deeply");
        }
        Ok(())
    }

    fn define(&mut self, new: Definition) -> Result<(), Error> {
        match self.definitions.iter_mut().find(|old| old.name == new.name) {
            None => self.definitions.push(new),
            Some(old) if is_blank(&old.body, self.source) => *old = new,
            Some(_) if is_blank(&new.body, self.source) => {}
            Some(_) => {
                let line = self.peek().line;
                let name = crate::fmt::quote(&new.name);
                return self.error(
                    line,
                    &format!("template: multiple definition of template {name}"),
                );
            }
        }
        Ok(())
    }

    fn body(&mut self, context: Context) -> Result<(Body, Close), Error> {
        self.enter()?;
        let mut body = Body::new();
        loop {
            let token = self.take();
            match token.kind {
                TokenKind::Space => {}
                TokenKind::Text => {
                    let end = token.offset + token.text.len();
                    body.push(Node::Text(token.offset..end, token.line));
                }
                TokenKind::LeftDelim => {
                    self.action = token.line;
                    let keyword = self.peek_non_space();
                    let is_keyword = keyword.kind == TokenKind::Keyword;
                    let word = is_keyword.then_some(keyword.text);
                    match (word, context) {
                        (Some("end" | "else"), Context::File) => {
                            return self.error(
                                keyword.line,
                                &format!("unexpected {{{{{}}}}}", keyword.text),
                            );
                        }
                        (Some("end"), _) => {
                            self.take();
                            self.expect(TokenKind::RightDelim, "end")?;
                            self.depth -= 1;
                            return Ok((body, Close::End));
                        }
                        (Some("else"), Context::Branch) => {
                            self.take();
                            self.depth -= 1;
                            return Ok((body, Close::Else));
                        }
                        (Some("else"), Context::Define) => {
                            return self
                                .error(keyword.line, "unexpected {{else}} in define clause");
                        }
                        (Some("else"), Context::Else) => {
                            return self.error(keyword.line, "expected end; found {{else}}");
                        }
                        (Some("define"), Context::File) => self.definition()?,
                        _ => self.action(&mut body)?,
                    }
                    self.action = 0;
                }
                TokenKind::Eof if context == Context::File => {
                    self.depth -= 1;
                    return Ok((body, Close::File));
                }
                TokenKind::Eof => {
                    let error = Error::parse(self.file, self.source, token.line, "unexpected EOF");
                    let opened = self.open_blocks.last().copied();
                    return Err(error.in_block(self.source, opened));
                }
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    fn definition(&mut self) -> Result<(), Error> {
        self.take();
        let name = self.name("define clause")?;
        self.expect(TokenKind::RightDelim, "define clause")?;
        let body = self.scoped_body(Context::Define)?;
        self.define(Definition { name, body })
    }

    /// Parses a body with its own scope of variables and loops.
    fn scoped_body(&mut self, context: Context) -> Result<Body, Error> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let loops = std::mem::take(&mut self.loops);
        self.open_blocks.push(self.action);
        let (body, _) = self.body(context)?;
        self.open_blocks.pop();
        self.variables = variables;
        self.loops = loops;
        Ok(body)
    }

    fn name(&mut self, context: &str) -> Result<String, Error> {
        let token = self.take_non_space();
        match token.kind {
            TokenKind::Str | TokenKind::RawStr => self.unquote(&token),
            _ => self.unexpected(&token, context),
        }
    }

    fn action(&mut self, body: &mut Body) -> Result<(), Error> {
        let token = self.peek_non_space();
        if token.kind != TokenKind::Keyword {
            let pipe = self.pipeline("command", TokenKind::RightDelim)?;
            body.push(Node::Action(pipe));
            return Ok(());
        }
        self.take();
        let node = match token.text {
            "if" => Node::If(self.branch("if")?),
            "range" => Node::Range(self.branch("range")?),
            "with" => Node::With(self.branch("with")?),
            "template" => Node::Template(self.invocation()?),
            "block" => Node::Template(self.block()?),
            "break" => self.loop_control(&token, Node::Break)?,
            "continue" => self.loop_control(&token, Node::Continue)?,
            _ => return self.unexpected(&token, "command"),
        };
        body.push(node);
        Ok(())
    }

    fn loop_control(&mut self, token: &Token, node: Node) -> Result<Node, Error> {
        let end = self.take_non_space();
        if end.kind != TokenKind::RightDelim {
            return self.unexpected(&end, &format!("{{{{{}}}}}", token.text));
        }
        if self.loops == 0 {
            return self.error(
                token.line,
                &format!("{{{{{}}}}} outside {{{{range}}}}", token.text),
            );
        }
        Ok(node)
    }

    fn branch(&mut self, word: &'static str) -> Result<Branch, Error> {
        self.enter()?;
        let outer = self.variables.len();
        self.open_blocks.push(self.action);
        let pipe = self.pipeline(word, TokenKind::RightDelim)?;
        let looping = usize::from(word == "range");
        self.loops += looping;
        let (then, end) = self.body(Context::Branch)?;
        self.loops -= looping;
        let else_body = match end {
            Close::Else => Some(self.else_body(word)?),
            _ => None,
        };
        self.open_blocks.pop();
        self.variables.truncate(outer);
        self.depth -= 1;
        Ok(Branch {
            pipe,
            then,
            else_body,
        })
    }

    /// Parses the branch after `else`: a body, or a nested `if`/`with` that shares the same `end`.
    fn else_body(&mut self, word: &'static str) -> Result<Body, Error> {
        let token = self.peek_non_space();
        let again = word != "range" && token.kind == TokenKind::Keyword;
        if again && token.text == word {
            self.take();
            let nested = self.branch(word)?;
            return Ok(vec![if word == "if" {
                Node::If(nested)
            } else {
                Node::With(nested)
            }]);
        }
        // `else if` after `with`, and `else with` after `if`, are parsed as a body that starts
        // there.
        if !matches!(token.text, "if" | "with") {
            self.expect(TokenKind::RightDelim, "else")?;
        }
        let (body, _) = self.body(Context::Else)?;
        Ok(body)
    }

    fn invocation(&mut self) -> Result<Invocation, Error> {
        let offset = self.peek_non_space().offset;
        let name = self.name("template clause")?;
        let pipe = if self.peek_non_space().kind == TokenKind::RightDelim {
            self.take();
            None
        } else {
            Some(self.pipeline("template clause", TokenKind::RightDelim)?)
        };
        Ok(Invocation {
            offset,
            line: self.action,
            name,
            pipe,
        })
    }

    fn block(&mut self) -> Result<Invocation, Error> {
        let offset = self.peek_non_space().offset;
        let line = self.action;
        let name = self.name("block clause")?;
        let pipe = self.pipeline("block clause", TokenKind::RightDelim)?;
        let body = self.scoped_body(Context::Define)?;
        self.define(Definition {
            name: name.clone(),
            body,
        })?;
        Ok(Invocation {
            offset,
            line,
            name,
            pipe: Some(pipe),
        })
    }
}
