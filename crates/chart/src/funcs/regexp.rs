//! Regular expressions as Go's RE2 reads them.
mod class;
mod syntax;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gotmpl::{FunctionError, Functions, Signature, Parameter, Value};
use regex::{Regex, RegexBuilder};

use super::{int, text};
use Parameter::{Int, Str};

/// The most bytes of one compiled pattern.
const LARGEST: usize = 1 << 22;
/// How many patterns are kept.
const KEPT: usize = 64;

/// Patterns that were compiled in this rendering.
#[derive(Clone, Default)]
struct Patterns(Arc<Mutex<HashMap<String, Regex>>>);

impl Patterns {
    /// The pattern, or Go's words for what is wrong with it.
    fn get(&self, pattern: &str) -> Result<Regex, String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = kept.get(pattern) {
            return Ok(regex.clone());
        }
        let said = |reason: String| format!("error parsing regexp: {reason}");
        let translated = syntax::translated(pattern).map_err(said)?;
        let regex = RegexBuilder::new(&translated)
            .size_limit(LARGEST)
            .nest_limit(200)
            .build()
            .map_err(|_| said(format!("expression is too large or too deep: `{pattern}`")))?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }

    /// The pattern for a function that stops when it is bad; Go words it in two ways.
    fn compile(&self, pattern: &str, must: bool) -> Result<Regex, FunctionError> {
        self.get(pattern).map_err(|said| {
            if must {
                return FunctionError::new(said);
            }
            let shown = if pattern.contains(['`', '\n']) {
                gotmpl::quote(pattern)
            } else {
                format!("`{pattern}`")
            };
            FunctionError::new(format!("regexp: Compile({shown}): {said}"))
        })
    }
}

/// A pattern for those who match no template's texts, such as a schema.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, String> {
    Patterns::default().get(pattern)
}

pub(super) fn add(table: &mut Functions) {
    let patterns = Patterns::default();
    let known = patterns.clone();
    table.add("regexMatch", Signature::exact(&[Str, Str]), move |a| {
        Ok(known
            .get(text(a, 0))
            .is_ok_and(|regex| regex.is_match(text(a, 1)))
            .into())
    });
    let known = patterns.clone();
    table.add("mustRegexMatch", Signature::exact(&[Str, Str]), move |a| {
        Ok(known.compile(text(a, 0), true)?.is_match(text(a, 1)).into())
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
    finding(table, &patterns);
    replacing(table, &patterns);
}

fn finding(table: &mut Functions, patterns: &Patterns) {
    for (name, must) in [("regexFind", false), ("mustRegexFind", true)] {
        let known = patterns.clone();
        table.add(name, Signature::exact(&[Str, Str]), move |a| {
            let regex = known.compile(text(a, 0), must)?;
            Ok(regex
                .find(text(a, 1))
                .map_or("", |found| found.as_str())
                .into())
        });
    }
    for (name, must) in [("regexFindAll", false), ("mustRegexFindAll", true)] {
        let known = patterns.clone();
        table.add_with_evaluator(name, Signature::exact(&[Str, Str, Int]), move |evaluator, a| {
            let most = usize::try_from(int(a, 2)).unwrap_or(usize::MAX);
            let regex = known.compile(text(a, 0), must)?;
            evaluator.charge_items(text(a, 1).len().min(most))?;
            let found = regex.find_iter(text(a, 1)).take(most);
            Ok(Value::strings(found.map(|found| found.as_str())))
        });
    }
    for (name, must) in [("regexSplit", false), ("mustRegexSplit", true)] {
        let known = patterns.clone();
        table.add_with_evaluator(name, Signature::exact(&[Str, Str, Int]), move |evaluator, a| {
            let regex = known.compile(text(a, 0), must)?;
            evaluator.charge_items(text(a, 1).len())?;
            Ok(Value::strings(split(&regex, text(a, 1), int(a, 2))))
        });
    }
}

/// Go's split: a match of nothing at the start gives no first part.
fn split<'t>(regex: &Regex, text: &'t str, most: i64) -> Vec<&'t str> {
    if most == 0 {
        return Vec::new();
    }
    if text.is_empty() {
        return vec![""];
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(text).take(most) {
        if parts.len() + 1 == most {
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
    parts
}

fn replacing(table: &mut Functions, patterns: &Patterns) {
    for (name, must) in [("regexReplaceAll", false), ("mustRegexReplaceAll", true)] {
        let known = patterns.clone();
        table.add_with_evaluator(name, Signature::exact(&[Str, Str, Str]), move |evaluator, a| {
            let regex = known.compile(text(a, 0), must)?;
            evaluator.charge(growth(&regex, text(a, 1), text(a, 2)))?;
            Ok(regex.replace_all(text(a, 1), text(a, 2)).as_ref().into())
        });
    }
    for (name, must) in [
        ("regexReplaceAllLiteral", false),
        ("mustRegexReplaceAllLiteral", true),
    ] {
        let known = patterns.clone();
        table.add_with_evaluator(name, Signature::exact(&[Str, Str, Str]), move |evaluator, a| {
            let regex = known.compile(text(a, 0), must)?;
            evaluator.charge(growth(&regex, text(a, 1), text(a, 2)))?;
            let with = regex::NoExpand(text(a, 2));
            Ok(regex.replace_all(text(a, 1), with).as_ref().into())
        });
    }
}

/// The most bytes that a replacement may add.
fn growth(regex: &Regex, text: &str, with: &str) -> usize {
    let found = regex.find_iter(text).count();
    let groups = with.matches('$').count();
    found
        .saturating_mul(with.len())
        .saturating_add(groups.saturating_mul(text.len()))
}
