//! The language's own functions; `and` and `or` are in the evaluator, because they stop early.
use std::sync::LazyLock;

use crate::compare::{equal, less};
use crate::fmt::{self, sprintf};
use crate::function::{Fault, Function, Functions, Kinds, Param};
use crate::value::Value;

use Param::{Any, Str};

static TABLE: LazyLock<Functions> = LazyLock::new(table);

pub(crate) fn is_builtin(name: &str) -> bool {
    matches!(name, "and" | "or") || TABLE.contains(name)
}

pub(crate) fn get(name: &str) -> Option<Function> {
    TABLE.get(name).cloned()
}

fn table() -> Functions {
    let mut table = Functions::new();
    table.add("not", Kinds::exactly(&[Any]), |a| {
        Ok(Value::Bool(!arg(a, 0).is_true()))
    });
    table.add("len", Kinds::exactly(&[Any]), |a| length(arg(a, 0)));
    table.add("index", Kinds::then(&[Any], Any), index);
    table.add("slice", Kinds::then(&[Any], Any), slice);
    table.add("print", Kinds::then(&[], Any), |a| Ok(print(a).into()));
    table.add("println", Kinds::then(&[], Any), |a| {
        Ok((a.iter().map(fmt::text).collect::<Vec<_>>().join(" ") + "\n").into())
    });
    table.add("printf", Kinds::then(&[Str], Any), |a| {
        Ok(sprintf(
            arg(a, 0).as_str().unwrap_or_default(),
            a.get(1..).unwrap_or_default(),
        )
        .into())
    });
    table.add(
        "html",
        Kinds::then(&[], Any),
        |a| Ok(html(&print(a)).into()),
    );
    table.add("js", Kinds::then(&[], Any), |a| Ok(js(&print(a)).into()));
    table.add("urlquery", Kinds::then(&[], Any), |a| {
        Ok(urlquery(&print(a)).into())
    });
    table.add("call", Kinds::then(&[Any], Any), |a| {
        Err(Fault::new(format!(
            "non-function {} of type {}",
            fmt::text(arg(a, 0)),
            arg(a, 0).type_name()
        )))
    });
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
    compare(&mut table, "lt", |less, equal| less && !equal);
    compare(&mut table, "le", |less, equal| less || equal);
    compare(&mut table, "gt", |less, equal| !less && !equal);
    compare(&mut table, "ge", |less, equal| !less || equal);
    table
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

/// Go's fmt.Sprint: a space between two operands when neither is a string.
fn print(arguments: &[Value]) -> String {
    let mut out = String::new();
    let mut after_string = true;
    for (position, value) in arguments.iter().enumerate() {
        let string = matches!(value, Value::Str(_));
        if position > 0 && !string && !after_string {
            out.push(' ');
        }
        out.push_str(&fmt::text(value));
        after_string = string;
    }
    out
}

fn length(value: &Value) -> Result<Value, Fault> {
    let length = match value {
        Value::Str(text) => text.len(),
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

fn position(value: &Value, length: usize) -> Result<usize, Fault> {
    let number = match value {
        Value::Int(number) => *number,
        Value::Nil => return Err(Fault::new("cannot index slice/array with nil")),
        other => {
            let kind = other.type_name();
            return Err(Fault::new(format!(
                "cannot index slice/array with type {kind}"
            )));
        }
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at < length)
        .ok_or_else(|| Fault::new(format!("index out of range: {number}")))
}

fn index(arguments: &[Value]) -> Result<Value, Fault> {
    let mut item = arg(arguments, 0).clone();
    if matches!(item, Value::Nil) {
        return Err(Fault::new("index of untyped nil"));
    }
    for key in arguments.iter().skip(1) {
        if let Value::Object(object) = &item {
            item = object.underlying().unwrap_or_else(|| item.clone());
        }
        item = match &item {
            Value::Map(map) => match key {
                Value::Str(key) => map.get(key).unwrap_or_default(),
                Value::Nil => return Err(Fault::new("value is nil; should be string")),
                other => {
                    let kind = other.type_name();
                    return Err(Fault::new(format!(
                        "value has type {kind}; should be string"
                    )));
                }
            },
            Value::List(items) => {
                let at = position(key, items.len())?;
                items.get(at).cloned().unwrap_or_default()
            }
            Value::Str(text) => {
                let at = position(key, text.len())?;
                Value::Int(text.as_bytes().get(at).map_or(0, |byte| i64::from(*byte)))
            }
            Value::Nil => return Err(Fault::new("index of nil pointer")),
            other => {
                return Err(Fault::new(format!(
                    "can't index item of type {}",
                    other.type_name()
                )));
            }
        };
    }
    Ok(item)
}

fn slice(arguments: &[Value]) -> Result<Value, Fault> {
    let item = arg(arguments, 0);
    let length = match item {
        Value::Str(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Nil => return Err(Fault::new("slice of untyped nil")),
        other => {
            return Err(Fault::new(format!(
                "can't slice item of type {}",
                other.type_name()
            )));
        }
    };
    let at = |index: usize, otherwise: usize| match arguments.get(index) {
        None => Ok(otherwise),
        Some(given) => position(given, length + 1),
    };
    let (from, to) = (at(1, 0)?, at(2, length)?);
    if from > to {
        return Err(Fault::new(format!("invalid slice index: {from} > {to}")));
    }
    Ok(match item {
        Value::Str(text) => {
            let bytes = text.as_bytes().get(from..to).unwrap_or_default();
            Value::from(String::from_utf8_lossy(bytes).into_owned())
        }
        Value::List(items) => Value::from(items.get(from..to).unwrap_or_default().to_vec()),
        _ => Value::Nil,
    })
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' => out.push_str("\\u003C"),
            '>' => out.push_str("\\u003E"),
            '&' => out.push_str("\\u0026"),
            '=' => out.push_str("\\u003D"),
            c if u32::from(c) < 0x20 => out.push_str(format!("\\u{:04X}", u32::from(c)).as_str()),
            c => out.push(c),
        }
    }
    out
}

fn urlquery(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            other => out.push_str(format!("%{other:02X}").as_str()),
        }
    }
    out
}
