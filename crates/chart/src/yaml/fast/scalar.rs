//! Scalars on one line, keys, and checks for the supported subset.
use gotmpl::Value;

use super::super::resolve::{Resolved, resolve};

/// The maximum length of a key, in bytes.
const MAX_KEY_LENGTH: usize = 128;

/// Whether a text contains only characters without special handling.
pub(super) fn is_plain_text(text: &str) -> bool {
    let is_allowed = |c: char| {
        matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}')
            || matches!(c, '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
    };
    // Without early exit, so that the compiler vectorizes the loop.
    let plain = |all: bool, byte: u8| all & matches!(byte, b'\n' | b' '..=b'~');
    text.bytes().fold(true, plain) || text.chars().all(is_allowed)
}

pub(super) fn is_blank_or_comment(text: &str) -> bool {
    text.is_empty() || text.starts_with('#')
}

/// Whether a line is a list item.
pub(super) fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// A key and the text after its colon; `None` when the line is not a supported entry.
pub(super) fn entry(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = match text.chars().next()? {
        quote @ ('"' | '\'') => {
            let (key, rest) = quoted(text, quote)?;
            (key, rest.strip_prefix(':')?)
        }
        _ => {
            let word = |byte: u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-')
            };
            let end = text.bytes().position(|byte| !word(byte))?;
            let (key, rest) = text.split_at(end);
            if key.is_empty() || key.starts_with('-') || resolve(key) != Resolved::Str {
                return None;
            }
            (key, rest.strip_prefix(':')?)
        }
    };
    if key.len() > MAX_KEY_LENGTH {
        return None;
    }
    let after = rest.trim_start_matches(' ');
    if after.is_empty() {
        return Some((key, ""));
    }
    if after.len() == rest.len() {
        return None;
    }
    // After a comment, the value is on the following lines.
    Some((
        key,
        if after.starts_with('#') {
            ""
        } else if after.starts_with('"') {
            // A space before the end of the line may be escaped.
            after
        } else {
            after.trim_end_matches(' ')
        },
    ))
}

/// The text between two quotes, without escapes, and the rest.
pub(super) fn quoted(text: &str, quote: char) -> Option<(&str, &str)> {
    let inside = text.get(1..)?;
    let end = inside.find([quote, '\\'])?;
    let (value, rest) = inside.split_at(end);
    let rest = rest.strip_prefix(quote)?;
    (!rest.starts_with(quote)).then_some((value, rest))
}

/// Whether a text contains two characters in this order; most texts are too short for a better search.
pub(super) fn has_pair(text: &str, pair: [u8; 2]) -> bool {
    text.as_bytes().array_windows().any(|found| *found == pair)
}

/// A text without a comment at its end, and the spaces before it.
fn without_comment(text: &str) -> &str {
    let mut pairs = text.as_bytes().array_windows();
    let end = pairs.position(|found| found == b" #");
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    text.trim_end_matches(' ')
}

/// A resolved scalar; its text is copied only when it is kept.
pub(super) enum PlainScalar<'t> {
    Text(&'t str),
    Other(Value),
}

impl From<PlainScalar<'_>> for Value {
    fn from(word: PlainScalar<'_>) -> Self {
        match word {
            PlainScalar::Text(text) => text.into(),
            PlainScalar::Other(value) => value,
        }
    }
}

/// Parses a plain scalar or a flow collection at the end of a line.
pub(super) fn inline(text: &str) -> Option<PlainScalar<'_>> {
    let first = text.chars().next()?;
    match first {
        '[' | '{' => {
            let text = without_comment(text);
            return super::flow::value(text).map(PlainScalar::Other);
        }
        '"' | '\'' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '?' | ':' | ',' | '#'
        | ']' | '}' => {
            return None;
        }
        '-' if is_item(text) => return None,
        _ => {}
    }
    let text = without_comment(text);
    if has_pair(text, *b": ") || text.ends_with(':') || text.is_empty() {
        return None;
    }
    resolved(text)
}

/// Resolves a plain scalar.
pub(super) fn resolved(text: &str) -> Option<PlainScalar<'_>> {
    let number = |value: f64| value.is_finite().then_some(Value::Float(value));
    let value = match resolve(text) {
        Resolved::Null => Value::Nil,
        Resolved::Bool(value) => value.into(),
        Resolved::Int(value) => number(value as f64)?,
        Resolved::Large(value) => number(value as f64)?,
        Resolved::Float(value) => number(value)?,
        Resolved::Merge => return None,
        Resolved::Timestamp | Resolved::Str => return Some(PlainScalar::Text(text)),
    };
    Some(PlainScalar::Other(value))
}
