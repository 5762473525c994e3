//! Functions for maps; `set`, `unset` and `merge` change the shared map.
use std::collections::HashSet;
use std::sync::Arc;

use gotmpl::{
    ENTRY_SIZE, ElementType, Evaluator, FunctionError, Functions, ITEM_SIZE, Map, Parameter,
    Signature, Value,
};

use super::{CallResult, arg, is_empty, map, strval, text};
use Parameter::{Any, Map as Dict, Str};

pub(super) fn add(table: &mut Functions) {
    table.add_with_evaluator("dict", Signature::variadic(&[], Any), |evaluator, a| {
        let dict = Map::new();
        let mut used = 0;
        for pair in a.chunks(2) {
            let key = strval(evaluator, arg(pair, 0), used)?;
            used = key.len().saturating_add(used);
            dict.set(key, pair.get(1).cloned().unwrap_or_else(|| "".into()));
        }
        Ok(dict.into())
    });
    table.add("get", Signature::exact(&[Dict, Str]), |a| {
        Ok(map(a, 0).get(text(a, 1)).unwrap_or_else(|| "".into()))
    });
    table.add_with_evaluator(
        "set",
        Signature::exact(&[Dict, Str, Any]),
        |evaluator, a| {
            let Value::Map(map) = arg(a, 0) else {
                return Err(FunctionError::new("assignment to entry in nil map"));
            };
            evaluator.charge_memory(text(a, 1).len().saturating_add(ENTRY_SIZE))?;
            map.set(text(a, 1), arg(a, 2).clone());
            Ok(arg(a, 0).clone())
        },
    );
    table.add("unset", Signature::exact(&[Dict, Str]), |a| {
        map(a, 0).remove(text(a, 1));
        Ok(arg(a, 0).clone())
    });
    table.add("hasKey", Signature::exact(&[Dict, Str]), |a| {
        Ok(map(a, 0).contains(text(a, 1)).into())
    });
    table.add("pluck", Signature::variadic(&[Str], Dict), |a| {
        let maps = a.iter().skip(1).filter_map(Value::as_map);
        Ok(Value::list(maps.filter_map(|map| map.get(text(a, 0)))))
    });
    table.add_with_evaluator("keys", Signature::variadic(&[], Dict), |evaluator, a| {
        let maps = a.iter().filter_map(Value::as_map);
        let count: usize = maps.clone().map(|map| map.len()).sum();
        evaluator.reserve_memory(count.saturating_mul(ITEM_SIZE))?;
        Ok(Value::strings(maps.flat_map(|map| map.keys())))
    });
    table.add("values", Signature::exact(&[Dict]), |a| {
        Ok(Value::list(
            map(a, 0).entries().into_iter().map(|(_, value)| value),
        ))
    });
    for (name, keep) in [("pick", true), ("omit", false)] {
        table.add(name, Signature::variadic(&[Dict], Str), move |a| {
            Ok(filter_keys(a, keep))
        });
    }
    table.add("dig", Signature::variadic(&[Any], Any), dig);
    for name in ["deepCopy", "mustDeepCopy"] {
        table.add_with_evaluator(name, Signature::exact(&[Any]), |evaluator, a| {
            match arg(a, 0) {
                Value::Nil => Err(FunctionError::new(
                    "reflect: call of reflect.Value.Type on zero Value",
                )),
                value => {
                    evaluator.charge_memory(value.value_count().saturating_mul(ENTRY_SIZE))?;
                    Ok(value.deep_copy())
                }
            }
        });
    }
    for name in ["merge", "mustMerge"] {
        let signature = Signature::variadic(&[Dict], Dict);
        table.add_with_evaluator(name, signature, |evaluator, a| {
            merge_all(evaluator, a, Precedence::First)
        });
    }
    for name in ["mergeOverwrite", "mustMergeOverwrite"] {
        let signature = Signature::variadic(&[Dict], Dict);
        table.add_with_evaluator(name, signature, |evaluator, a| {
            merge_all(evaluator, a, Precedence::Last)
        });
    }
}

fn filter_keys(a: &[Value], keep: bool) -> Value {
    let names: HashSet<&str> = a.iter().skip(1).filter_map(Value::as_str).collect();
    let filtered: Map = map(a, 0)
        .entries()
        .into_iter()
        .filter(|(key, _)| names.contains(&**key) == keep)
        .collect();
    filtered.into()
}

fn dig(a: &[Value]) -> CallResult {
    let too_few_arguments = || FunctionError::new("dig needs at least three arguments");
    let [path @ .., default, from] = a else {
        return Err(too_few_arguments());
    };
    if path.is_empty() {
        return Err(too_few_arguments());
    }
    let mut found = plain_map(from)?;
    let mut keys = Vec::with_capacity(path.len());
    for key in path {
        let Value::Str(key) = key else {
            return Err(type_mismatch(key, "string"));
        };
        keys.push(key);
    }
    let Some((last, before)) = keys.split_last() else {
        return Err(too_few_arguments());
    };
    for key in before {
        match found.get(key) {
            Some(value) => found = plain_map(&value)?,
            None => return Ok(default.clone()),
        }
    }
    Ok(found.get(last).unwrap_or_else(|| default.clone()))
}

/// A `map[string]interface {}`, the only map type that Sprig's `dig` accepts.
fn plain_map(value: &Value) -> Result<Map, FunctionError> {
    match value {
        Value::Map(map) if map.element_type() == ElementType::Any => Ok(map.clone()),
        other => Err(type_mismatch(other, "map[string]interface {}")),
    }
}

fn type_mismatch(value: &Value, expected: &str) -> FunctionError {
    let kind = match value {
        Value::Nil => "nil",
        other => other.type_name(),
    };
    FunctionError::new(format!(
        "interface conversion: interface {{}} is {kind}, not {expected}"
    ))
}

/// The maximum number of entries of one merge; only maps that contain each other many times reach
/// it.
const MAX_MERGED_ENTRIES: usize = 1_000_000;

/// The map that wins when both maps have a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precedence {
    First,
    Last,
}

fn merge_all(evaluator: &Evaluator, a: &[Value], precedence: Precedence) -> CallResult {
    let into = map(a, 0);
    let mut merger = Merger {
        evaluator,
        precedence,
        remaining: MAX_MERGED_ENTRIES,
    };
    for from in a.iter().skip(1).filter_map(Value::as_map) {
        merger.merge(&into, &from, 100)?;
    }
    Ok(arg(a, 0).clone())
}

/// The state of one merge.
struct Merger<'e> {
    evaluator: &'e Evaluator,
    precedence: Precedence,
    remaining: usize,
}

impl Merger<'_> {
    fn merge(&mut self, into: &Map, from: &Map, depth: usize) -> Result<(), FunctionError> {
        if depth == 0 || self.remaining == 0 || into.ptr_eq(from) {
            return Ok(());
        }
        for (key, value) in from.entries() {
            self.remaining = self.remaining.saturating_sub(1);
            self.entry(into, key, value, depth)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        into: &Map,
        key: Arc<str>,
        value: Value,
        depth: usize,
    ) -> Result<(), FunctionError> {
        match (into.get(&key), &value) {
            (Some(Value::Map(existing)), Value::Map(from)) => {
                self.merge(&existing, from, depth - 1)?;
            }
            (Some(existing), _) if self.precedence == Precedence::First && !is_empty(&existing) => {
            }
            (_, Value::Nil) if self.precedence == Precedence::First => {}
            _ => {
                self.evaluator.charge_memory(ENTRY_SIZE)?;
                into.set(key, value);
            }
        }
        Ok(())
    }
}
