//! `index` and `slice`.
use super::arg;
use crate::error::FunctionError;
use crate::go_string;
use crate::value::{List, Value};

/// An index into a list or string of this length. Go accepts the index after the last element here.
fn position(value: &Value, length: usize) -> Result<usize, FunctionError> {
    let number = match value {
        Value::Nil => return Err(FunctionError::new("cannot index slice/array with nil")),
        other => match other.as_integer() {
            Some(number) => number,
            None => {
                let kind = other.type_name();
                let reason = format!("cannot index slice/array with type {kind}");
                return Err(FunctionError::new(reason));
            }
        },
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at <= length)
        .ok_or_else(|| FunctionError::new(format!("index out of range: {number}")))
}

pub(super) fn index(arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut item = arg(arguments, 0).clone();
    if matches!(item, Value::Nil) {
        return Err(FunctionError::new("index of untyped nil"));
    }
    for key in arguments.iter().skip(1) {
        if let Value::Object(object) = &item {
            item = object.underlying().unwrap_or_else(|| item.clone());
        }
        item = element(&item, key)?;
    }
    Ok(item)
}

fn element(item: &Value, key: &Value) -> Result<Value, FunctionError> {
    match item {
        Value::Map(map) => match key {
            Value::Str(key) => Ok(map.get(key).unwrap_or_else(|| map.element_type().zero())),
            Value::Nil => Err(FunctionError::new("value is nil; should be of type string")),
            other => {
                let kind = other.type_name();
                Err(FunctionError::new(format!(
                    "value has type {kind}; should be string"
                )))
            }
        },
        Value::List(items) => {
            let at = position(key, items.len())?;
            let out_of_range = || FunctionError::new("reflect: slice index out of range");
            items.get(at).cloned().ok_or_else(out_of_range)
        }
        Value::Str(text) => {
            let bytes = go_string::to_bytes(text);
            let at = position(key, bytes.len())?;
            let out_of_range = || FunctionError::new("reflect: string index out of range");
            bytes
                .get(at)
                .map(|byte| Value::Byte(*byte))
                .ok_or_else(out_of_range)
        }
        Value::Nil => Err(FunctionError::new("index of nil pointer")),
        other => Err(FunctionError::new(format!(
            "can't index item of type {}",
            other.type_name()
        ))),
    }
}

pub(super) fn slice(arguments: &[Value]) -> Result<Value, FunctionError> {
    let item = arg(arguments, 0);
    let length = match item {
        Value::Str(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Nil => return Err(FunctionError::new("slice of untyped nil")),
        other => {
            let kind = other.type_name();
            return Err(FunctionError::new(format!(
                "can't slice item of type {kind}"
            )));
        }
    };
    let at = |index: usize, default: usize| match arguments.get(index) {
        None => Ok(default),
        Some(bound) => position(bound, length),
    };
    let (from, to) = (at(1, 0)?, at(2, length)?);
    if from > to {
        return Err(FunctionError::new(format!(
            "invalid slice index: {from} > {to}"
        )));
    }
    Ok(match item {
        Value::Str(text) => {
            let bytes = text.as_bytes().get(from..to).unwrap_or_default();
            Value::from(go_string::from_bytes(bytes))
        }
        Value::List(items) => Value::List(List::new(
            items.get(from..to).unwrap_or_default().to_vec(),
            items.element_type(),
        )),
        _ => Value::Nil,
    })
}
