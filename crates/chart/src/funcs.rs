//! What Helm's templates may call beyond the language itself: Sprig's functions and Helm's own.
//!
//! Each file adds one subject to the table. Functions get their arguments checked, say why they
//! fail in Sprig's words, and charge the limits before they make anything large. Start at
//! [`table`].
mod base_encoding;
mod crypto;
mod date;
mod decimal;
mod dict;
mod encode;
mod helm;
mod json;
mod list;
mod logic;
mod math;
mod number;
mod path;
mod regexp;
mod string;
mod toml;
mod url;
mod version;
mod words;

use gotmpl::{FunctionError, Functions, List, Map, Value, go_string};

pub(crate) use regexp::compile as go_regex;
pub(crate) use version::matches as version_matches;

use crate::render::Facts;

/// Bytes in base 64, as JSON and YAML show them.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    base_encoding::B64.encode(bytes)
}

/// All functions, for one rendering.
pub(crate) fn table(facts: &Facts) -> Functions {
    let mut table = Functions::new();
    string::add(&mut table);
    words::add(&mut table);
    list::add(&mut table);
    dict::add(&mut table);
    logic::add(&mut table);
    math::add(&mut table);
    date::add(&mut table, facts.now);
    crypto::add(&mut table, facts.seed, facts.now);
    encode::add(&mut table);
    regexp::add(&mut table);
    version::add(&mut table);
    path::add(&mut table);
    url::add(&mut table);
    toml::add(&mut table);
    helm::add(&mut table);
    table
}

/// What every function gives.
pub(crate) type CallResult = Result<Value, FunctionError>;

/// An argument; the evaluator has checked that it is there.
fn arg(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// A string argument; the evaluator has checked its kind.
fn text(arguments: &[Value], index: usize) -> &str {
    arg(arguments, index).as_str().unwrap_or_default()
}

/// A whole-number argument; the evaluator has checked its kind.
fn int(arguments: &[Value], index: usize) -> i64 {
    arg(arguments, index).as_integer().unwrap_or(0)
}

/// A map argument; the evaluator has checked its kind.
fn map(arguments: &[Value], index: usize) -> Map {
    arg(arguments, index).as_map().unwrap_or_default()
}

/// What Go says when Sprig asks for the type of nothing.
fn nil_dereference() -> FunctionError {
    FunctionError::new("runtime error: invalid memory address or nil pointer dereference")
}

/// A list argument, or Sprig's words for anything else.
fn items(arguments: &[Value], index: usize, does: &str) -> Result<List, FunctionError> {
    match arg(arguments, index) {
        Value::List(items) => Ok(items.clone()),
        Value::Nil => Err(nil_dereference()),
        value => value.as_list().ok_or_else(|| {
            FunctionError::new(format!("Cannot {does} on type {}", value.kind_name()))
        }),
    }
}

/// Sprig's text of any value.
fn strval(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Object(object) => match object.bytes() {
            Some(bytes) => go_string::from_bytes(bytes),
            None => object.action_text().unwrap_or_else(|| gotmpl::text(value)),
        },
        other => gotmpl::text(other),
    }
}

/// Sprig's idea of empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.underlying().is_some_and(|inner| is_empty(&inner)),
        other => !other.is_true(),
    }
}
