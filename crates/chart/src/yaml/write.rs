//! Writes YAML as Helm's `toYaml` does.
use std::cmp::Ordering;

use gotmpl::{Map, Value};
use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};

use super::resolve::resolves_to_string;

/// Nesting beyond this is not written; only a map that holds itself gets there.
const DEEPEST: usize = 200;
/// The most values of one text; only maps that hold each other many times get there.
const MOST_NODES: usize = 500_000;

/// The YAML of a value, ending in a newline; `None` when it cannot be written.
pub fn write(value: &Value) -> Option<String> {
    written(value)
}

/// The same with lists indented.
pub(crate) fn write_pretty(value: &Value) -> Option<String> {
    written(value)
}

fn written(value: &Value) -> Option<String> {
    let mut out = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_output_string(&mut out);
    emitter.set_unicode(true);
    emitter.emit(Event::stream_start(Encoding::Utf8)).ok()?;
    emitter.emit(Event::document_start(None, &[], true)).ok()?;
    emit(&mut emitter, value, DEEPEST, &mut { MOST_NODES })?;
    emitter.emit(Event::document_end(true)).ok()?;
    emitter.emit(Event::stream_end()).ok()?;
    drop(emitter);
    let text = String::from_utf8(out).ok()?;
    Some(
        text.strip_suffix("...\n")
            .map_or(text.clone(), str::to_owned),
    )
}

fn emit(emitter: &mut Emitter, value: &Value, depth: usize, left: &mut usize) -> Option<()> {
    if depth == 0 || *left == 0 {
        return None;
    }
    *left -= 1;
    match value {
        Value::Nil => plain(emitter, "null"),
        Value::Bool(value) => plain(emitter, if *value { "true" } else { "false" }),
        Value::Int(value) | Value::Int64(value) => plain(emitter, &value.to_string()),
        Value::Byte(value) => plain(emitter, &value.to_string()),
        Value::Uint64(value) => plain(emitter, &value.to_string()),
        Value::Float(value) => plain(emitter, &float(*value)?),
        Value::Str(text) => string(emitter, text),
        Value::List(items) => {
            let start = Event::sequence_start(None, None, true, SequenceStyle::Block);
            emitter.emit(start).ok()?;
            for item in items.iter() {
                emit(emitter, item, depth - 1, left)?;
            }
            emitter.emit(Event::sequence_end()).ok()
        }
        Value::Map(map) => mapping(emitter, map, depth, left),
        Value::Object(object) => emit(emitter, &object.json(), depth - 1, left),
    }
}

fn mapping(emitter: &mut Emitter, map: &Map, depth: usize, left: &mut usize) -> Option<()> {
    emitter
        .emit(Event::mapping_start(None, None, true, MappingStyle::Block))
        .ok()?;
    let mut entries = map.entries();
    entries.sort_by(|a, b| natural(&a.0, &b.0));
    for (key, item) in entries {
        string(emitter, &key)?;
        emit(emitter, &item, depth - 1, left)?;
    }
    emitter.emit(Event::mapping_end()).ok()
}

fn plain(emitter: &mut Emitter, text: &str) -> Option<()> {
    emitter
        .emit(Event::scalar(
            None,
            None,
            text,
            true,
            true,
            ScalarStyle::Plain,
        ))
        .ok()
}

fn string(emitter: &mut Emitter, text: &str) -> Option<()> {
    let style = if text.contains('\n') {
        ScalarStyle::Literal
    } else if resolves_to_string(text) && !is_base_60(text) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    };
    emitter
        .emit(Event::scalar(None, None, text, true, true, style))
        .ok()
}

/// Whole floats are whole numbers in JSON, and so in the YAML made of it.
fn float(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    if value.fract() == 0.0 && value.abs() < 18_446_744_073_709_551_616.0 {
        return Some(format!("{value}"));
    }
    Some(gotmpl::float_text(value))
}

/// `12:30:45`: a number to YAML 1.1, so it is quoted.
pub(super) fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let digits =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !first.starts_with(|c: char| c.is_ascii_digit()) || !digits(first) {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else {
        return false;
    };
    let minute = |text: &str| {
        (1..=2).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text.len() == 1 || text.as_bytes().first().is_some_and(|b| *b < b'6'))
    };
    let last = last.split_once('.').map_or(*last, |(whole, _)| whole);
    middle.iter().all(|part| minute(part)) && minute(last)
}

/// go-yaml's order of keys: letters after everything else, numbers by size.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut digits = false;
    for (at, (&left, &right)) in a.iter().zip(b.iter()).enumerate() {
        if left == right {
            digits = left.is_numeric();
            continue;
        }
        let (left_letter, right_letter) = (left.is_alphabetic(), right.is_alphabetic());
        if left_letter && right_letter {
            return left.cmp(&right);
        }
        if left_letter || right_letter {
            return match digits {
                true if left_letter => Ordering::Less,
                true => Ordering::Greater,
                false if left_letter => Ordering::Greater,
                false => Ordering::Less,
            };
        }
        return by_number(&a, &b, at);
    }
    a.len().cmp(&b.len())
}

/// The order of two keys that differ first at a place where neither has a letter.
fn by_number(a: &[char], b: &[char], at: usize) -> Ordering {
    let (left, right) = (a.get(at).copied(), b.get(at).copied());
    let mut from = at;
    if left == Some('0') || right == Some('0') {
        // Leading zeros count only where the number starts.
        let before = a.get(..at).unwrap_or_default();
        from = at - before.iter().rev().take_while(|c| c.is_numeric()).count();
        if !before
            .get(from..)
            .unwrap_or_default()
            .iter()
            .any(|c| *c != '0')
        {
            from = at;
        }
    }
    let run = |chars: &[char]| -> String {
        chars
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|c| c.is_numeric())
            .collect()
    };
    let (x, y) = (run(a), run(b));
    let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
    let numbers = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
    numbers
        .then_with(|| run(a).len().cmp(&run(b).len()))
        .then_with(|| left.cmp(&right))
}
