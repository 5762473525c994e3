//! Calls of functions: arguments are checked where they stand.
use super::Machine;
use super::frame::{Cell, Frame};
use crate::ast::{Command, Expr, ExprKind};
use crate::builtin;
use crate::error::Error;
use crate::function::{Function, Kinds, Param};
use crate::value::Value;

impl Machine {
    /// Calls a function by name with the arguments of its command.
    pub(super) fn call_named(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        name: &str,
        expr: &Expr,
        command: &Command,
        piped: Option<Value>,
    ) -> Result<Value, Error> {
        let arguments = command.arguments.get(1..).unwrap_or_default();
        let context = command_or_name(command, expr);
        if matches!(name, "and" | "or") {
            return self.connective(frame, dot, name, expr, arguments, piped);
        }
        let function = self
            .functions
            .get(name)
            .cloned()
            .or_else(|| builtin::get(name));
        let Some(function) = function else {
            let reason = format!("{} is not a defined function", crate::fmt::quote(name));
            return Err(frame.error(expr.at, &context, &reason));
        };
        let count = arguments.len() + usize::from(piped.is_some());
        check_count(&function.takes, count, name)
            .map_err(|reason| frame.error(expr.at, name, &reason))?;
        let given = self.arguments(frame, dot, &function, arguments, piped, expr)?;
        let answer = (function.run)(self, &given).and_then(|value| {
            if let Value::Str(text) = &value {
                self.charge(text.len())?;
            }
            Ok(value)
        });
        answer.map_err(|fault| {
            frame.fault(expr.at, &context, &format!("error calling {name}: "), fault)
        })
    }

    fn arguments(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        function: &Function,
        arguments: &[Expr],
        piped: Option<Value>,
        call: &Expr,
    ) -> Result<Vec<Value>, Error> {
        let mut given = Vec::with_capacity(arguments.len() + 1);
        for (index, argument) in arguments.iter().enumerate() {
            let wanted = function.takes.at(index).unwrap_or(Param::Any);
            given.push(self.argument(frame, dot, argument, wanted)?);
        }
        if let Some(value) = piped {
            let wanted = function.takes.at(given.len()).unwrap_or(Param::Any);
            if !wanted.accepts(&value) {
                return Err(frame.error(call.at, &call.to_string(), &wrong_type(wanted, &value)));
            }
            given.push(value);
        }
        Ok(given)
    }

    fn argument(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        expr: &Expr,
        wanted: Param,
    ) -> Result<Value, Error> {
        let fail =
            |frame: &Frame, reason: String| Err(frame.error(expr.at, &expr.to_string(), &reason));
        let literal = matches!(
            expr.kind,
            ExprKind::Number(_) | ExprKind::Str { .. } | ExprKind::Bool(_) | ExprKind::Nil
        );
        if !literal || wanted == Param::Any {
            let value = self.operand(frame, dot, expr)?;
            if wanted.accepts(&value) {
                return Ok(value);
            }
            return fail(frame, wrong_type(wanted, &value));
        }
        match (&expr.kind, wanted) {
            (ExprKind::Str { value, .. }, Param::Str) => Ok(value.as_str().into()),
            (ExprKind::Bool(value), Param::Bool) => Ok(Value::Bool(*value)),
            (ExprKind::Number(number), Param::Int) if number.int.is_some() => {
                Ok(Value::Int(number.int.unwrap_or_default()))
            }
            (ExprKind::Number(number), Param::Float) if number.float.is_some() => {
                Ok(Value::Float(number.float.unwrap_or_default()))
            }
            (ExprKind::Nil, Param::Map) => Ok(Value::Map(crate::value::Map::new())),
            (ExprKind::Nil, Param::List) => Ok(Value::list([])),
            (ExprKind::Nil, _) => fail(
                frame,
                format!("cannot assign nil to {}", wanted.type_name()),
            ),
            (_, Param::Str) => fail(frame, format!("expected string; found {expr}")),
            (_, Param::Int) => fail(frame, format!("expected integer; found {expr}")),
            (_, Param::Bool) => fail(frame, format!("expected bool; found {expr}")),
            (_, Param::Float) => fail(frame, format!("expected float; found {expr}")),
            _ => {
                let value = self.operand(frame, dot, expr)?;
                fail(frame, wrong_type(wanted, &value))
            }
        }
    }

    /// `and` and `or`: what decides is the value, and nothing after it is looked at.
    fn connective(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        name: &str,
        expr: &Expr,
        arguments: &[Expr],
        piped: Option<Value>,
    ) -> Result<Value, Error> {
        if arguments.is_empty() && piped.is_none() {
            let reason = format!("wrong number of args for {name}: want at least 1 got 0");
            return Err(frame.error(expr.at, name, &reason));
        }
        let decides = name == "or";
        let mut value = Value::Nil;
        for argument in arguments {
            value = self.operand(frame, dot, argument)?;
            if value.is_true() == decides {
                return Ok(value);
            }
        }
        Ok(piped.unwrap_or(value))
    }
}

fn command_or_name(command: &Command, expr: &Expr) -> String {
    if command.arguments.len() > 1 {
        command.to_string()
    } else {
        expr.to_string()
    }
}

fn check_count(takes: &Kinds, count: usize, name: &str) -> Result<(), String> {
    let least = takes.fixed.len();
    if takes.rest.is_some() && count < least {
        return Err(format!(
            "wrong number of args for {name}: want at least {least} got {count}"
        ));
    }
    if takes.rest.is_none() && count != least {
        return Err(format!(
            "wrong number of args for {name}: want {least} got {count}"
        ));
    }
    Ok(())
}

fn wrong_type(wanted: Param, value: &Value) -> String {
    let got = match value {
        Value::Nil => "interface {}",
        other => other.type_name(),
    };
    format!(
        "wrong type for value; expected {}; got {got}",
        wanted.type_name()
    )
}
