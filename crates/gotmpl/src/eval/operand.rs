//! Evaluates commands, operands and variables.
use super::Evaluator;
use super::frame::{Frame, NodeRef, ReflectValue};
use crate::ast::{Command, Expr, ExprKind, Number};
use crate::error::Error;
use crate::value::Value;

/// The arguments of a command, and the value that is piped into it.
pub(super) struct CallArguments<'t> {
    pub(super) command: Option<&'t Command>,
    pub(super) piped: Option<ReflectValue>,
}

impl<'t> CallArguments<'t> {
    /// No arguments.
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

    pub(super) fn is_single(&self) -> bool {
        self.arguments().len() + usize::from(self.piped.is_some()) == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arguments().is_empty() && self.piped.is_none()
    }
}

impl Evaluator {
    /// Evaluates a command: its first operand with the arguments and the piped value.
    pub(super) fn command<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        command: &'t Command,
        piped: Option<ReflectValue>,
    ) -> Result<ReflectValue, Error> {
        self.budget
            .charge_step()
            .map_err(|error| frame.limit_error(error.into()))?;
        let Some(first) = command.arguments.first() else {
            return Ok(ReflectValue::default());
        };
        let call_arguments = CallArguments {
            command: Some(command),
            piped,
        };
        match &first.kind {
            ExprKind::Field(names) => {
                frame.node = NodeRef::Expr(first);
                self.fields(frame, dot, dot.clone(), names, call_arguments)
            }
            ExprKind::Chain(inner, names) => {
                self.chain(frame, dot, first, inner, names, call_arguments)
            }
            ExprKind::Variable(name, names) => {
                self.variable(frame, dot, first, name, names, call_arguments)
            }
            ExprKind::Function(callee) => {
                frame.node = NodeRef::Expr(first);
                self.call(
                    frame,
                    dot,
                    callee,
                    NodeRef::Command(command),
                    call_arguments,
                )
            }
            ExprKind::Pipe(pipe) => {
                not_a_function(frame, first, &call_arguments)?;
                self.pipeline(frame, dot, pipe)
            }
            ExprKind::Nil => {
                frame.node = NodeRef::Expr(first);
                not_a_function(frame, first, &call_arguments)?;
                frame.fail("nil is not a command")
            }
            _ => {
                frame.node = NodeRef::Expr(first);
                not_a_function(frame, first, &call_arguments)?;
                self.operand(frame, dot, first)
            }
        }
    }

    /// Evaluates an operand that is an argument.
    pub(super) fn operand<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        expr: &'t Expr,
    ) -> Result<ReflectValue, Error> {
        frame.node = NodeRef::Expr(expr);
        match &expr.kind {
            ExprKind::Nil => Ok(ReflectValue::default()),
            ExprKind::Dot => Ok(dot.clone()),
            ExprKind::Bool(value) => Ok(Value::Bool(*value).into()),
            ExprKind::Number(number) => ideal(frame, number),
            ExprKind::Str { value, .. } => Ok(value.clone().into()),
            ExprKind::Pipe(pipe) => self.pipeline(frame, dot, pipe),
            ExprKind::Field(names) => {
                self.fields(frame, dot, dot.clone(), names, CallArguments::NONE)
            }
            ExprKind::Variable(name, names) => {
                self.variable(frame, dot, expr, name, names, CallArguments::NONE)
            }
            ExprKind::Chain(inner, names) => {
                self.chain(frame, dot, expr, inner, names, CallArguments::NONE)
            }
            ExprKind::Function(callee) => {
                self.call(frame, dot, callee, NodeRef::Expr(expr), CallArguments::NONE)
            }
        }
    }

    fn chain<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        expr: &'t Expr,
        inner: &'t Expr,
        names: &'t [Box<str>],
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        frame.node = NodeRef::Expr(expr);
        if matches!(inner.kind, ExprKind::Nil) {
            return frame.fail(&format!("indirection through explicit nil in {expr}"));
        }
        let receiver = self.operand(frame, dot, inner)?;
        self.fields(frame, dot, receiver, names, call_arguments)
    }

    fn variable<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        expr: &'t Expr,
        name: &str,
        names: &'t [Box<str>],
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        frame.node = NodeRef::Expr(expr);
        let operand = frame.get(name)?;
        if names.is_empty() {
            not_a_function(frame, expr, &call_arguments)?;
            return Ok(operand);
        }
        self.fields(frame, dot, operand, names, call_arguments)
    }
}

fn not_a_function(
    frame: &Frame,
    first: &Expr,
    call_arguments: &CallArguments,
) -> Result<(), Error> {
    if call_arguments.is_empty() {
        return Ok(());
    }
    frame.fail(&format!("can't give argument to non-function {first}"))
}

/// The value of a number when no parameter type decides.
fn ideal(frame: &Frame, number: &Number) -> Result<ReflectValue, Error> {
    match (number.is_float, number.int, number.float) {
        (true, _, Some(value)) => Ok(Value::Float(value).into()),
        (false, Some(value), _) => Ok(Value::Int(value).into()),
        _ => frame.fail(&format!("{} overflows int", number.literal)),
    }
}
