//! The language's own functions; `and`, `or` and `len` are helped by the evaluator.
mod escape;
mod index;

use std::sync::LazyLock;

use crate::compare::{equal, less};
use crate::fmt::{self, Overflow};
use crate::function::{Fault, Function, Functions, Kinds, Param, Special};
use crate::value::Value;
use index::{index, slice};

use Param::{Any, Str};

static TABLE: LazyLock<Functions> = LazyLock::new(table);

pub(crate) fn get(name: &str) -> Option<Function> {
    TABLE.get(name).cloned()
}

fn table() -> Functions {
    let mut table = Functions::new();
    for (name, special) in [("and", Special::And), ("or", Special::Or)] {
        table.add(name, Kinds::then(&[Any], Any), |_| Ok(Value::Nil));
        table.mark(name, special);
    }
    table.add("not", Kinds::exactly(&[Any]), |a| {
        Ok(Value::Bool(!arg(a, 0).is_true()))
    });
    table.add("len", Kinds::exactly(&[Any]), |a| length(arg(a, 0)));
    table.mark("len", Special::Len);
    table.add("index", Kinds::then(&[Any], Any), index);
    table.add("slice", Kinds::then(&[Any], Any), slice);
    table.add("call", Kinds::then(&[Any], Any), call);
    table.mark("call", Special::Call);
    printing(&mut table);
    comparing(&mut table);
    table
}

fn printing(table: &mut Functions) {
    table.add("print", Kinds::then(&[], Any), |a| Ok(fmt::print(a).into()));
    table.add("println", Kinds::then(&[], Any), |a| {
        Ok(fmt::println(a).into())
    });
    table.add_with("printf", Kinds::then(&[Str], Any), |machine, a| {
        let format = arg(a, 0).as_str().unwrap_or_default();
        let rest = a.get(1..).unwrap_or_default();
        match fmt::sprintf_within(format, rest, machine.room()) {
            Ok(text) => Ok(text.into()),
            // More than there is room for: the charge says so.
            Err(Overflow) => machine.charge(usize::MAX).map(|()| Value::Nil),
        }
    });
    table.add("html", Kinds::then(&[], Any), |a| {
        Ok(escape::html(&printed(a)).into())
    });
    table.add("js", Kinds::then(&[], Any), |a| {
        Ok(escape::js(&printed(a)).into())
    });
    table.add("urlquery", Kinds::then(&[], Any), |a| {
        Ok(escape::urlquery(&printed(a)).into())
    });
}

fn comparing(table: &mut Functions) {
    table.add("eq", Kinds::then(&[Any], Any), |a| {
        let Some(others @ [_, ..]) = a.get(1..) else {
            return Err(Fault::new("missing argument for comparison"));
        };
        for other in others {
            if equal(arg(a, 0), other).map_err(Fault::new)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    });
    table.add("ne", Kinds::exactly(&[Any, Any]), |a| {
        Ok(Value::Bool(
            !equal(arg(a, 0), arg(a, 1)).map_err(Fault::new)?,
        ))
    });
    compare(table, "lt", |less, equal| less && !equal);
    compare(table, "le", |less, equal| less || equal);
    compare(table, "gt", |less, equal| !less && !equal);
    compare(table, "ge", |less, equal| !less || equal);
}

fn compare(table: &mut Functions, name: &'static str, decide: fn(bool, bool) -> bool) {
    table.add(name, Kinds::exactly(&[Any, Any]), move |a| {
        let less = less(arg(a, 0), arg(a, 1)).map_err(Fault::new)?;
        let equal = equal(arg(a, 0), arg(a, 1)).map_err(Fault::new)?;
        Ok(Value::Bool(decide(less, equal)))
    });
}

fn arg(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// There are no functions among a template's values; the first argument is how the callee was written.
fn call(a: &[Value]) -> Result<Value, Fault> {
    match arg(a, 1) {
        Value::Nil => Err(Fault::new("call of nil")),
        callee => Err(Fault::new(format!(
            "non-function {} of type {}",
            fmt::text(arg(a, 0)),
            callee.type_name()
        ))),
    }
}

/// What `html`, `js` and `urlquery` escape.
fn printed(a: &[Value]) -> String {
    let shown: Vec<Value> = a
        .iter()
        .map(|value| match value {
            Value::Nil => "<no value>".into(),
            other => other.clone(),
        })
        .collect();
    fmt::print(&shown)
}

/// Go's `len`.
pub(crate) fn length(value: &Value) -> Result<Value, Fault> {
    let length = match value {
        Value::Str(text) => crate::raw::to_bytes(text).len(),
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        Value::Object(object) => match object.underlying() {
            Some(inner) => return length(&inner),
            None => return Err(Fault::new(format!("len of type {}", object.type_name()))),
        },
        Value::Nil => return Err(Fault::new("len of nil pointer")),
        other => return Err(Fault::new(format!("len of type {}", other.type_name()))),
    };
    Ok(Value::Int(length as i64))
}
