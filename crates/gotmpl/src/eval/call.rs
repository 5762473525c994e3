//! Calls functions; an argument is checked against its parameter when it is evaluated.
use super::Evaluator;
use super::frame::{Frame, NodeRef, ReflectValue};
use super::operand::CallArguments;
use crate::ast::{Callee, Expr, ExprKind};
use crate::builtin;
use crate::error::{Error, FunctionError};
use crate::limits::{ENTRY_SIZE, ITEM_SIZE};
use crate::signature::{Parameter, Signature, Special};
use crate::value::Value;

impl Evaluator {
    /// Calls a function with the arguments of its command; an error names `node`.
    pub(super) fn call<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        function: &'t Callee,
        node: NodeRef<'t>,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        let name = function.name;
        match function.special {
            Special::And => return self.short_circuit(frame, dot, name, false, call_arguments),
            Special::Or => return self.short_circuit(frame, dot, name, true, call_arguments),
            Special::Len if call_arguments.is_single() => {
                return self.length(frame, dot, node, call_arguments);
            }
            Special::None | Special::Call | Special::Len => {}
        }
        let first = call_arguments.arguments().first();
        let observed = function.observe_source.as_ref();
        let observed = observed.map(|observe| (observe, last_source(frame, &call_arguments)));
        let mut arguments =
            self.arguments(frame, dot, &function.signature, name, call_arguments)?;
        if function.special == Special::Call {
            // Go passes the source of the callee to `call`.
            arguments.insert(0, first.map(Expr::to_string).unwrap_or_default().into());
        }
        if let Some((observe, source)) = observed {
            observe(&arguments, &source);
        }
        let result = (function.run)(self, &arguments).and_then(|value| self.charge_result(value));
        if let Ok(value) = &result {
            self.templates.functions().report(name, &arguments, value);
        }
        result.map(ReflectValue::from).map_err(|error| {
            frame.node = node;
            frame.function_error(&format!("error calling {name}: "), error)
        })
    }

    /// Charges the text or the new list or map that a call returned.
    pub(super) fn charge_result(&self, value: Value) -> Result<Value, FunctionError> {
        match &value {
            Value::Str(text) => self.charge(text.len())?,
            Value::List(items) if items.is_unshared() => {
                self.charge_memory(items.len().saturating_mul(ITEM_SIZE))?;
            }
            Value::Map(map) if map.is_unshared() => {
                self.charge_memory(map.len().saturating_mul(ENTRY_SIZE))?;
            }
            _ => {}
        }
        Ok(value)
    }

    /// Evaluates all arguments and checks them against the signature.
    pub(super) fn arguments<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        signature: &Signature,
        name: &str,
        call_arguments: CallArguments<'t>,
    ) -> Result<Vec<Value>, Error> {
        let explicit = call_arguments.arguments();
        let count = explicit.len() + usize::from(call_arguments.piped.is_some());
        check_count(frame, signature, count, explicit.len(), name)?;
        let mut values = Vec::with_capacity(count);
        for (index, argument) in explicit.iter().enumerate() {
            let parameter = signature.at(index).unwrap_or(Parameter::Any);
            values.push(self.argument(frame, dot, argument, parameter)?);
        }
        if let Some(piped) = call_arguments.piped {
            let parameter = signature.at(values.len()).unwrap_or(Parameter::Any);
            values.push(check_value(frame, piped, parameter)?);
        }
        Ok(values)
    }

    fn argument<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        expr: &'t Expr,
        parameter: Parameter,
    ) -> Result<Value, Error> {
        match &expr.kind {
            ExprKind::Nil => {
                frame.node = NodeRef::Expr(expr);
                if parameter.has_nil() {
                    return Ok(Value::Nil);
                }
                frame.fail(&format!("cannot assign nil to {}", parameter.type_name()))
            }
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Str { .. } => {
                frame.node = NodeRef::Expr(expr);
                match literal_value(expr, parameter) {
                    Some(value) => Ok(value),
                    None if parameter == Parameter::Any => {
                        self.operand(frame, dot, expr).map(|operand| operand.value)
                    }
                    None => frame.fail(&literal_mismatch(expr, parameter)),
                }
            }
            _ => {
                let operand = self.operand(frame, dot, expr)?;
                check_value(frame, operand, parameter)
            }
        }
    }

    /// `len`, which distinguishes an untyped nil from a nil element.
    fn length<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        node: NodeRef<'t>,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        let operand = match call_arguments.arguments() {
            [explicit, ..] => self.operand(frame, dot, explicit)?,
            [] => call_arguments.piped.unwrap_or_default(),
        };
        let result = match &operand.value {
            Value::Nil if !operand.is_interface => Err(FunctionError::new(
                "reflect: call of reflect.Value.Type on zero Value",
            )),
            value => builtin::length(value),
        };
        result.map(ReflectValue::from).map_err(|error| {
            frame.node = node;
            frame.function_error("error calling len: ", error)
        })
    }

    /// `and` and `or`: the first deciding argument is the result; later arguments are not
    /// evaluated.
    fn short_circuit<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        name: &str,
        decides: bool,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        if call_arguments.is_empty() {
            return frame.fail(&format!(
                "wrong number of args for {name}: want at least 1 got 0"
            ));
        }
        let mut value = Value::Nil;
        for argument in call_arguments.arguments() {
            value = self.operand(frame, dot, argument)?.value;
            if value.is_true() == decides {
                return Ok(value.into());
            }
        }
        Ok(call_arguments
            .piped
            .map_or(value, |piped| piped.value)
            .into())
    }
}

/// The source of the last argument of a call.
fn last_source(frame: &Frame, call_arguments: &CallArguments) -> String {
    let source = match &call_arguments.piped {
        Some(_) => frame.piped_from.map(ToString::to_string),
        None => call_arguments.arguments().last().map(Expr::to_string),
    };
    source.unwrap_or_default()
}

fn check_count(
    frame: &Frame,
    signature: &Signature,
    count: usize,
    explicit: usize,
    name: &str,
) -> Result<(), Error> {
    let least = signature.fixed.len();
    if signature.rest.is_some() && count < least {
        let reason =
            format!("wrong number of args for {name}: want at least {least} got {explicit}");
        return frame.fail(&reason);
    }
    if signature.rest.is_none() && count != least {
        return frame.fail(&format!(
            "wrong number of args for {name}: want {least} got {count}"
        ));
    }
    Ok(())
}

/// The value as an argument of this type, or Go's error for a type mismatch.
fn check_value(frame: &Frame, operand: ReflectValue, parameter: Parameter) -> Result<Value, Error> {
    if operand.value.matches(parameter) {
        return Ok(operand.value);
    }
    let reason = match (&operand.value, operand.is_interface) {
        (Value::Nil, false) if parameter.has_nil() => return Ok(Value::Nil),
        (Value::Nil, false) => format!("invalid value; expected {}", parameter.type_name()),
        (Value::Nil, true) => wrong_type(parameter, "interface {}"),
        (value, _) => wrong_type(parameter, value.type_name()),
    };
    frame.fail(&reason)
}

fn wrong_type(parameter: Parameter, got: &str) -> String {
    format!(
        "wrong type for value; expected {}; got {got}",
        parameter.type_name()
    )
}

/// The value of a literal for this parameter type.
fn literal_value(expr: &Expr, parameter: Parameter) -> Option<Value> {
    match (&expr.kind, parameter) {
        (ExprKind::Str { value, .. }, Parameter::Str | Parameter::Any) => Some(value.clone()),
        (ExprKind::Bool(value), Parameter::Bool | Parameter::Any) => Some(Value::Bool(*value)),
        (ExprKind::Number(number), Parameter::Int) => number.int.map(Value::Int),
        (ExprKind::Number(number), Parameter::Uint) => {
            number.int.filter(|value| *value >= 0).map(Value::Int)
        }
        (ExprKind::Number(number), Parameter::Float) => number.float.map(Value::Float),
        _ => None,
    }
}

fn literal_mismatch(expr: &Expr, parameter: Parameter) -> String {
    match parameter {
        Parameter::Str => format!("expected string; found {expr}"),
        Parameter::Int => format!("expected integer; found {expr}"),
        Parameter::Uint => format!("expected unsigned integer; found {expr}"),
        Parameter::Bool => format!("expected bool; found {expr}"),
        Parameter::Float => format!("expected float; found {expr}"),
        _ => format!(
            "can't handle {expr} for arg of type {}",
            parameter.type_name()
        ),
    }
}
