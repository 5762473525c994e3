//! Calls of functions: arguments are checked where they stand.
use super::Machine;
use super::frame::{At, Cell, Frame};
use super::operand::Given;
use crate::ast::{Expr, ExprKind};
use crate::builtin;
use crate::error::Error;
use crate::function::{Fault, Function, Kinds, Param, Special};
use crate::value::Value;

impl Machine {
    /// Calls a function with the arguments of its command; `place` is what a failure names.
    pub(super) fn call<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        function: &'t Function,
        name: &str,
        place: At<'t>,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        match function.special {
            Special::And => return self.connective(frame, dot, name, false, given),
            Special::Or => return self.connective(frame, dot, name, true, given),
            Special::Len if given.is_one() => return self.length(frame, dot, place, given),
            Special::No | Special::Call | Special::Len => {}
        }
        let first = given.arguments().first();
        let mut arguments = self.arguments(frame, dot, &function.takes, name, given)?;
        if function.special == Special::Call {
            // Go tells `call` how its callee was written.
            arguments.insert(0, first.map(Expr::to_string).unwrap_or_default().into());
        }
        let answer = (function.run)(self, &arguments).and_then(|value| {
            match &value {
                Value::Str(text) => self.charge(text.len())?,
                Value::List(items) if items.is_fresh() => self.charge_values(items.len())?,
                Value::Map(map) if map.is_fresh() => self.charge_values(map.len())?,
                _ => {}
            }
            Ok(value)
        });
        answer.map(Cell::from).map_err(|fault| {
            frame.at = place;
            frame.fault(&format!("error calling {name}: "), fault)
        })
    }

    /// The values of all arguments, checked against what is taken.
    pub(super) fn arguments<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        takes: &Kinds,
        name: &str,
        given: Given<'t>,
    ) -> Result<Vec<Value>, Error> {
        let written = given.arguments();
        let count = written.len() + usize::from(given.piped.is_some());
        check_count(frame, takes, count, written.len(), name)?;
        let mut values = Vec::with_capacity(count);
        for (index, argument) in written.iter().enumerate() {
            let wanted = takes.at(index).unwrap_or(Param::Any);
            values.push(self.argument(frame, dot, argument, wanted)?);
        }
        if let Some(piped) = given.piped {
            let wanted = takes.at(values.len()).unwrap_or(Param::Any);
            values.push(checked(frame, piped, wanted)?);
        }
        Ok(values)
    }

    fn argument<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        expr: &'t Expr,
        wanted: Param,
    ) -> Result<Value, Error> {
        match &expr.kind {
            ExprKind::Nil => {
                frame.at = At::Expr(expr);
                if wanted.has_nil() {
                    return Ok(Value::Nil);
                }
                frame.fail(&format!("cannot assign nil to {}", wanted.type_name()))
            }
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Str { .. } => {
                frame.at = At::Expr(expr);
                match literal(expr, wanted) {
                    Some(value) => Ok(value),
                    None if wanted == Param::Any => {
                        self.operand(frame, dot, expr).map(|cell| cell.value)
                    }
                    None => frame.fail(&unfit(expr, wanted)),
                }
            }
            _ => {
                let cell = self.operand(frame, dot, expr)?;
                checked(frame, cell, wanted)
            }
        }
    }

    /// `len`, which tells a nil of no type from a nil element.
    fn length<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        place: At<'t>,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        let cell = match given.arguments() {
            [written, ..] => self.operand(frame, dot, written)?,
            [] => given.piped.unwrap_or_default(),
        };
        let answer = match &cell.value {
            Value::Nil if !cell.boxed => Err(Fault::new(
                "reflect: call of reflect.Value.Type on zero Value",
            )),
            value => builtin::length(value),
        };
        answer.map(Cell::from).map_err(|fault| {
            frame.at = place;
            frame.fault("error calling len: ", fault)
        })
    }

    /// `and` and `or`: what decides is the value, and nothing after it is looked at.
    fn connective<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        name: &str,
        decides: bool,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        if given.is_nothing() {
            return frame.fail(&format!(
                "wrong number of args for {name}: want at least 1 got 0"
            ));
        }
        let mut value = Value::Nil;
        for argument in given.arguments() {
            value = self.operand(frame, dot, argument)?.value;
            if value.is_true() == decides {
                return Ok(value.into());
            }
        }
        Ok(given.piped.map_or(value, |piped| piped.value).into())
    }
}

fn check_count(
    frame: &Frame,
    takes: &Kinds,
    count: usize,
    written: usize,
    name: &str,
) -> Result<(), Error> {
    let least = takes.fixed.len();
    if takes.rest.is_some() && count < least {
        let reason =
            format!("wrong number of args for {name}: want at least {least} got {written}");
        return frame.fail(&reason);
    }
    if takes.rest.is_none() && count != least {
        return frame.fail(&format!(
            "wrong number of args for {name}: want {least} got {count}"
        ));
    }
    Ok(())
}

/// A value where a parameter stands, or Go's words for why it may not stand there.
fn checked(frame: &Frame, cell: Cell, wanted: Param) -> Result<Value, Error> {
    if wanted.accepts(&cell.value) {
        return Ok(cell.value);
    }
    let reason = match (&cell.value, cell.boxed) {
        (Value::Nil, false) if wanted.has_nil() => return Ok(Value::Nil),
        (Value::Nil, false) => format!("invalid value; expected {}", wanted.type_name()),
        (Value::Nil, true) => wrong_type(wanted, "interface {}"),
        (value, _) => wrong_type(wanted, value.type_name()),
    };
    frame.fail(&reason)
}

fn wrong_type(wanted: Param, got: &str) -> String {
    format!(
        "wrong type for value; expected {}; got {got}",
        wanted.type_name()
    )
}

/// A literal as the parameter wants it.
fn literal(expr: &Expr, wanted: Param) -> Option<Value> {
    match (&expr.kind, wanted) {
        (ExprKind::Str { value, .. }, Param::Str | Param::Any) => Some(value.clone()),
        (ExprKind::Bool(value), Param::Bool | Param::Any) => Some(Value::Bool(*value)),
        (ExprKind::Number(number), Param::Int) => number.int.map(Value::Int),
        (ExprKind::Number(number), Param::Uint) => {
            number.int.filter(|value| *value >= 0).map(Value::Int)
        }
        (ExprKind::Number(number), Param::Float) => number.float.map(Value::Float),
        _ => None,
    }
}

fn unfit(expr: &Expr, wanted: Param) -> String {
    match wanted {
        Param::Str => format!("expected string; found {expr}"),
        Param::Int => format!("expected integer; found {expr}"),
        Param::Uint => format!("expected unsigned integer; found {expr}"),
        Param::Bool => format!("expected bool; found {expr}"),
        Param::Float => format!("expected float; found {expr}"),
        _ => format!("can't handle {expr} for arg of type {}", wanted.type_name()),
    }
}
