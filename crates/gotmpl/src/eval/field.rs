//! Evaluates fields of maps and objects, and methods with their arguments.
use std::sync::Arc;

use super::Evaluator;
use super::frame::{Frame, ReflectValue};
use super::operand::CallArguments;
use crate::error::{Error, FunctionError};
use crate::signature::Signature;
use crate::value::{ElementType, Map, Object, Value};

impl Evaluator {
    /// Evaluates `.a.b.c` on a receiver; only the last name may have arguments.
    pub(super) fn fields<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        receiver: ReflectValue,
        names: &'t [Box<str>],
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        let Some((last, before)) = names.split_last() else {
            return Ok(receiver);
        };
        let mut receiver = receiver;
        for name in before {
            receiver = self.field(frame, dot, &receiver, name, CallArguments::NONE)?;
        }
        self.field(frame, dot, &receiver, last, call_arguments)
    }

    fn field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        receiver: &ReflectValue,
        name: &'t str,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        match &receiver.value {
            Value::Nil if receiver.is_interface => {
                frame.fail(&format!("nil pointer evaluating interface {{}}.{name}"))
            }
            Value::Nil => Ok(ReflectValue::default()),
            Value::Map(map) => self.map_field(frame, dot, map, name, call_arguments),
            Value::Object(object) => {
                self.object_field(frame, dot, receiver, object, name, call_arguments)
            }
            _ => no_field(frame, receiver, name),
        }
    }

    fn map_field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        map: &Map,
        name: &'t str,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        if let ElementType::NamedMap(named) = map.element_type()
            && let Some(signature) = (named.signature)(name)
        {
            return self.call_method(frame, dot, name, signature, call_arguments, |arguments| {
                (named.call)(map, name, arguments)
            });
        }
        if !call_arguments.is_empty() {
            return frame.fail(&format!("{name} is not a method but has arguments"));
        }
        Ok(element(map.element_type(), map.get(name)))
    }

    fn object_field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        receiver: &ReflectValue,
        object: &Arc<dyn Object>,
        name: &'t str,
        call_arguments: CallArguments<'t>,
    ) -> Result<ReflectValue, Error> {
        if let Some(signature) = object.signature(name) {
            return self.call_method(frame, dot, name, signature, call_arguments, |arguments| {
                object
                    .call_method(name, arguments)
                    .unwrap_or(Ok(Value::Nil))
            });
        }
        if let Some(value) = object.field(name) {
            if call_arguments.is_empty() {
                return Ok(value.into());
            }
            let reason = format!("{name} has arguments but cannot be invoked as function");
            return frame.fail(&reason);
        }
        match object.underlying() {
            Some(Value::Map(map)) => self.map_field(frame, dot, &map, name, call_arguments),
            _ => no_field(frame, receiver, name),
        }
    }

    fn call_method<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        name: &str,
        signature: Signature,
        call_arguments: CallArguments<'t>,
        call: impl FnOnce(&[Value]) -> Result<Value, FunctionError>,
    ) -> Result<ReflectValue, Error> {
        let node = frame.node;
        let arguments = self.arguments(frame, dot, &signature, name, call_arguments)?;
        let result = call(&arguments).and_then(|value| self.charge_result(value));
        result.map(ReflectValue::from).map_err(|error| {
            frame.node = node;
            frame.function_error(&format!("error calling {name}: "), error)
        })
    }
}

/// An element of a map, or the zero value when it is absent.
fn element(element_type: ElementType, found: Option<Value>) -> ReflectValue {
    ReflectValue {
        value: found.unwrap_or_else(|| element_type.zero()),
        is_interface: element_type.is_any(),
    }
}

fn no_field(frame: &Frame, receiver: &ReflectValue, name: &str) -> Result<ReflectValue, Error> {
    let kind = receiver.type_name();
    frame.fail(&format!("can't evaluate field {name} in type {kind}"))
}
