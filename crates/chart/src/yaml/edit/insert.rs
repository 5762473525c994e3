//! Inserts a new entry into a text.
use super::super::Scalar;
use super::super::node::{Content, Node};
use super::{content_end, line_end, line_start};

/// Appends the entry to a text without values, below its comments.
pub(super) fn at_end(text: &str, path: &[&str], scalar: &Scalar) -> String {
    let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
    let mut edited = text.to_owned();
    end_line(&mut edited);
    edited + &block(&path, scalar, 0)
}

/// Appends the entry to a map, in the style of the map.
pub(super) fn entry(
    text: &str,
    key: Option<&Node>,
    map: &Node,
    rest: Vec<String>,
    scalar: &Scalar,
) -> String {
    let mut edited = text.to_owned();
    match &map.content {
        Content::Map {
            entries,
            flow: true,
        } if !entries.is_empty() => {
            let last = entries
                .last()
                .map_or(map.start.byte, |(_, value)| content_end(text, value));
            edited.insert_str(last, &format!(", {}", inline(&rest, scalar)));
        }
        Content::Map {
            entries,
            flow: false,
        } => {
            let column = entries.first().map_or(0, |(key, _)| key.start.column);
            let at = line_end(text, content_end(text, map));
            let mut new = block(&rest, scalar, column);
            if at == text.len() && !text.ends_with('\n') {
                new.insert(0, '\n');
            }
            edited.insert_str(at, &new);
        }
        _ => replace_with_map(&mut edited, text, key, map, &rest, scalar),
    }
    edited
}

/// Replaces a value that is not a map, such as an empty value, `{}` or a scalar, with a map.
fn replace_with_map(
    edited: &mut String,
    text: &str,
    key: Option<&Node>,
    value: &Node,
    rest: &[String],
    scalar: &Scalar,
) {
    let (from, to) = (value.start.byte, content_end(text, value));
    let Some(key) = key else {
        let column = from - line_start(text, from);
        edited.replace_range(from..to, block(rest, scalar, column).trim());
        return;
    };
    let in_block = text.get(line_start(text, key.start.byte)..key.start.byte);
    let in_block = in_block.is_some_and(|before| before.trim_matches([' ', '-']).is_empty());
    if !in_block {
        edited.replace_range(from..to, &format!("{{{}}}", inline(rest, scalar)));
        return;
    }
    let colon = after_colon(text, key);
    if to > from {
        edited.replace_range(colon..to, "");
    }
    let at = line_end(edited, colon);
    let mut new = block(rest, scalar, key.start.column + 2);
    if at == edited.len() && !edited.ends_with('\n') {
        new.insert(0, '\n');
    }
    edited.insert_str(at, &new);
}

/// The offset after the colon of a key.
pub(super) fn after_colon(text: &str, key: &Node) -> usize {
    let after = text.get(key.end.byte..).unwrap_or_default();
    key.end.byte + after.find(':').map_or(0, |at| at + 1)
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn key(name: &str) -> String {
    Scalar::Text(name.to_owned()).to_yaml("")
}

fn block(path: &[String], scalar: &Scalar, column: usize) -> String {
    let mut out = String::new();
    for (depth, name) in path.iter().enumerate() {
        let pad = " ".repeat(column + depth * 2);
        let last = depth + 1 == path.len();
        let value = if last {
            format!(" {}", scalar.to_yaml(""))
        } else {
            String::new()
        };
        out.push_str(format!("{pad}{}:{value}\n", key(name)).as_str());
    }
    out
}

fn inline(path: &[String], scalar: &Scalar) -> String {
    match path.split_first() {
        Some((name, [])) => format!("{}: {}", key(name), scalar.to_yaml("")),
        Some((name, rest)) => format!("{}: {{{}}}", key(name), inline(rest, scalar)),
        None => String::new(),
    }
}
