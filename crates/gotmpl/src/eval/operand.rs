//! Commands, operands and variables.
use super::Machine;
use super::frame::{At, Cell, Frame};
use crate::ast::{Command, Expr, ExprKind, Number};
use crate::error::Error;
use crate::value::Value;

/// The arguments of a command (its first operand among them), and what is piped into it.
pub(super) struct Given<'t> {
    pub(super) command: Option<&'t Command>,
    pub(super) piped: Option<Cell>,
}

impl<'t> Given<'t> {
    /// No arguments at all.
    pub(super) const NONE: Self = Self {
        command: None,
        piped: None,
    };

    /// The arguments after the first operand.
    pub(super) fn arguments(&self) -> &'t [Expr] {
        self.command
            .and_then(|command| command.arguments.get(1..))
            .unwrap_or_default()
    }

    pub(super) fn is_one(&self) -> bool {
        self.arguments().len() + usize::from(self.piped.is_some()) == 1
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.arguments().is_empty() && self.piped.is_none()
    }
}

impl Machine {
    /// A command: its first operand, with its arguments and the value piped into it.
    pub(super) fn command<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        command: &'t Command,
        piped: Option<Cell>,
    ) -> Result<Cell, Error> {
        self.budget.step().map_err(|fault| frame.limit(fault))?;
        let Some(first) = command.arguments.first() else {
            return Ok(Cell::default());
        };
        let given = Given {
            command: Some(command),
            piped,
        };
        match &first.kind {
            ExprKind::Field(names) => {
                frame.at = At::Expr(first);
                self.fields(frame, dot, dot.clone(), names, given)
            }
            ExprKind::Chain(inner, names) => self.chain(frame, dot, first, inner, names, given),
            ExprKind::Variable(name, names) => self.variable(frame, dot, first, name, names, given),
            ExprKind::Identifier(name, function) => {
                frame.at = At::Expr(first);
                self.call(frame, dot, function, name, At::Command(command), given)
            }
            ExprKind::Pipe(pipe) => {
                not_a_function(frame, first, &given)?;
                self.pipeline(frame, dot, pipe)
            }
            ExprKind::Nil => {
                frame.at = At::Expr(first);
                not_a_function(frame, first, &given)?;
                frame.fail("nil is not a command")
            }
            _ => {
                frame.at = At::Expr(first);
                not_a_function(frame, first, &given)?;
                self.operand(frame, dot, first)
            }
        }
    }

    /// The value of an operand that stands as an argument.
    pub(super) fn operand<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        expr: &'t Expr,
    ) -> Result<Cell, Error> {
        frame.at = At::Expr(expr);
        match &expr.kind {
            ExprKind::Nil => Ok(Cell::default()),
            ExprKind::Dot => Ok(dot.clone()),
            ExprKind::Bool(value) => Ok(Value::Bool(*value).into()),
            ExprKind::Number(number) => ideal(frame, number),
            ExprKind::Str { value, .. } => Ok(value.clone().into()),
            ExprKind::Pipe(pipe) => self.pipeline(frame, dot, pipe),
            ExprKind::Field(names) => self.fields(frame, dot, dot.clone(), names, Given::NONE),
            ExprKind::Variable(name, names) => {
                self.variable(frame, dot, expr, name, names, Given::NONE)
            }
            ExprKind::Chain(inner, names) => {
                self.chain(frame, dot, expr, inner, names, Given::NONE)
            }
            ExprKind::Identifier(name, function) => {
                self.call(frame, dot, function, name, At::Expr(expr), Given::NONE)
            }
        }
    }

    fn chain<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        expr: &'t Expr,
        inner: &'t Expr,
        names: &'t [Box<str>],
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        frame.at = At::Expr(expr);
        if matches!(inner.kind, ExprKind::Nil) {
            return frame.fail(&format!("indirection through explicit nil in {expr}"));
        }
        let receiver = self.operand(frame, dot, inner)?;
        self.fields(frame, dot, receiver, names, given)
    }

    fn variable<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        expr: &'t Expr,
        name: &str,
        names: &'t [Box<str>],
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        frame.at = At::Expr(expr);
        let cell = frame.get(name)?;
        if names.is_empty() {
            not_a_function(frame, expr, &given)?;
            return Ok(cell);
        }
        self.fields(frame, dot, cell, names, given)
    }
}

fn not_a_function(frame: &Frame, first: &Expr, given: &Given) -> Result<(), Error> {
    if given.is_nothing() {
        return Ok(());
    }
    frame.fail(&format!("can't give argument to non-function {first}"))
}

/// The value of a number when nothing else decides.
fn ideal(frame: &Frame, number: &Number) -> Result<Cell, Error> {
    match (number.is_float, number.int, number.float) {
        (true, _, Some(value)) => Ok(Value::Float(value).into()),
        (false, Some(value), _) => Ok(Value::Int(value).into()),
        _ => frame.fail(&format!("{} overflows int", number.written)),
    }
}
