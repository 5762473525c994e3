//! Commands, operands, fields and variables.
use super::Machine;
use super::frame::{Cell, Frame};
use crate::ast::{Command, Expr, ExprKind, Number};
use crate::error::Error;
use crate::value::Value;

impl Machine {
    /// A command: its first operand, with its arguments and the value piped into it.
    pub(super) fn command(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        command: &Command,
        piped: Option<Value>,
    ) -> Result<Value, Error> {
        self.budget
            .step()
            .map_err(|fault| frame.fault(0, &command.to_string(), "", fault))?;
        let Some((first, arguments)) = command.arguments.split_first() else {
            return Ok(Value::Nil);
        };
        match &first.kind {
            ExprKind::Field(names) => {
                self.fields(frame, dot, dot.clone(), names, first, arguments, piped)
            }
            ExprKind::Chain(inner, names) => {
                let receiver = self.receiver(frame, dot, inner)?;
                self.fields(frame, dot, receiver, names, first, arguments, piped)
            }
            ExprKind::Variable(names) => self.variable(frame, dot, names, first, arguments, piped),
            ExprKind::Identifier(name) => self.call_named(frame, dot, name, first, command, piped),
            _ => {
                if !arguments.is_empty() || piped.is_some() {
                    let reason = format!("can't give argument to non-function {first}");
                    return Err(frame.error(first.at, &first.to_string(), &reason));
                }
                if matches!(first.kind, ExprKind::Nil) {
                    return Err(frame.error(first.at, "nil", "nil is not a command"));
                }
                self.operand(frame, dot, first)
            }
        }
    }

    /// The value of an operand that stands as an argument.
    pub(super) fn operand(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        expr: &Expr,
    ) -> Result<Value, Error> {
        match &expr.kind {
            ExprKind::Nil => Ok(Value::Nil),
            ExprKind::Dot => Ok(dot.value.clone()),
            ExprKind::Bool(value) => Ok(Value::Bool(*value)),
            ExprKind::Number(number) => ideal(frame, expr, number),
            ExprKind::Str { value, .. } => Ok(Value::from(value.as_str())),
            ExprKind::Pipe(pipe) => self.pipeline(frame, dot, pipe),
            ExprKind::Field(names) => self.fields(frame, dot, dot.clone(), names, expr, &[], None),
            ExprKind::Variable(names) => self.variable(frame, dot, names, expr, &[], None),
            ExprKind::Chain(inner, names) => {
                let receiver = self.receiver(frame, dot, inner)?;
                self.fields(frame, dot, receiver, names, expr, &[], None)
            }
            ExprKind::Identifier(name) => {
                let alone = Command {
                    arguments: vec![expr.clone()],
                };
                self.call_named(frame, dot, name, expr, &alone, None)
            }
        }
    }

    fn receiver(&mut self, frame: &mut Frame, dot: &Cell, inner: &Expr) -> Result<Cell, Error> {
        if matches!(inner.kind, ExprKind::Nil) {
            let reason = "indirection through explicit nil in .";
            return Err(frame.error(inner.at, "nil", reason));
        }
        Ok(Cell::from(self.operand(frame, dot, inner)?))
    }

    fn variable(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        names: &[String],
        expr: &Expr,
        arguments: &[Expr],
        piped: Option<Value>,
    ) -> Result<Value, Error> {
        let Some((variable, fields)) = names.split_first() else {
            return Ok(Value::Nil);
        };
        let Some(cell) = frame.get(variable).cloned() else {
            let reason = format!("undefined variable: {variable}");
            return Err(frame.error(expr.at, &expr.to_string(), &reason));
        };
        if fields.is_empty() {
            if !arguments.is_empty() || piped.is_some() {
                let reason = format!("can't give argument to non-function {expr}");
                return Err(frame.error(expr.at, &expr.to_string(), &reason));
            }
            return Ok(cell.value);
        }
        self.fields(frame, dot, cell, fields, expr, arguments, piped)
    }

    /// `.a.b.c` on a receiver; only the last may have arguments.
    #[expect(
        clippy::too_many_arguments,
        reason = "one place of the language needs all of them"
    )]
    fn fields(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        receiver: Cell,
        names: &[String],
        expr: &Expr,
        arguments: &[Expr],
        piped: Option<Value>,
    ) -> Result<Value, Error> {
        let Some((last, before)) = names.split_last() else {
            return Ok(receiver.value);
        };
        let mut receiver = receiver;
        for name in before {
            receiver = Self::field(frame, receiver, name, expr, Vec::new())?;
        }
        let mut given = Vec::with_capacity(arguments.len() + 1);
        for argument in arguments {
            given.push(self.operand(frame, dot, argument)?);
        }
        given.extend(piped);
        Self::field(frame, receiver, last, expr, given).map(|cell| cell.value)
    }

    fn field(
        frame: &Frame,
        receiver: Cell,
        name: &str,
        expr: &Expr,
        arguments: Vec<Value>,
    ) -> Result<Cell, Error> {
        let fail = |reason: String| Err(frame.error(expr.at, &expr.to_string(), &reason));
        let found =
            match &receiver.value {
                Value::Nil if receiver.element => {
                    return fail(format!("nil pointer evaluating interface {{}}.{name}"));
                }
                Value::Nil => return Ok(Cell::from(Value::Nil)),
                Value::Map(map) if arguments.is_empty() => Some(map.get(name).unwrap_or_default()),
                Value::Map(_) => {
                    return fail(format!("{name} is not a method but has arguments"));
                }
                Value::Object(object) => match object.method(name, &arguments) {
                    Some(result) => {
                        let said = format!("error calling {name}: ");
                        Some(result.map_err(|fault| {
                            frame.fault(expr.at, &expr.to_string(), &said, fault)
                        })?)
                    }
                    None => {
                        let field = object.field(name).or_else(|| {
                            object
                                .underlying()?
                                .as_map()
                                .map(|map| map.get(name).unwrap_or_default())
                        });
                        if field.is_some() && !arguments.is_empty() {
                            return fail(format!(
                                "{name} has arguments but cannot be invoked as function"
                            ));
                        }
                        field
                    }
                },
                _ => None,
            };
        match found {
            Some(value) => Ok(Cell {
                value,
                element: true,
            }),
            None => {
                let kind = match &receiver.value {
                    Value::Object(object) => object.type_name(),
                    _ if receiver.element => "interface {}",
                    other => other.type_name(),
                };
                fail(format!("can't evaluate field {name} in type {kind}"))
            }
        }
    }
}

/// The value of a number when nothing else decides.
fn ideal(frame: &Frame, expr: &Expr, number: &Number) -> Result<Value, Error> {
    match (number.is_float, number.int, number.float) {
        (true, _, Some(value)) => Ok(Value::Float(value)),
        (false, Some(value), _) => Ok(Value::Int(value)),
        _ => {
            let reason = format!("{} overflows int", number.written);
            Err(frame.error(expr.at, &expr.to_string(), &reason))
        }
    }
}
