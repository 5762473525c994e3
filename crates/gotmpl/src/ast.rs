//! The syntax tree of a template, with a `Display` that matches Go's.
//!
//! Every node has its byte offset in the source, for error messages. Start at [`Node`]; the
//! `Display` implementations are in [`display`].
mod display;

use std::ops::Range;
use std::sync::Arc;

use crate::function::Function;
use crate::value::Value;

/// The function that an expression calls.
pub(crate) type Callee = Arc<Function>;

/// A sequence of nodes.
pub(crate) type Body = Vec<Node>;

/// One node of a template.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A text of the source, with the line on which it begins.
    Text(Range<usize>, usize),
    Action(Pipeline),
    If(Branch),
    Range(Branch),
    With(Branch),
    Template(Invocation),
    Break,
    Continue,
}

/// `if`, `range` or `with`: a pipeline and two bodies.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) pipe: Pipeline,
    pub(crate) then: Body,
    pub(crate) else_body: Option<Body>,
}

/// `{{template "name" pipeline}}`.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) offset: usize,
    /// The first line of the action.
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) pipe: Option<Pipeline>,
}

/// Commands joined by `|`; the result may be assigned to variables.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    pub(crate) offset: usize,
    /// The first line of the action.
    pub(crate) line: usize,
    pub(crate) variables: Vec<Arc<str>>,
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) offset: usize,
    pub(crate) arguments: Vec<Expr>,
}

/// An operand with its byte offset.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) offset: usize,
    pub(crate) kind: ExprKind,
}

/// The kinds of operands.
#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Nil,
    Dot,
    Bool(bool),
    Number(Box<Number>),
    /// A string, with the quoted literal from the source.
    Str {
        literal: Box<str>,
        value: Value,
    },
    /// `.a.b`
    Field(Vec<Box<str>>),
    /// `$x.a.b`
    Variable(Arc<str>, Vec<Box<str>>),
    Function(Callee),
    /// `(…).a.b`
    Chain(Box<Expr>, Vec<Box<str>>),
    /// `(…)`
    Pipe(Box<Pipeline>),
}

/// A number literal and the values that it can stand for.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) literal: Box<str>,
    pub(crate) int: Option<i64>,
    pub(crate) float: Option<f64>,
    /// Whether the number is a float when no parameter type decides.
    pub(crate) is_float: bool,
}
