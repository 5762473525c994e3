//! The built-in functions; the evaluator handles part of `and`, `or`, `len` and `call`.
mod escape;
mod index;

use std::sync::{Arc, LazyLock};

use crate::compare::{INCOMPATIBLE, equal, less};
use crate::error::FunctionError;
use crate::fmt;
use crate::function::{Function, Functions};
use crate::go_version::GoVersion;
use crate::signature::{Parameter, Signature, Special};
use crate::value::Value;
use index::{index, slice};

use Parameter::{Any, Str};

static TABLE: LazyLock<Functions> = LazyLock::new(table);

pub(crate) fn get(name: &str) -> Option<Arc<Function>> {
    TABLE.get(name).cloned()
}

fn table() -> Functions {
    let mut table = Functions::new();
    for (name, special) in [("and", Special::And), ("or", Special::Or)] {
        table.add(name, Signature::variadic(&[Any], Any), |_| Ok(Value::Nil));
        table.set_special(name, special);
    }
    table.add("not", Signature::exact(&[Any]), |a| {
        Ok(Value::Bool(!arg(a, 0).is_true()))
    });
    table.add("len", Signature::exact(&[Any]), |a| length(arg(a, 0)));
    table.set_special("len", Special::Len);
    table.add("index", Signature::variadic(&[Any], Any), index);
    table.add("slice", Signature::variadic(&[Any], Any), slice);
    table.add("call", Signature::variadic(&[Any], Any), call);
    table.set_special("call", Special::Call);
    add_printing(&mut table);
    add_comparisons(&mut table);
    table
}

fn add_printing(table: &mut Functions) {
    table.add_with_evaluator("print", Signature::variadic(&[], Any), |evaluator, a| {
        let text = evaluator.within_output(|capacity| fmt::print(a, capacity))?;
        Ok(text.into())
    });
    table.add_with_evaluator("println", Signature::variadic(&[], Any), |evaluator, a| {
        let text = evaluator.within_output(|capacity| fmt::println(a, capacity))?;
        Ok(text.into())
    });
    table.add_with_evaluator(
        "printf",
        Signature::variadic(&[Str], Any),
        |evaluator, a| {
            let format = arg(a, 0).as_str().unwrap_or_default();
            let rest = a.get(1..).unwrap_or_default();
            let print = |capacity| fmt::sprintf_within(format, rest, capacity);
            Ok(evaluator.within_output(print)?.into())
        },
    );
    for (name, escape) in [
        ("html", escape::html as fn(&str) -> String),
        ("js", escape::js),
        ("urlquery", escape::urlquery),
    ] {
        let signature = Signature::variadic(&[], Any);
        table.add_with_evaluator(name, signature, move |evaluator, a| {
            let values = for_escaping(a);
            let text = evaluator.within_output(|capacity| fmt::print(&values, capacity))?;
            // The longest escape of a byte has six bytes.
            evaluator.reserve_memory(text.len().saturating_mul(6))?;
            Ok(escape(&text).into())
        });
    }
}

fn add_comparisons(table: &mut Functions) {
    table.add_with_evaluator("eq", Signature::variadic(&[Any], Any), |evaluator, a| {
        let Some(others @ [_, ..]) = a.get(1..) else {
            return Err(FunctionError::new("missing argument for comparison"));
        };
        for other in others {
            if compared(evaluator.go_version(), equal, [arg(a, 0), other])? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    });
    table.add_with_evaluator("ne", Signature::exact(&[Any, Any]), |evaluator, a| {
        let is_equal = compared(evaluator.go_version(), equal, [arg(a, 0), arg(a, 1)])?;
        Ok(Value::Bool(!is_equal))
    });
    compare(table, "lt", |less, equal| less && !equal);
    compare(table, "le", |less, equal| less || equal);
    compare(table, "gt", |less, equal| !less && !equal);
    compare(table, "ge", |less, equal| !less || equal);
}

fn compare(table: &mut Functions, name: &'static str, decide: fn(bool, bool) -> bool) {
    table.add_with_evaluator(name, Signature::exact(&[Any, Any]), move |evaluator, a| {
        let pair = [arg(a, 0), arg(a, 1)];
        let less = compared(evaluator.go_version(), less, pair)?;
        let equal = compared(evaluator.go_version(), equal, pair)?;
        Ok(Value::Bool(decide(less, equal)))
    });
}

/// The result of a comparison, or its error in the words of the version of Go.
fn compared(
    version: GoVersion,
    compare: fn(&Value, &Value) -> Result<bool, String>,
    [left, right]: [&Value; 2],
) -> Result<bool, FunctionError> {
    compare(left, right).map_err(|mut message| {
        if message == INCOMPATIBLE && version >= GoVersion::Go124 {
            message = format!("{message}: {} and {}", left.type_name(), right.type_name());
        }
        FunctionError::new(message)
    })
}

fn arg(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// `call` always fails, because no value is a function; the first argument is the source of the
/// callee.
fn call(a: &[Value]) -> Result<Value, FunctionError> {
    match arg(a, 1) {
        Value::Nil => Err(FunctionError::new("call of nil")),
        callee => Err(FunctionError::new(format!(
            "non-function {} of type {}",
            fmt::text(arg(a, 0)),
            callee.type_name()
        ))),
    }
}

/// The values as `html`, `js` and `urlquery` print them.
fn for_escaping(a: &[Value]) -> Vec<Value> {
    a.iter()
        .map(|value| match value {
            Value::Nil => "<no value>".into(),
            other => other.clone(),
        })
        .collect()
}

/// Go's `len`.
pub(crate) fn length(value: &Value) -> Result<Value, FunctionError> {
    let length = match value {
        Value::Str(text) => crate::go_string::to_bytes(text).len(),
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        Value::Object(object) => match object.underlying() {
            Some(inner) => return length(&inner),
            None => {
                return Err(FunctionError::new(format!(
                    "len of type {}",
                    object.type_name()
                )));
            }
        },
        Value::Nil => return Err(FunctionError::new("len of nil pointer")),
        other => {
            return Err(FunctionError::new(format!(
                "len of type {}",
                other.type_name()
            )));
        }
    };
    Ok(Value::Int(length as i64))
}
