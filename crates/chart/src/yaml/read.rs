//! Parses YAML as Helm does: go-yaml v2, then JSON, so that every number is a float.
use gotmpl::{Map, Value};

use super::Error;
use super::node::{Content, Node, documents};
use super::resolve::{Resolved, resolve};

/// Parses all documents of a text.
///
/// # Errors
/// With line and column, when the text is not YAML or exceeds a limit.
pub fn read(text: &str) -> Result<Vec<Value>, Error> {
    documents(text, false)?
        .iter()
        .map(|node| value(text, node))
        .collect()
}

/// Parses the first document of a text; nil when there is none.
///
/// # Errors
/// With line and column, when the text is not YAML or exceeds a limit.
pub fn read_first(text: &str) -> Result<Value, Error> {
    if let Some(value) = super::fast::value(text) {
        return Ok(value);
    }
    match documents(text, true)?.first() {
        Some(node) => value(text, node),
        None => Ok(Value::Nil),
    }
}

/// Parses the first document of a text; the top-level map may contain only the included keys.
pub(crate) fn read_part(text: &str, includes_key: fn(&str) -> bool) -> Result<Value, Error> {
    match super::fast::part(text, includes_key) {
        Some(value) => Ok(value),
        None => read_first(text),
    }
}

fn error(text: &str, node: &Node, reason: impl Into<String>) -> Error {
    Error::at(text, node.start.line + 1, node.start.column + 1, reason)
}

fn fail<T>(text: &str, node: &Node, reason: impl Into<String>) -> Result<T, Error> {
    Err(error(text, node, reason).into_value_error())
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
            map.set(self::key(text, key, item)?, value(text, item)?);
        }
    }
    Ok(())
}

fn is_merge(key: &Node) -> bool {
    let Content::Scalar { text, plain } = &key.content else {
        return false;
    };
    text == "<<"
        && match short_tag(key) {
            None => *plain,
            tag => matches!(tag, Some("!" | "merge")),
        }
}

fn short_tag(node: &Node) -> Option<&str> {
    let tag = node.tag.as_deref()?;
    Some(tag.trim_start_matches("tag:yaml.org,2002:"))
}

/// `<<: *defaults`: existing keys are kept.
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

/// The JSON name of a key.
pub(super) fn key(text: &str, node: &Node, item: &Node) -> Result<String, Error> {
    let Content::Scalar {
        text: scalar,
        plain,
    } = &node.target().content
    else {
        return fail(text, node, format!("invalid map key: {}", source(node, 0)));
    };
    let target = node.target();
    if short_tag(target) == Some("binary") {
        return binary(text, target, scalar);
    }
    Ok(match meaning(text, target, scalar, *plain)? {
        Resolved::Null => {
            let value = match source(item, 0) {
                nil if nil == "interface {}(nil)" => "<nil>".to_owned(),
                value => value,
            };
            let reason =
                format!("unsupported map key of type: %!s(<nil>), key: <nil>, value: {value}");
            return Err(error(text, node, reason).into_json_error());
        }
        Resolved::Bool(value) => value.to_string(),
        Resolved::Int(value) => value.to_string(),
        Resolved::Large(value) => value.to_string(),
        Resolved::Float(value) if value.is_nan() => ".nan".to_owned(),
        Resolved::Float(f64::INFINITY) => ".inf".to_owned(),
        Resolved::Float(f64::NEG_INFINITY) => "-.inf".to_owned(),
        Resolved::Float(value) => gotmpl::float_text(value),
        Resolved::Timestamp | Resolved::Merge | Resolved::Str => scalar.clone(),
    })
}

fn scalar(text: &str, node: &Node, scalar: &str, plain: bool) -> Result<Value, Error> {
    if short_tag(node) == Some("binary") {
        return binary(text, node, scalar).map(Value::from);
    }
    let number = |value: f64| {
        if value.is_finite() {
            Ok(Value::Float(value))
        } else {
            let reason = format!("json: unsupported value: {}", gotmpl::float_text(value));
            Err(error(text, node, reason).into_json_error())
        }
    };
    match meaning(text, node, scalar, plain)? {
        Resolved::Null => Ok(Value::Nil),
        Resolved::Bool(value) => Ok(Value::Bool(value)),
        Resolved::Int(value) => number(value as f64),
        Resolved::Large(value) => number(value as f64),
        Resolved::Float(value) => number(value),
        Resolved::Timestamp | Resolved::Merge | Resolved::Str => Ok(scalar.into()),
    }
}

/// Resolves a scalar with its tag; a tag that go-yaml does not resolve gives a string.
fn meaning(text: &str, node: &Node, scalar: &str, plain: bool) -> Result<Resolved, Error> {
    match short_tag(node) {
        Some(tag @ ("int" | "float" | "bool" | "null" | "timestamp")) => {
            let resolved = resolve(scalar);
            check_tag(text, node, scalar, &resolved, tag)?;
            Ok(resolved)
        }
        None if plain => Ok(resolve(scalar)),
        _ => Ok(Resolved::Str),
    }
}

/// Checks that a tag matches the resolved type of the text.
fn check_tag(
    text: &str,
    node: &Node,
    scalar: &str,
    resolved: &Resolved,
    tag: &str,
) -> Result<(), Error> {
    let resolved_tag = match resolved {
        Resolved::Null => "null",
        Resolved::Bool(_) => "bool",
        Resolved::Int(_) | Resolved::Large(_) if tag == "float" => "float",
        Resolved::Int(_) | Resolved::Large(_) => "int",
        Resolved::Float(_) => "float",
        Resolved::Timestamp => "timestamp",
        Resolved::Merge => "merge",
        Resolved::Str => "str",
    };
    if resolved_tag == tag {
        return Ok(());
    }
    fail(
        text,
        node,
        format!("cannot decode !!{resolved_tag} `{scalar}` as a !!{tag}"),
    )
}

/// A value in Go source syntax, as in go-yaml's messages.
fn source(node: &Node, depth: usize) -> String {
    if depth > 20 {
        return "...".to_owned();
    }
    match &node.target().content {
        Content::Alias(_) => String::new(),
        Content::List { items, .. } => {
            let items: Vec<String> = items.iter().map(|item| source(item, depth + 1)).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Content::Map { entries, .. } => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, item)| {
                    format!("{}:{}", source(key, depth + 1), source(item, depth + 1))
                })
                .collect();
            format!(
                "map[interface {{}}]interface {{}}{{{}}}",
                entries.join(", ")
            )
        }
        Content::Scalar { text, plain } => match resolve(text) {
            _ if !plain => gotmpl::quote(text),
            Resolved::Null => "interface {}(nil)".to_owned(),
            Resolved::Bool(value) => value.to_string(),
            Resolved::Int(value) => value.to_string(),
            Resolved::Large(value) => format!("{value:#x}"),
            Resolved::Float(value) => gotmpl::float_text(value),
            Resolved::Timestamp | Resolved::Merge | Resolved::Str => gotmpl::quote(text),
        },
    }
}

fn binary(text: &str, node: &Node, scalar: &str) -> Result<String, Error> {
    use base64::Engine;
    let packed: String = scalar.chars().filter(|c| !c.is_whitespace()).collect();
    match base64::engine::general_purpose::STANDARD.decode(packed) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => fail(text, node, "!!binary value contains invalid base64 data"),
    }
}
