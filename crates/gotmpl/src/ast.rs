//! A template as a tree, which can be written back as Go writes it.
//!
//! Every part knows its byte offset in the text, for messages. Start at [`Node`]; how parts are
//! written back is in [`shown`].
mod shown;

use std::sync::Arc;

use crate::function::Function;
use crate::value::Value;

/// A sequence of nodes.
pub(crate) type Body = Vec<Node>;

/// One part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Action(Pipeline),
    If(Branch),
    Range(Branch),
    With(Branch),
    Template(Invocation),
    Break,
    Continue,
}

/// `if`, `range` and `with`: a pipeline and two bodies.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) pipe: Pipeline,
    pub(crate) then: Body,
    pub(crate) otherwise: Option<Body>,
}

/// `{{template "name" pipeline}}`.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) at: usize,
    pub(crate) name: String,
    pub(crate) pipe: Option<Pipeline>,
}

/// Commands joined by `|`, perhaps kept in variables.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    pub(crate) at: usize,
    pub(crate) variables: Vec<Arc<str>>,
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) at: usize,
    pub(crate) arguments: Vec<Expr>,
}

/// An operand with its place.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) at: usize,
    pub(crate) kind: ExprKind,
}

/// The sorts of operands.
#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Nil,
    Dot,
    Bool(bool),
    Number(Number),
    /// A string, with the text as it was quoted.
    Str {
        written: Box<str>,
        value: Value,
    },
    /// `.a.b`
    Field(Vec<Box<str>>),
    /// `$x.a.b`
    Variable(Arc<str>, Vec<Box<str>>),
    /// A function's name, and the function.
    Identifier(Box<str>, Function),
    /// `(…).a.b`
    Chain(Box<Expr>, Vec<Box<str>>),
    /// `(…)`
    Pipe(Box<Pipeline>),
}

/// A number as it was written, and all it may mean.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) written: Box<str>,
    pub(crate) int: Option<i64>,
    pub(crate) float: Option<f64>,
    /// Whether it is a float when nothing else decides.
    pub(crate) is_float: bool,
}
