//! Reads YAML as Helm does: go-yaml v2, then JSON, so that every number is a float.
use gotmpl::{Map, Value};

use super::Error;
use super::node::{Content, Node, documents};
use super::resolve::{Resolved, resolve};

/// Reads all documents of a text.
///
/// # Errors
/// With line and column, when the text is not YAML or is more than we take.
pub fn read(text: &str) -> Result<Vec<Value>, Error> {
    documents(text, false)?
        .iter()
        .map(|node| value(text, node))
        .collect()
}

/// Reads the first document of a text; nil when there is none.
///
/// # Errors
/// With line and column, when the text is not YAML or is more than we take.
pub fn read_first(text: &str) -> Result<Value, Error> {
    match documents(text, true)?.first() {
        Some(node) => value(text, node),
        None => Ok(Value::Nil),
    }
}

fn fail<T>(text: &str, node: &Node, reason: impl Into<String>) -> Result<T, Error> {
    Err(Error::at(
        text,
        node.start.line + 1,
        node.start.column + 1,
        reason,
    ))
}

fn value(text: &str, node: &Node) -> Result<Value, Error> {
    match &node.content {
        Content::Alias(target) => value(text, target),
        Content::Scalar {
            text: scalar,
            plain,
        } => self::scalar(text, node, scalar, *plain),
        Content::List { items, .. } => Ok(Value::from(
            items
                .iter()
                .map(|item| value(text, item))
                .collect::<Result<Vec<_>, _>>()?,
        )),
        Content::Map { entries, .. } => {
            let map = Map::new();
            fill(text, &map, entries)?;
            Ok(Value::Map(map))
        }
    }
}

fn fill(text: &str, map: &Map, entries: &[(Node, Node)]) -> Result<(), Error> {
    for (key, item) in entries {
        if is_merge(key) {
            merge(text, map, item)?;
        } else {
            map.set(self::key(text, key)?, value(text, item)?);
        }
    }
    Ok(())
}

fn is_merge(key: &Node) -> bool {
    matches!(&key.content, Content::Scalar { text, plain: true } if text == "<<")
}

/// `<<: *defaults`: keys that are there already stay.
fn merge(text: &str, map: &Map, node: &Node) -> Result<(), Error> {
    let target = node.target();
    match &target.content {
        Content::Map { .. } => {
            if let Some(from) = value(text, target)?.as_map() {
                for (key, item) in from.entries() {
                    if !map.contains(&key) {
                        map.set(key, item);
                    }
                }
            }
            Ok(())
        }
        Content::List { items, .. } => items.iter().try_for_each(|item| merge(text, map, item)),
        _ => fail(
            text,
            node,
            "map merge requires map or sequence of maps as the value",
        ),
    }
}

/// The name a key has in JSON.
pub(super) fn key(text: &str, node: &Node) -> Result<String, Error> {
    let Content::Scalar {
        text: scalar,
        plain,
    } = &node.target().content
    else {
        return fail(text, node, "a key must be a scalar");
    };
    if !plain || node.tag.is_some() {
        return Ok(scalar.clone());
    }
    Ok(match resolve(scalar) {
        Resolved::Null => return fail(text, node, "a key must not be null"),
        Resolved::Bool(value) => value.to_string(),
        Resolved::Int(value) => value.to_string(),
        Resolved::Large(value) => value.to_string(),
        Resolved::Float(value) => gotmpl::float_text(value),
        Resolved::Timestamp | Resolved::Merge | Resolved::Str => scalar.clone(),
    })
}

fn scalar(text: &str, node: &Node, scalar: &str, plain: bool) -> Result<Value, Error> {
    let tag = node
        .tag
        .as_deref()
        .map(|tag| tag.trim_start_matches("tag:yaml.org,2002:"));
    match tag {
        Some("str" | "!") => return Ok(scalar.into()),
        Some("binary") => return binary(text, node, scalar),
        Some("int" | "float" | "bool" | "null") => {}
        _ if !plain => return Ok(scalar.into()),
        _ => {}
    }
    let number = |value: f64| {
        if value.is_finite() {
            Ok(Value::Float(value))
        } else {
            fail(
                text,
                node,
                format!("json: unsupported value: {}", gotmpl::float_text(value)),
            )
        }
    };
    match resolve(scalar) {
        Resolved::Null => Ok(Value::Nil),
        Resolved::Bool(value) => Ok(Value::Bool(value)),
        Resolved::Int(value) => number(value as f64),
        Resolved::Large(value) => number(value as f64),
        Resolved::Float(value) => number(value),
        Resolved::Timestamp | Resolved::Merge | Resolved::Str => Ok(scalar.into()),
    }
}

fn binary(text: &str, node: &Node, scalar: &str) -> Result<Value, Error> {
    use base64::Engine;
    let packed: String = scalar.chars().filter(|c| !c.is_whitespace()).collect();
    match base64::engine::general_purpose::STANDARD.decode(packed) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned().into()),
        Err(_) => fail(text, node, "!!binary value contains invalid base64 data"),
    }
}
