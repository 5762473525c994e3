//! Functions for lists; each function creates a new list.
use gotmpl::{
    ElementType, Evaluator, FunctionError, Functions, ITEM_SIZE, List, Parameter, Signature, Value,
    deep_equal,
};

use super::{CallResult, arg, int, is_empty, items, nil_dereference};
use Parameter::{Any, Int};

pub(super) fn add(table: &mut Functions) {
    add_constructors(table);
    add_reordering(table);
    add_extensions(table);
    add_membership(table);
}

/// Functions that create a list or return part of one.
fn add_constructors(table: &mut Functions) {
    for name in ["list", "tuple"] {
        table.add(name, Signature::variadic(&[], Any), |a| {
            Ok(Value::list(a.iter().cloned()))
        });
    }
    add_unary(table, ["first", "mustFirst"], |a| {
        Ok(items(a, 0, "find first")?
            .first()
            .cloned()
            .unwrap_or_default())
    });
    add_unary(table, ["last", "mustLast"], |a| {
        Ok(items(a, 0, "find last")?
            .last()
            .cloned()
            .unwrap_or_default())
    });
    add_unary(table, ["rest", "mustRest"], |a| {
        Ok(Value::list(
            items(a, 0, "find rest")?.iter().skip(1).cloned(),
        ))
    });
    add_unary(table, ["initial", "mustInitial"], |a| {
        let items = items(a, 0, "find initial")?;
        Ok(Value::list(
            items.iter().take(items.len().saturating_sub(1)).cloned(),
        ))
    });
    for name in ["slice", "mustSlice"] {
        table.add(name, Signature::variadic(&[Any], Any), slice);
    }
    for name in ["chunk", "mustChunk"] {
        table.add_with_evaluator(name, Signature::exact(&[Int, Any]), |evaluator, a| {
            let Some(items) = arg(a, 1).as_list() else {
                let kind = arg(a, 1).kind_name();
                return Err(FunctionError::new(format!("Cannot chunk type {kind}")));
            };
            let Some(size) = chunk_size(int(a, 0), items.len())? else {
                return Ok(List::new(Vec::new(), ElementType::Lists).into());
            };
            let count = items.len().div_ceil(size);
            evaluator.charge_memory(count.saturating_mul(2 * ITEM_SIZE))?;
            evaluator.charge_memory(items.len().saturating_mul(ITEM_SIZE))?;
            let chunks = items.chunks(size).map(|part| Value::from(part.to_vec()));
            Ok(List::new(chunks.collect(), ElementType::Lists).into())
        });
    }
}

/// The size of the chunks of a list; `None` when there are no chunks. For a size below 1, Sprig's
/// `floor((length - 1) / size) + 1` chunks are none or one for some lists, and too many for others.
fn chunk_size(size: i64, length: usize) -> Result<Option<usize>, FunctionError> {
    let before_last = u64::try_from(length).unwrap_or(u64::MAX).checked_sub(1);
    match (size, before_last) {
        (1.., _) => Ok(Some(usize::try_from(size).unwrap_or(usize::MAX))),
        (..=-2, Some(0)) => Ok(Some(1)),
        (..=-1, Some(before @ 1..)) if before <= size.unsigned_abs() => Ok(None),
        _ => Err(FunctionError::new(
            "runtime error: makeslice: len out of range",
        )),
    }
}

/// Functions that reorder or filter a list.
fn add_reordering(table: &mut Functions) {
    add_unary(table, ["reverse", "mustReverse"], |a| {
        Ok(Value::list(
            items(a, 0, "find reverse")?.iter().rev().cloned(),
        ))
    });
    add_unary(table, ["compact", "mustCompact"], |a| {
        Ok(Value::list(
            items(a, 0, "compact")?
                .iter()
                .filter(|item| !is_empty(item))
                .cloned(),
        ))
    });
    for name in ["uniq", "mustUniq"] {
        table.add_with_evaluator(name, Signature::exact(&[Any]), |evaluator, a| {
            let mut unique: Vec<Value> = Vec::new();
            for item in items(a, 0, "find uniq")?.iter() {
                if !contains(evaluator, &unique, item)? {
                    unique.push(item.clone());
                }
            }
            Ok(unique.into())
        });
    }
}

/// Functions that extend a list.
fn add_extensions(table: &mut Functions) {
    add_binary(table, ["append", "push", "mustAppend", "mustPush"], |a| {
        let mut longer = items(a, 0, "push")?.to_vec();
        longer.push(arg(a, 1).clone());
        Ok(longer.into())
    });
    add_binary(table, ["prepend", "mustPrepend"], |a| {
        let items = items(a, 0, "prepend")?;
        Ok(Value::list(
            std::iter::once(arg(a, 1)).chain(items.iter()).cloned(),
        ))
    });
    table.add_with_evaluator("concat", Signature::variadic(&[], Any), |evaluator, a| {
        let mut all = Vec::new();
        for index in 0..a.len() {
            let items = match arg(a, index) {
                Value::Nil => return Err(nil_dereference()),
                value => value.as_list().ok_or_else(|| {
                    let kind = value.kind_name();
                    FunctionError::new(format!("Cannot concat type {kind} as list"))
                })?,
            };
            evaluator.charge_items(items.len())?;
            all.extend(items.iter().cloned());
        }
        Ok(all.into())
    });
}

/// Functions that test whether a list contains an item.
fn add_membership(table: &mut Functions) {
    for name in ["has", "mustHas"] {
        table.add_with_evaluator(name, Signature::exact(&[Any, Any]), |evaluator, a| {
            if matches!(arg(a, 1), Value::Nil) {
                return Ok(false.into());
            }
            let items = items(a, 1, "find has")?;
            Ok(contains(evaluator, &items, arg(a, 0))?.into())
        });
    }
    for name in ["without", "mustWithout"] {
        table.add_with_evaluator(name, Signature::variadic(&[Any], Any), |evaluator, a| {
            let unwanted = a.get(1..).unwrap_or_default();
            let mut kept = Vec::new();
            for item in items(a, 0, "find without")?.iter() {
                if !contains(evaluator, unwanted, item)? {
                    kept.push(item.clone());
                }
            }
            Ok(kept.into())
        });
    }
}

/// Whether a list contains an item; a comparison may be long, so each one is a step.
fn contains(evaluator: &Evaluator, items: &[Value], item: &Value) -> Result<bool, FunctionError> {
    for other in items {
        evaluator.budget().charge_step()?;
        if deep_equal(other, item) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn add_unary<const N: usize>(
    table: &mut Functions,
    names: [&'static str; N],
    run: fn(&[Value]) -> CallResult,
) {
    for name in names {
        table.add(name, Signature::exact(&[Any]), run);
    }
}

fn add_binary<const N: usize>(
    table: &mut Functions,
    names: [&'static str; N],
    run: fn(&[Value]) -> CallResult,
) {
    for name in names {
        table.add(name, Signature::exact(&[Any, Any]), run);
    }
}

fn slice(a: &[Value]) -> CallResult {
    let items = match arg(a, 0) {
        Value::Nil => return Err(nil_dereference()),
        value => value.as_list().ok_or_else(|| {
            let kind = value.kind_name();
            FunctionError::new(format!("list should be type of slice or array but {kind}"))
        })?,
    };
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let at = |index: usize, default: usize| match a.get(index) {
        Some(value) => usize::try_from(super::number::integer(value)).ok(),
        None => Some(default),
    };
    let part = at(1, 0)
        .zip(at(2, items.len()))
        .and_then(|(from, to)| items.get(from..to));
    match part {
        Some(part) => Ok(List::new(part.to_vec(), items.element_type()).into()),
        None => Err(FunctionError::new(
            "reflect.Value.Slice: slice index out of bounds",
        )),
    }
}
