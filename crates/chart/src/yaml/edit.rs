//! Changes one value in the user's YAML text; comments, order and all other bytes are unchanged.
//!
//! The text is parsed with the position of each node, and only the bytes of the value are replaced.
//! The result is parsed again and checked. A byte order mark at the start is removed by the first change. Start at [`set`].
mod find;
mod insert;

use super::node::{Content, Node, documents};
use super::scalar::written_number;
use super::{Error, Scalar, without_byte_order_mark};
use find::{Lookup, content_end, find, line_end, line_start};

/// A position in a text, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// The position of the last key of a path; an element of a list has its index as key.
pub fn position<S: AsRef<str>>(text: &str, path: &[S]) -> Option<Position> {
    KeyPositions::read(text)?.position(path)
}

/// The positions of the keys of a text, for several lookups.
pub struct KeyPositions(Node);

impl KeyPositions {
    /// Parses a text; `None` when it is empty or not YAML.
    pub fn read(text: &str) -> Option<Self> {
        let root = documents(without_byte_order_mark(text), true)
            .ok()?
            .into_iter()
            .next()?;
        Some(Self(root))
    }

    /// The position of the last key of a path.
    pub fn position<S: AsRef<str>>(&self, path: &[S]) -> Option<Position> {
        let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        let mark = find::key_mark(&self.0, &path)?;
        Some(Position {
            line: mark.line + 1,
            column: mark.column + 1,
        })
    }
}

/// The text with a changed value at a path; absent maps on the path are created.
///
/// # Errors
/// With line and column, when the text is not YAML or the value cannot be changed.
pub fn set<S: AsRef<str>>(text: &str, path: &[S], scalar: &Scalar) -> Result<String, Error> {
    let text = without_byte_order_mark(text);
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    let root = documents(text, true)?.into_iter().next();
    let edited = match root {
        Some(root) => change(text, &root, &path, scalar),
        None => insert::at_end(text, &path, scalar),
    };
    let is_correct = super::read_first(&edited).is_ok_and(|value| has_value(&value, &path, scalar));
    if is_correct {
        Ok(edited)
    } else {
        cannot_edit(text, &path)
    }
}

/// The text without the value at a path; maps that become empty are removed too.
///
/// # Errors
/// With line and column, when the text is not YAML or the value cannot be changed.
pub fn unset<S: AsRef<str>>(text: &str, path: &[S]) -> Result<String, Error> {
    let text = without_byte_order_mark(text);
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    let Some(root) = documents(text, true)?.into_iter().next() else {
        return Ok(text.to_owned());
    };
    let Some((from, to)) = find::removable_range(text, &root, &path) else {
        return Ok(text.to_owned());
    };
    let mut edited = text.to_owned();
    edited.replace_range(from..to, "");
    let is_removed =
        super::read_first(&edited).is_ok_and(|value| value_at(&value, &path).is_none());
    if is_removed {
        Ok(edited)
    } else {
        cannot_edit(text, &path)
    }
}

fn cannot_edit(text: &str, path: &[&str]) -> Result<String, Error> {
    let location = position(text, path).unwrap_or(Position { line: 1, column: 1 });
    let reason = format!("{} cannot be changed in this text", path.join("."));
    Err(Error::at(text, location.line, location.column, reason))
}

fn change(text: &str, root: &Node, path: &[&str], scalar: &Scalar) -> String {
    match find(root, path) {
        Lookup::Value { key, value } => replace(text, key, value, scalar),
        Lookup::Missing { key, map, rest } => insert::entry(text, key, map, rest, scalar),
    }
}

/// Replaces a value with a scalar.
fn replace(text: &str, key: Option<&Node>, value: &Node, scalar: &Scalar) -> String {
    let mut edited = text.to_owned();
    let (from, to) = (value.start.byte, content_end(text, value));
    let before = text.get(from..to).unwrap_or_default();
    let is_block = match &value.content {
        Content::List { flow, .. } | Content::Map { flow, .. } => !flow,
        _ => before.is_empty(),
    };
    let written = scalar.to_yaml(before);
    match key {
        // For `a:` without a value or with a block, everything after the colon is replaced.
        Some(key) if is_block => {
            let colon = insert::after_colon(text, key);
            let to = if before.is_empty() { colon } else { to };
            edited.replace_range(colon..to, &format!(" {written}"));
        }
        _ => edited.replace_range(from..to, &written),
    }
    edited
}

/// Whether the value at the path equals the expected scalar.
fn has_value(value: &gotmpl::Value, path: &[&str], expected: &Scalar) -> bool {
    let Some(found) = value_at(value, path).and_then(|found| Scalar::from_value(&found)) else {
        return false;
    };
    let number = |scalar: &Scalar| match scalar {
        Scalar::Integer(value) => Some(*value as f64),
        Scalar::Number(value) => Some(*value),
        _ => None,
    };
    match (&found, expected) {
        (found, Scalar::Written(text)) => number(found) == written_number(text),
        (Scalar::Integer(a), Scalar::Number(b)) | (Scalar::Number(b), Scalar::Integer(a)) => {
            (*a as f64 - b).abs() < f64::EPSILON * b.abs().max(1.0)
        }
        (found, expected) => found == expected,
    }
}

/// The value at a path.
pub(crate) fn value_at(value: &gotmpl::Value, path: &[&str]) -> Option<gotmpl::Value> {
    let Some((first, rest)) = path.split_first() else {
        return Some(value.clone());
    };
    let next = match value {
        gotmpl::Value::List(items) => items.get(first.parse::<usize>().ok()?).cloned(),
        other => other.as_map()?.get(first),
    };
    value_at(&next?, rest)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
