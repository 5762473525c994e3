//! Fields of maps and objects, and methods with their arguments.
use std::sync::Arc;

use super::Machine;
use super::frame::{Cell, Frame};
use super::operand::Given;
use crate::error::Error;
use crate::function::{Fault, Kinds};
use crate::value::{Map, Object, Of, Value};

impl Machine {
    /// `.a.b.c` on a receiver; only the last may have arguments.
    pub(super) fn fields<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        receiver: Cell,
        names: &'t [Box<str>],
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        let Some((last, before)) = names.split_last() else {
            return Ok(receiver);
        };
        let mut receiver = receiver;
        for name in before {
            receiver = self.field(frame, dot, &receiver, name, Given::NONE)?;
        }
        self.field(frame, dot, &receiver, last, given)
    }

    fn field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        receiver: &Cell,
        name: &'t str,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        match &receiver.value {
            Value::Nil if receiver.boxed => {
                frame.fail(&format!("nil pointer evaluating interface {{}}.{name}"))
            }
            Value::Nil => Ok(Cell::default()),
            Value::Map(map) => self.map_field(frame, dot, map, name, given),
            Value::Object(object) => self.object_field(frame, dot, receiver, object, name, given),
            _ => no_field(frame, receiver, name),
        }
    }

    fn map_field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        map: &Map,
        name: &'t str,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        if let Of::Named(named) = map.of()
            && let Some(takes) = (named.takes)(name)
        {
            return self.method(frame, dot, name, takes, given, |arguments| {
                (named.call)(map, name, arguments)
            });
        }
        if !given.is_nothing() {
            return frame.fail(&format!("{name} is not a method but has arguments"));
        }
        Ok(element(map.of(), map.get(name)))
    }

    fn object_field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        receiver: &Cell,
        object: &Arc<dyn Object>,
        name: &'t str,
        given: Given<'t>,
    ) -> Result<Cell, Error> {
        if let Some(takes) = object.takes(name) {
            return self.method(frame, dot, name, takes, given, |arguments| {
                object.method(name, arguments).unwrap_or(Ok(Value::Nil))
            });
        }
        if let Some(value) = object.field(name) {
            if given.is_nothing() {
                return Ok(value.into());
            }
            let reason = format!("{name} has arguments but cannot be invoked as function");
            return frame.fail(&reason);
        }
        match object.underlying() {
            Some(Value::Map(map)) => self.map_field(frame, dot, &map, name, given),
            _ => no_field(frame, receiver, name),
        }
    }

    fn method<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        name: &str,
        takes: Kinds,
        given: Given<'t>,
        call: impl FnOnce(&[Value]) -> Result<Value, Fault>,
    ) -> Result<Cell, Error> {
        let place = frame.at;
        let arguments = self.arguments(frame, dot, &takes, name, given)?;
        call(&arguments).map(Cell::from).map_err(|fault| {
            frame.at = place;
            frame.fault(&format!("error calling {name}: "), fault)
        })
    }
}

/// An element of a map, which may not be there.
fn element(of: Of, found: Option<Value>) -> Cell {
    Cell {
        value: found.unwrap_or_else(|| of.zero()),
        boxed: of.is_any(),
    }
}

fn no_field(frame: &Frame, receiver: &Cell, name: &str) -> Result<Cell, Error> {
    let kind = receiver.type_name();
    frame.fail(&format!("can't evaluate field {name} in type {kind}"))
}
