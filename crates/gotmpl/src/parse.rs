//! Makes a tree of a template's tokens.
//!
//! A parse gives every template the text defines, itself among them; nothing is carried out. Start at
//! [`parse`]; pipelines and operands are in [`operand`].
mod operand;

use crate::ast::{Body, Branch, Invocation, Node};
use crate::error::Error;
use crate::lex::{Token, TokenKind, lex};

/// Nesting beyond this is refused: no person writes it.
const DEEPEST: usize = 400;

/// One template that a text defines.
#[derive(Debug)]
pub(crate) struct Defined {
    pub(crate) name: String,
    pub(crate) body: Body,
}

/// Reads a text as a template of that name; `known` says which functions exist.
pub(crate) fn parse(
    name: &str,
    source: &str,
    known: &dyn Fn(&str) -> bool,
) -> Result<Vec<Defined>, Error> {
    let mut parser = Parser {
        file: name,
        source,
        tokens: lex(source),
        next: 0,
        known,
        variables: vec!["$".to_owned()],
        loops: 0,
        depth: 0,
        defined: Vec::new(),
    };
    let (body, end) = parser.body(Context::File)?;
    debug_assert!(matches!(end, Close::File));
    let own = Defined {
        name: name.to_owned(),
        body,
    };
    parser.define(own)?;
    Ok(parser.defined)
}

/// Whether a body writes nothing and does nothing.
pub(crate) fn is_blank(body: &Body) -> bool {
    body.iter()
        .all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}

struct Parser<'a> {
    file: &'a str,
    source: &'a str,
    tokens: Vec<Token>,
    next: usize,
    known: &'a dyn Fn(&str) -> bool,
    variables: Vec<String>,
    loops: usize,
    depth: usize,
    defined: Vec<Defined>,
}

/// What a body is part of, which decides how it may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    File,
    Define,
    Branch,
    Else,
}

/// How a body ended.
enum Close {
    File,
    Done,
    Else,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        // The last token is `Eof` or `Error` and is never passed.
        let last = self.tokens.len() - 1;
        &self.tokens[self.next.min(last)]
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn skip_spaces(&mut self) {
        while self.peek().kind == TokenKind::Space {
            self.next += 1;
        }
    }

    fn peek_solid(&mut self) -> &Token {
        self.skip_spaces();
        self.peek()
    }

    fn take_solid(&mut self) -> Token {
        self.skip_spaces();
        self.take()
    }

    fn error<T>(&self, line: usize, reason: &str) -> Result<T, Error> {
        Err(Error::parse(self.file, self.source, line, reason))
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Result<T, Error> {
        if token.kind == TokenKind::Error {
            return self.error(token.line, &token.text);
        }
        self.error(
            token.line,
            &format!("unexpected {} in {context}", shown(token)),
        )
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token, Error> {
        let token = self.take_solid();
        if token.kind == kind {
            Ok(token)
        } else {
            self.unexpected(&token, context)
        }
    }

    fn deeper(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let line = self.peek().line;
            return self.error(line, "template is nested too deeply");
        }
        Ok(())
    }

    fn define(&mut self, new: Defined) -> Result<(), Error> {
        match self.defined.iter_mut().find(|old| old.name == new.name) {
            None => self.defined.push(new),
            Some(old) if is_blank(&old.body) => *old = new,
            Some(_) if is_blank(&new.body) => {}
            Some(_) => {
                let line = self.peek().line;
                let name = crate::fmt::quote(&new.name);
                return self.error(line, &format!("multiple definition of template {name}"));
            }
        }
        Ok(())
    }

    fn body(&mut self, context: Context) -> Result<(Body, Close), Error> {
        self.deeper()?;
        let mut body = Body::new();
        loop {
            let token = self.take();
            match token.kind {
                TokenKind::Text => body.push(Node::Text(token.text)),
                TokenKind::LeftDelim => {
                    let keyword = self.peek_solid().clone();
                    let word = (keyword.kind == TokenKind::Keyword).then_some(&*keyword.text);
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
                            return Ok((body, Close::Done));
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
                }
                TokenKind::Eof if context == Context::File => {
                    self.depth -= 1;
                    return Ok((body, Close::File));
                }
                TokenKind::Eof => return self.error(token.line, "unexpected EOF"),
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    fn definition(&mut self) -> Result<(), Error> {
        self.take();
        let name = self.name("define clause")?;
        self.expect(TokenKind::RightDelim, "define clause")?;
        let body = self.apart(Context::Define)?;
        self.define(Defined { name, body })
    }

    /// A body with variables and loops of its own.
    fn apart(&mut self, context: Context) -> Result<Body, Error> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let loops = std::mem::take(&mut self.loops);
        let (body, _) = self.body(context)?;
        self.variables = variables;
        self.loops = loops;
        Ok(body)
    }

    fn name(&mut self, context: &str) -> Result<String, Error> {
        let token = self.take_solid();
        match token.kind {
            TokenKind::Str | TokenKind::RawStr => self.unquote(&token),
            _ => self.unexpected(&token, context),
        }
    }

    fn action(&mut self, body: &mut Body) -> Result<(), Error> {
        let token = self.peek_solid().clone();
        if token.kind != TokenKind::Keyword {
            let pipe = self.pipeline("command", TokenKind::RightDelim)?;
            body.push(Node::Action(pipe));
            return Ok(());
        }
        self.take();
        let node = match token.text.as_str() {
            "if" => Node::If(self.branch("if")?),
            "range" => Node::Range(self.branch("range")?),
            "with" => Node::With(self.branch("with")?),
            "template" => Node::Template(self.invocation(&token)?),
            "block" => Node::Template(self.block(&token)?),
            "break" => self.leap(&token, Node::Break)?,
            "continue" => self.leap(&token, Node::Continue)?,
            _ => return self.unexpected(&token, "command"),
        };
        body.push(node);
        Ok(())
    }

    fn leap(&mut self, token: &Token, node: Node) -> Result<Node, Error> {
        let end = self.take_solid();
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
        self.deeper()?;
        let outer = self.variables.len();
        let pipe = self.pipeline(word, TokenKind::RightDelim)?;
        let looping = usize::from(word == "range");
        self.loops += looping;
        let (then, end) = self.body(Context::Branch)?;
        self.loops -= looping;
        let otherwise = match end {
            Close::Else => Some(self.otherwise(word)?),
            _ => None,
        };
        self.variables.truncate(outer);
        self.depth -= 1;
        Ok(Branch {
            pipe,
            then,
            otherwise,
        })
    }

    /// What follows `else`: a body, or `if`/`with` again, which share the one `end`.
    fn otherwise(&mut self, word: &'static str) -> Result<Body, Error> {
        let token = self.peek_solid().clone();
        if token.kind == TokenKind::Keyword && token.text == word && word != "range" {
            self.take();
            let nested = self.branch(word)?;
            return Ok(vec![if word == "if" {
                Node::If(nested)
            } else {
                Node::With(nested)
            }]);
        }
        self.expect(TokenKind::RightDelim, "else")?;
        let (body, _) = self.body(Context::Else)?;
        Ok(body)
    }

    fn invocation(&mut self, keyword: &Token) -> Result<Invocation, Error> {
        let name = self.name("template clause")?;
        let pipe = if self.peek_solid().kind == TokenKind::RightDelim {
            self.take();
            None
        } else {
            Some(self.pipeline("template clause", TokenKind::RightDelim)?)
        };
        Ok(Invocation {
            at: keyword.at,
            name,
            pipe,
        })
    }

    fn block(&mut self, keyword: &Token) -> Result<Invocation, Error> {
        let name = self.name("block clause")?;
        let pipe = self.pipeline("block clause", TokenKind::RightDelim)?;
        let body = self.apart(Context::Define)?;
        self.define(Defined {
            name: name.clone(),
            body,
        })?;
        Ok(Invocation {
            at: keyword.at,
            name,
            pipe: Some(pipe),
        })
    }
}

/// How Go shows a token in a message.
fn shown(token: &Token) -> String {
    match token.kind {
        TokenKind::Eof => "EOF".to_owned(),
        TokenKind::Keyword => format!("<{}>", token.text),
        _ if token.text.chars().count() > 10 => {
            let start: String = token.text.chars().take(10).collect();
            format!("{}...", crate::fmt::quote(&start))
        }
        _ => crate::fmt::quote(&token.text),
    }
}
