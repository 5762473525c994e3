//! Functions for regular expressions with Go's RE2 syntax.
mod class;
mod syntax;

use std::collections::HashMap;
use std::sync::Arc;

use gotmpl::{Evaluator, FunctionError, Functions, ITEM_SIZE, Parameter, Signature, Value};
use parking_lot::Mutex;
use regex::{Regex, RegexBuilder};

use super::{int, text};
use Parameter::{Int, Str};

/// The maximum size of a compiled pattern, in bytes.
const MAX_COMPILED_SIZE: usize = 1 << 22;
/// The maximum number of cached patterns.
const MAX_CACHED: usize = 64;

/// A cache of the compiled patterns of a rendering.
#[derive(Clone, Default)]
struct Patterns(Arc<Mutex<HashMap<String, Regex>>>);

impl Patterns {
    /// The compiled pattern, or Go's error.
    fn get(&self, pattern: &str) -> Result<Regex, String> {
        let mut cache = self.0.lock();
        if let Some(regex) = cache.get(pattern) {
            return Ok(regex.clone());
        }
        let with_prefix = |reason: String| format!("error parsing regexp: {reason}");
        let translated = syntax::translate(pattern).map_err(with_prefix)?;
        let regex = RegexBuilder::new(&translated)
            .size_limit(MAX_COMPILED_SIZE)
            .nest_limit(200)
            .build()
            .map_err(|_| {
                with_prefix(format!("expression is too large or too deep: `{pattern}`"))
            })?;
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }

    /// The compiled pattern, or the error of a function; the `must` variants have another message.
    fn compile(&self, pattern: &str, is_must: bool) -> Result<Regex, FunctionError> {
        self.get(pattern).map_err(|message| {
            if is_must {
                return FunctionError::new(message);
            }
            let quoted = if pattern.contains(['`', '\n']) {
                gotmpl::quote(pattern)
            } else {
                format!("`{pattern}`")
            };
            FunctionError::new(format!("regexp: Compile({quoted}): {message}"))
        })
    }
}

/// Compiles a pattern outside of a rendering, such as one of a schema.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    Patterns::default().get(pattern)
}

pub(super) fn add(table: &mut Functions) {
    let patterns = Patterns::default();
    let cached = patterns.clone();
    table.add("regexMatch", Signature::exact(&[Str, Str]), move |a| {
        Ok(cached
            .get(text(a, 0))
            .is_ok_and(|regex| regex.is_match(text(a, 1)))
            .into())
    });
    let cached = patterns.clone();
    table.add("mustRegexMatch", Signature::exact(&[Str, Str]), move |a| {
        Ok(cached
            .compile(text(a, 0), true)?
            .is_match(text(a, 1))
            .into())
    });
    table.add("regexQuoteMeta", Signature::exact(&[Str]), |a| {
        let mut out = String::with_capacity(text(a, 0).len());
        for c in text(a, 0).chars() {
            if r"\.+*?()|[]{}^$".contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
        Ok(out.into())
    });
    add_find_functions(table, &patterns);
    add_replace_functions(table, &patterns);
}

fn add_find_functions(table: &mut Functions, patterns: &Patterns) {
    for (name, is_must) in [("regexFind", false), ("mustRegexFind", true)] {
        let cached = patterns.clone();
        table.add(name, Signature::exact(&[Str, Str]), move |a| {
            let regex = cached.compile(text(a, 0), is_must)?;
            Ok(regex
                .find(text(a, 1))
                .map_or("", |found| found.as_str())
                .into())
        });
    }
    for (name, is_must) in [("regexFindAll", false), ("mustRegexFindAll", true)] {
        let cached = patterns.clone();
        table.add_with_evaluator(
            name,
            Signature::exact(&[Str, Str, Int]),
            move |evaluator, a| {
                let max = usize::try_from(int(a, 2)).unwrap_or(usize::MAX);
                let regex = cached.compile(text(a, 0), is_must)?;
                evaluator.charge_items(text(a, 1).len().min(max))?;
                let mut found = Vec::new();
                for part in regex.find_iter(text(a, 1)).take(max) {
                    evaluator.check_deadline()?;
                    found.push(part.as_str());
                }
                reserve_parts(evaluator, found.len(), text(a, 1))?;
                Ok(Value::strings(found))
            },
        );
    }
    for (name, is_must) in [("regexSplit", false), ("mustRegexSplit", true)] {
        let cached = patterns.clone();
        table.add_with_evaluator(
            name,
            Signature::exact(&[Str, Str, Int]),
            move |evaluator, a| {
                let regex = cached.compile(text(a, 0), is_must)?;
                evaluator.charge_items(text(a, 1).len())?;
                let parts = split(evaluator, &regex, text(a, 1), int(a, 2))?;
                reserve_parts(evaluator, parts.len(), text(a, 1))?;
                Ok(Value::strings(parts))
            },
        );
    }
}

/// Checks that the parts of a text may be allocated as values.
fn reserve_parts(evaluator: &Evaluator, count: usize, text: &str) -> Result<(), FunctionError> {
    let parts = count.saturating_mul(ITEM_SIZE);
    evaluator.reserve_memory(parts.saturating_add(text.len()))
}

/// Go's split: an empty match at the start gives no first part.
fn split<'t>(
    evaluator: &Evaluator,
    regex: &Regex,
    text: &'t str,
    max: i64,
) -> Result<Vec<&'t str>, FunctionError> {
    if max == 0 {
        return Ok(Vec::new());
    }
    if text.is_empty() {
        return Ok(vec![""]);
    }
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(text).take(max) {
        evaluator.check_deadline()?;
        if parts.len() + 1 == max {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(text.get(begin..end).unwrap_or_default());
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(text.get(begin..).unwrap_or_default());
    }
    Ok(parts)
}

fn add_replace_functions(table: &mut Functions, patterns: &Patterns) {
    for (name, is_must) in [("regexReplaceAll", false), ("mustRegexReplaceAll", true)] {
        let cached = patterns.clone();
        table.add_with_evaluator(
            name,
            Signature::exact(&[Str, Str, Str]),
            move |evaluator, a| {
                let regex = cached.compile(text(a, 0), is_must)?;
                evaluator.charge(max_growth(evaluator, &regex, text(a, 1), text(a, 2))?)?;
                Ok(regex.replace_all(text(a, 1), text(a, 2)).as_ref().into())
            },
        );
    }
    for (name, is_must) in [
        ("regexReplaceAllLiteral", false),
        ("mustRegexReplaceAllLiteral", true),
    ] {
        let cached = patterns.clone();
        table.add_with_evaluator(
            name,
            Signature::exact(&[Str, Str, Str]),
            move |evaluator, a| {
                let regex = cached.compile(text(a, 0), is_must)?;
                evaluator.charge(max_growth(evaluator, &regex, text(a, 1), text(a, 2))?)?;
                let with = regex::NoExpand(text(a, 2));
                Ok(regex.replace_all(text(a, 1), with).as_ref().into())
            },
        );
    }
}

/// The maximum number of bytes that a replacement adds.
fn max_growth(
    evaluator: &Evaluator,
    regex: &Regex,
    text: &str,
    with: &str,
) -> Result<usize, FunctionError> {
    let mut found: usize = 0;
    for _ in regex.find_iter(text) {
        evaluator.check_deadline()?;
        found += 1;
    }
    let groups = with.matches('$').count();
    Ok(found
        .saturating_mul(with.len())
        .saturating_add(groups.saturating_mul(text.len())))
}
