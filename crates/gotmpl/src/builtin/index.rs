//! `index` and `slice`.
use super::arg;
use crate::function::Fault;
use crate::raw;
use crate::value::{List, Value};

/// A position in something so long. Go lets the position behind the last through.
fn position(value: &Value, length: usize) -> Result<usize, Fault> {
    let number = match value {
        Value::Nil => return Err(Fault::new("cannot index slice/array with nil")),
        other => match other.as_whole() {
            Some(number) => number,
            None => {
                let kind = other.type_name();
                let reason = format!("cannot index slice/array with type {kind}");
                return Err(Fault::new(reason));
            }
        },
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at <= length)
        .ok_or_else(|| Fault::new(format!("index out of range: {number}")))
}

pub(super) fn index(arguments: &[Value]) -> Result<Value, Fault> {
    let mut item = arg(arguments, 0).clone();
    if matches!(item, Value::Nil) {
        return Err(Fault::new("index of untyped nil"));
    }
    for key in arguments.iter().skip(1) {
        if let Value::Object(object) = &item {
            item = object.underlying().unwrap_or_else(|| item.clone());
        }
        item = element(&item, key)?;
    }
    Ok(item)
}

fn element(item: &Value, key: &Value) -> Result<Value, Fault> {
    match item {
        Value::Map(map) => match key {
            Value::Str(key) => Ok(map.get(key).unwrap_or_else(|| map.of().zero())),
            Value::Nil => Err(Fault::new("value is nil; should be of type string")),
            other => {
                let kind = other.type_name();
                Err(Fault::new(format!(
                    "value has type {kind}; should be string"
                )))
            }
        },
        Value::List(items) => {
            let at = position(key, items.len())?;
            let behind = || Fault::new("reflect: slice index out of range");
            items.get(at).cloned().ok_or_else(behind)
        }
        Value::Str(text) => {
            let bytes = raw::to_bytes(text);
            let at = position(key, bytes.len())?;
            let behind = || Fault::new("reflect: string index out of range");
            bytes
                .get(at)
                .map(|byte| Value::Byte(*byte))
                .ok_or_else(behind)
        }
        Value::Nil => Err(Fault::new("index of nil pointer")),
        other => Err(Fault::new(format!(
            "can't index item of type {}",
            other.type_name()
        ))),
    }
}

pub(super) fn slice(arguments: &[Value]) -> Result<Value, Fault> {
    let item = arg(arguments, 0);
    let length = match item {
        Value::Str(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Nil => return Err(Fault::new("slice of untyped nil")),
        other => {
            let kind = other.type_name();
            return Err(Fault::new(format!("can't slice item of type {kind}")));
        }
    };
    let at = |index: usize, otherwise: usize| match arguments.get(index) {
        None => Ok(otherwise),
        Some(given) => position(given, length),
    };
    let (from, to) = (at(1, 0)?, at(2, length)?);
    if from > to {
        return Err(Fault::new(format!("invalid slice index: {from} > {to}")));
    }
    Ok(match item {
        Value::Str(text) => {
            let bytes = text.as_bytes().get(from..to).unwrap_or_default();
            Value::from(raw::from_bytes(bytes))
        }
        Value::List(items) => Value::List(List::new(
            items.get(from..to).unwrap_or_default().to_vec(),
            items.of(),
        )),
        _ => Value::Nil,
    })
}
