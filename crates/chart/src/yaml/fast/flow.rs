//! Flow lists and maps on one line, with plain words and quoted texts.
use gotmpl::{Map, Value};

use super::scalar::{PlainScalar, quoted, resolved};

/// The maximum nesting depth of brackets.
const MAX_DEPTH: usize = 16;

/// The value of a text in brackets.
pub(super) fn value(text: &str) -> Option<Value> {
    let mut rest = text;
    let value = nested(&mut rest, MAX_DEPTH)?;
    rest.is_empty().then_some(value)
}

fn nested(rest: &mut &str, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    match rest.chars().next()? {
        '[' => list(rest, depth),
        '{' => map(rest, depth),
        quote @ ('"' | '\'') => {
            let (text, after) = quoted(rest, quote)?;
            *rest = after;
            Some(text.into())
        }
        _ => resolved(word(rest)?).map(Value::from),
    }
}

fn skip(rest: &mut &str, indicator: char) -> Option<()> {
    *rest = rest.strip_prefix(indicator)?.trim_start_matches(' ');
    Some(())
}

fn word<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-' | b'=');
    let end = rest
        .bytes()
        .position(|byte| !is_allowed(byte))
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after;
    let is_special = word.is_empty()
        || word == "-"
        || ["---", "...", "="]
            .iter()
            .any(|start| word.starts_with(start));
    (!is_special).then_some(word)
}

fn list(rest: &mut &str, depth: usize) -> Option<Value> {
    skip(rest, '[')?;
    let mut items = Vec::new();
    if let Some(after) = rest.strip_prefix(']') {
        *rest = after;
        return Some(items.into());
    }
    loop {
        items.push(nested(rest, depth)?);
        *rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix(']') {
            *rest = after;
            return Some(items.into());
        }
        skip(rest, ',')?;
    }
}

fn map(rest: &mut &str, depth: usize) -> Option<Value> {
    skip(rest, '{')?;
    let map = Map::new();
    if let Some(after) = rest.strip_prefix('}') {
        *rest = after;
        return Some(map.into());
    }
    loop {
        let key = match rest.chars().next()? {
            quote @ ('"' | '\'') => {
                let (key, after) = quoted(rest, quote)?;
                *rest = after;
                key
            }
            _ => {
                let key = word(rest)?;
                matches!(resolved(key), Some(PlainScalar::Text(_))).then_some(key)?
            }
        };
        let after = rest.strip_prefix(": ")?;
        *rest = after.trim_start_matches(' ');
        map.set(key, nested(rest, depth)?);
        *rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix('}') {
            *rest = after;
            return Some(map.into());
        }
        skip(rest, ',')?;
    }
}
