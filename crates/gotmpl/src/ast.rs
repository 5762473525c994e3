//! A template as a tree, which can be written back as Go writes it.
//!
//! Every part knows its byte offset in the text, for messages. Start at [`Node`].
use std::fmt;

/// A sequence of nodes.
pub(crate) type Body = Vec<Node>;

/// One part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(String),
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
    pub(crate) variables: Vec<String>,
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
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
        written: String,
        value: String,
    },
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a.b`: the first is the variable.
    Variable(Vec<String>),
    /// A function's name.
    Identifier(String),
    /// `(…).a.b`
    Chain(Box<Expr>, Vec<String>),
    /// `(…)`
    Pipe(Pipeline),
}

/// A number as it was written, and all it may mean.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) written: String,
    pub(crate) int: Option<i64>,
    pub(crate) float: Option<f64>,
    /// Whether it is a float when nothing else decides.
    pub(crate) is_float: bool,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Nil => f.write_str("nil"),
            ExprKind::Dot => f.write_str("."),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Number(number) => f.write_str(&number.written),
            ExprKind::Str { written, .. } => f.write_str(written),
            ExprKind::Field(names) => names.iter().try_for_each(|name| write!(f, ".{name}")),
            ExprKind::Variable(names) => f.write_str(&names.join(".")),
            ExprKind::Identifier(name) => f.write_str(name),
            ExprKind::Chain(inner, names) => {
                match inner.kind {
                    ExprKind::Pipe(_) => write!(f, "({inner})")?,
                    _ => write!(f, "{inner}")?,
                }
                names.iter().try_for_each(|name| write!(f, ".{name}"))
            }
            ExprKind::Pipe(pipe) => write!(f, "{pipe}"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, argument) in self.arguments.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            match argument.kind {
                ExprKind::Pipe(_) => write!(f, "({argument})")?,
                _ => write!(f, "{argument}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.assigns { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            if index > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{command}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", crate::fmt::quote(&self.name))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}
