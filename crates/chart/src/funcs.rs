//! The functions of Helm templates beyond the built-in ones: Sprig's and Helm's.
//!
//! Each file adds the functions of one subject to the table. The evaluator checks the arguments;
//! errors have Sprig's messages, and a function charges the limits before it creates large values.
//! Start at [`table`].
mod crypto;
mod date;
mod decimal;
mod dict;
mod encode;
mod go_number;
mod helm;
mod json;
mod letter_case;
mod list;
mod logic;
mod math;
mod number;
mod observed;
mod path;
mod regexp;
mod string;
mod toml;
mod url;
mod version;
mod words;

use gotmpl::{Evaluator, FunctionError, Functions, ITEM_SIZE, List, Map, Value, go_string};

pub(crate) use json::read as read_json;
pub(crate) use observed::Observed;
pub(crate) use regexp::compile as go_regex;
pub(crate) use version::matches as version_matches;

use crate::facts::Facts;

/// All functions of one rendering; `observed` receives what must be masked.
pub(crate) fn table(facts: &Facts, observed: &Observed) -> Functions {
    functions(facts, observed, false)
}

/// The same for the linter, for which `required` and `fail` do not fail.
pub(crate) fn table_to_lint(facts: &Facts, observed: &Observed) -> Functions {
    functions(facts, observed, true)
}

fn functions(facts: &Facts, observed: &Observed, is_lint: bool) -> Functions {
    let mut table = Functions::new();
    string::add(&mut table);
    words::add(&mut table);
    list::add(&mut table);
    dict::add(&mut table);
    logic::add(&mut table);
    math::add(&mut table);
    date::add(&mut table, facts.now);
    crypto::add(&mut table, &facts.seed, facts.now);
    encode::add(&mut table, facts.helm);
    regexp::add(&mut table);
    version::add(&mut table);
    path::add(&mut table);
    url::add(&mut table);
    toml::add(&mut table);
    helm::add(&mut table, &facts.lookup, observed, is_lint);
    observed.follow_random(&mut table);
    observed.follow_derived(&mut table);
    observed.follow_required(&mut table);
    table
}

/// The result of a function.
pub(crate) type CallResult = Result<Value, FunctionError>;

/// An argument; the evaluator checks that it exists.
fn arg(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// A string argument; the evaluator checks its type.
fn text(arguments: &[Value], index: usize) -> &str {
    arg(arguments, index).as_str().unwrap_or_default()
}

/// An integer argument; the evaluator checks its type.
fn int(arguments: &[Value], index: usize) -> i64 {
    arg(arguments, index).as_integer().unwrap_or(0)
}

/// A map argument; the evaluator checks its type.
fn map(arguments: &[Value], index: usize) -> Map {
    arg(arguments, index).as_map().unwrap_or_default()
}

/// Go's error when Sprig reads the type of nil.
fn nil_dereference() -> FunctionError {
    FunctionError::new("runtime error: invalid memory address or nil pointer dereference")
}

/// A list argument, or Sprig's error for another type.
fn items(arguments: &[Value], index: usize, does: &str) -> Result<List, FunctionError> {
    match arg(arguments, index) {
        Value::List(items) => Ok(items.clone()),
        Value::Nil => Err(nil_dereference()),
        value => value.as_list().ok_or_else(|| {
            FunctionError::new(format!("Cannot {does} on type {}", value.kind_name()))
        }),
    }
}

/// Sprig's `strval`: any value as a string, when `used` bytes of text exist beside it.
fn strval(evaluator: &Evaluator, value: &Value, used: usize) -> Result<String, FunctionError> {
    if let Value::Object(object) = value
        && let Some(text) = object.bytes().map(go_string::from_bytes)
    {
        return Ok(text);
    }
    evaluator.text(value, used)
}

/// Several values as strings, within the remaining output together.
fn strvals<'v>(
    evaluator: &Evaluator,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<Vec<String>, FunctionError> {
    let mut used = 0;
    let mut texts = Vec::new();
    for value in values {
        let text = strval(evaluator, value, used)?;
        used = text.len().saturating_add(used);
        evaluator.reserve_memory((texts.len() + 1).saturating_mul(ITEM_SIZE))?;
        texts.push(text);
    }
    Ok(texts)
}

/// Sprig's `empty`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.underlying().is_some_and(|inner| is_empty(&inner)),
        other => !other.is_true(),
    }
}
