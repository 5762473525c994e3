//! Functions for strings: trimming, joining, quoting, indenting.
use gotmpl::{ElementType, Evaluator, Functions, Map, Parameter, Signature, Value, quote};

use super::{CallResult, arg, int, strval, text};
use Parameter::{Any, Int, Str};

pub(super) fn add(table: &mut Functions) {
    add_trimming(table);
    add_predicates(table);
    table.add("quote", Signature::variadic(&[], Any), |a| {
        Ok(map_strvals(a, quote).into())
    });
    table.add("squote", Signature::variadic(&[], Any), |a| {
        Ok(map_strvals(a, |text| format!("'{text}'")).into())
    });
    table.add("cat", Signature::variadic(&[], Any), |a| {
        Ok(map_strvals(a, str::to_owned).into())
    });
    table.add("toString", Signature::exact(&[Any]), |a| {
        Ok(strval(arg(a, 0)).into())
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
        let parts = strings(arg(a, 1));
        evaluator.charge(parts.len().saturating_mul(text(a, 0).len()))?;
        Ok(parts.join(text(a, 0)).into())
    });
    table.add("toStrings", Signature::exact(&[Any]), |a| {
        Ok(Value::strings(strings(arg(a, 0))))
    });
    table.add("hello", Signature::exact(&[]), |_| Ok("Hello!".into()));
    table.add("sortAlpha", Signature::exact(&[Any]), |a| {
        let mut sorted = strings(arg(a, 0));
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
    add_unary(table, "upper", str::to_uppercase);
    add_unary(table, "lower", str::to_lowercase);
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
    table.add("splitList", Signature::exact(&[Str, Str]), |a| {
        Ok(Value::strings(split(text(a, 0), text(a, 1), usize::MAX)))
    });
    table.add("split", Signature::exact(&[Str, Str]), |a| {
        Ok(numbered_map(split(text(a, 0), text(a, 1), usize::MAX)))
    });
    table.add("splitn", Signature::exact(&[Str, Int, Str]), |a| {
        let limit = usize::try_from(int(a, 1)).unwrap_or(usize::MAX);
        Ok(numbered_map(split(text(a, 0), text(a, 2), limit)))
    });
}

fn split(by: &str, text: &str, limit: usize) -> Vec<String> {
    if by.is_empty() {
        return text.chars().map(String::from).collect();
    }
    text.splitn(limit, by).map(str::to_owned).collect()
}

fn numbered_map(parts: Vec<String>) -> Value {
    let map: Map = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| (format!("_{index}"), Value::from(part)))
        .collect();
    map.with_element_type(ElementType::Str).into()
}

fn map_strvals(values: &[Value], change: impl Fn(&str) -> String) -> String {
    let parts: Vec<String> = values
        .iter()
        .filter(|value| !matches!(value, Value::Nil))
        .map(|value| change(&strval(value)))
        .collect();
    parts.join(" ")
}

fn indent(evaluator: &mut Evaluator, spaces: i64, text: &str, before: &str) -> CallResult {
    let spaces = usize::try_from(spaces)
        .map_err(|_| gotmpl::FunctionError::new("strings: negative Repeat count"))?;
    evaluator.charge(spaces.saturating_mul(1 + text.matches('\n').count()))?;
    let pad = " ".repeat(spaces);
    Ok(format!("{before}{pad}{}", text.replace('\n', &format!("\n{pad}"))).into())
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
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value.as_list() {
        Some(items) => items
            .iter()
            .filter(|item| !matches!(item, Value::Nil))
            .map(strval)
            .collect(),
        None if matches!(value, Value::Nil) => Vec::new(),
        None => vec![strval(value)],
    }
}
