//! Functions for strings: trimming, joining, quoting, indenting.
use gotmpl::{
    ENTRY_SIZE, ElementType, Evaluator, FunctionError, Functions, ITEM_SIZE, Map, Parameter,
    Signature, Value, quote,
};

use super::letter_case::{to_lower, to_upper};
use super::{CallResult, arg, int, strval, strvals, text};
use crate::json::count_bytes;
use Parameter::{Any, Int, Str};

pub(super) fn add(table: &mut Functions) {
    add_trimming(table);
    add_predicates(table);
    for (name, change) in [
        ("quote", quote as fn(&str) -> String),
        ("squote", |text| format!("'{text}'")),
        ("cat", str::to_owned),
    ] {
        let signature = Signature::variadic(&[], Any);
        table.add_with_evaluator(name, signature, move |evaluator, a| {
            map_strvals(evaluator, a, change)
        });
    }
    table.add_with_evaluator("toString", Signature::exact(&[Any]), |evaluator, a| {
        Ok(strval(evaluator, arg(a, 0), 0)?.into())
    });
    table.add_with_evaluator("indent", Signature::exact(&[Int, Str]), |evaluator, a| {
        indent(evaluator, int(a, 0), text(a, 1), "")
    });
    table.add_with_evaluator("nindent", Signature::exact(&[Int, Str]), |evaluator, a| {
        indent(evaluator, int(a, 0), text(a, 1), "\n")
    });
    table.add_with_evaluator("repeat", Signature::exact(&[Int, Str]), |evaluator, a| {
        let count = usize::try_from(int(a, 0))
            .map_err(|_| gotmpl::FunctionError::new("strings: negative Repeat count"))?;
        evaluator.charge(count.saturating_mul(text(a, 1).len()))?;
        Ok(text(a, 1).repeat(count).into())
    });
    table.add_with_evaluator(
        "replace",
        Signature::exact(&[Str, Str, Str]),
        |evaluator, a| {
            let found = text(a, 2).matches(text(a, 0)).count();
            evaluator.charge(found.saturating_mul(text(a, 1).len()))?;
            Ok(text(a, 2).replace(text(a, 0), text(a, 1)).into())
        },
    );
    table.add("plural", Signature::exact(&[Str, Str, Int]), |a| {
        Ok(arg(a, usize::from(int(a, 2) != 1)).clone())
    });
    table.add_with_evaluator("join", Signature::exact(&[Str, Any]), |evaluator, a| {
        let parts = strings(evaluator, arg(a, 1))?;
        evaluator.charge(parts.len().saturating_mul(text(a, 0).len()))?;
        Ok(parts.join(text(a, 0)).into())
    });
    table.add_with_evaluator("toStrings", Signature::exact(&[Any]), |evaluator, a| {
        Ok(Value::strings(strings(evaluator, arg(a, 0))?))
    });
    table.add("hello", Signature::exact(&[]), |_| Ok("Hello!".into()));
    table.add_with_evaluator("sortAlpha", Signature::exact(&[Any]), |evaluator, a| {
        let mut sorted = strings(evaluator, arg(a, 0))?;
        sorted.sort();
        Ok(Value::strings(sorted))
    });
    add_splitting(table);
}

fn add_trimming(table: &mut Functions) {
    let add_unary = |table: &mut Functions, name, change: fn(&str) -> String| {
        table.add(name, Signature::exact(&[Str]), move |a| {
            Ok(change(text(a, 0)).into())
        });
    };
    add_unary(table, "trim", |text| text.trim().to_owned());
    add_unary(table, "upper", |text| text.chars().map(to_upper).collect());
    add_unary(table, "lower", |text| text.chars().map(to_lower).collect());
    add_unary(table, "nospace", |text| {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    });
    let add_binary = |table: &mut Functions, name, change: fn(&str, &str) -> String| {
        table.add(name, Signature::exact(&[Str, Str]), move |a| {
            Ok(change(text(a, 0), text(a, 1)).into())
        });
    };
    let trim_all: fn(&str, &str) -> String =
        |cut, text| text.trim_matches(|c| cut.contains(c)).to_owned();
    add_binary(table, "trimAll", trim_all);
    add_binary(table, "trimall", trim_all);
    add_binary(table, "trimPrefix", |cut, text| {
        text.strip_prefix(cut).unwrap_or(text).to_owned()
    });
    add_binary(table, "trimSuffix", |cut, text| {
        text.strip_suffix(cut).unwrap_or(text).to_owned()
    });
    table.add("trunc", Signature::exact(&[Int, Str]), |a| {
        Ok(trunc(int(a, 0), text(a, 1)).into())
    });
    table.add("substr", Signature::exact(&[Int, Int, Str]), |a| {
        substr(int(a, 0), int(a, 1), text(a, 2))
    });
}

fn substr(from: i64, to: i64, text: &str) -> CallResult {
    let length = text.len() as i64;
    let (from, to) = match (from, to) {
        (from, to) if from < 0 => (0, to),
        (from, to) if to < 0 || to > length => (from, length),
        range => range,
    };
    if from > to {
        let reason = format!("runtime error: slice bounds out of range [{from}:{to}]");
        return Err(gotmpl::FunctionError::new(reason));
    }
    Ok(byte_slice(text, from, to).into())
}

fn add_predicates(table: &mut Functions) {
    let add_predicate = |table: &mut Functions, name, predicate: fn(&str, &str) -> bool| {
        table.add(name, Signature::exact(&[Str, Str]), move |a| {
            Ok(predicate(text(a, 0), text(a, 1)).into())
        });
    };
    add_predicate(table, "contains", |part, text| text.contains(part));
    add_predicate(table, "hasPrefix", |part, text| text.starts_with(part));
    add_predicate(table, "hasSuffix", |part, text| text.ends_with(part));
}

fn add_splitting(table: &mut Functions) {
    table.add_with_evaluator(
        "splitList",
        Signature::exact(&[Str, Str]),
        |evaluator, a| {
            let parts = split(text(a, 0), text(a, 1), usize::MAX);
            reserve_parts(evaluator, parts.clone(), text(a, 1), ITEM_SIZE)?;
            Ok(Value::strings(parts))
        },
    );
    table.add_with_evaluator("split", Signature::exact(&[Str, Str]), |evaluator, a| {
        numbered_map(evaluator, text(a, 0), text(a, 1), usize::MAX)
    });
    table.add_with_evaluator(
        "splitn",
        Signature::exact(&[Str, Int, Str]),
        |evaluator, a| {
            let limit = usize::try_from(int(a, 1)).unwrap_or(usize::MAX);
            numbered_map(evaluator, text(a, 0), text(a, 2), limit)
        },
    );
}

/// At most `limit` parts of a text; an empty separator splits it into its characters.
fn split<'t>(by: &'t str, text: &'t str, limit: usize) -> impl Iterator<Item = &'t str> + Clone {
    let characters = by.is_empty().then(move || {
        text.char_indices()
            .take(limit)
            .enumerate()
            .map(move |(index, (at, c))| {
                let is_last = index + 1 == limit;
                let end = if is_last {
                    text.len()
                } else {
                    at + c.len_utf8()
                };
                text.get(at..end).unwrap_or_default()
            })
    });
    let parts = (!by.is_empty()).then(|| text.splitn(limit, by));
    characters
        .into_iter()
        .flatten()
        .chain(parts.into_iter().flatten())
}

/// Checks that the parts of a text, with this size beside their bytes, may be allocated.
fn reserve_parts<'t>(
    evaluator: &Evaluator,
    parts: impl Iterator<Item = &'t str>,
    text: &str,
    size: usize,
) -> Result<(), FunctionError> {
    let parts = parts.count().saturating_mul(size);
    evaluator.reserve_memory(parts.saturating_add(text.len()))
}

fn numbered_map(evaluator: &Evaluator, by: &str, text: &str, limit: usize) -> CallResult {
    let parts = split(by, text, limit);
    reserve_parts(evaluator, parts.clone(), text, ENTRY_SIZE)?;
    let map: Map = parts
        .enumerate()
        .map(|(index, part)| (format!("_{index}"), Value::from(part)))
        .collect();
    Ok(map.with_element_type(ElementType::Str).into())
}

fn map_strvals(evaluator: &Evaluator, values: &[Value], change: fn(&str) -> String) -> CallResult {
    let present = values.iter().filter(|value| !matches!(value, Value::Nil));
    let mut texts = strvals(evaluator, present)?;
    // The longest escape of a byte has four bytes.
    let length: usize = texts.iter().map(String::len).sum();
    evaluator.reserve_memory(length.saturating_mul(8))?;
    for text in &mut texts {
        *text = change(text);
    }
    Ok(texts.join(" ").into())
}

fn indent(evaluator: &Evaluator, spaces: i64, text: &str, before: &str) -> CallResult {
    let spaces = usize::try_from(spaces)
        .map_err(|_| gotmpl::FunctionError::new("strings: negative Repeat count"))?;
    let pads = spaces.saturating_mul(1 + count_bytes(text.as_bytes(), |byte| byte == b'\n'));
    evaluator.charge(pads)?;
    let pad = " ".repeat(spaces);
    let mut out = String::with_capacity(before.len() + text.len() + pads);
    out.push_str(before);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&pad);
        out.push_str(line);
    }
    Ok(out.into())
}

fn trunc(length: i64, text: &str) -> String {
    let all = text.len() as i64;
    if length < 0 && all + length > 0 {
        return byte_slice(text, all + length, all);
    }
    if length >= 0 && all > length {
        return byte_slice(text, 0, length);
    }
    text.to_owned()
}

/// A slice of a text by byte offsets, as in Go; partial characters are kept as bytes.
fn byte_slice(text: &str, from: i64, to: i64) -> String {
    let at = |index: i64| usize::try_from(index).unwrap_or(0);
    let part = text.as_bytes().get(at(from)..at(to)).unwrap_or_default();
    gotmpl::go_string::from_bytes(part)
}

/// Sprig's conversion to a list of strings; nil elements are omitted, any other value is a list of
/// one.
fn strings(evaluator: &Evaluator, value: &Value) -> Result<Vec<String>, FunctionError> {
    let is_present = |item: &&Value| !matches!(item, Value::Nil);
    match value.as_list() {
        Some(items) => strvals(evaluator, items.iter().filter(is_present)),
        None => strvals(evaluator, Some(value).filter(is_present)),
    }
}
