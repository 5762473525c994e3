//! Looks up a path in the tree of a text.
use super::super::node::{Content, Mark, Node};
use super::super::read::key as key_name;

/// The result of looking up a path.
pub(super) enum Lookup<'a> {
    /// A value and its key; elements of a list have no key.
    Value {
        key: Option<&'a Node>,
        value: &'a Node,
    },
    /// The deepest existing node, its key, and the missing rest of the path.
    Missing {
        key: Option<&'a Node>,
        map: &'a Node,
        rest: Vec<String>,
    },
}

fn child<'a>(node: &'a Node, name: &str) -> Option<(Option<&'a Node>, &'a Node)> {
    match &node.content {
        // As in parsing, the last of several equal keys counts.
        Content::Map { entries, .. } => entries
            .iter()
            .rev()
            .find(|(key, item)| key_name("", key, item).is_ok_and(|key| key == name))
            .map(|(key, value)| (Some(key), value)),
        Content::List { items, .. } => items
            .get(name.parse::<usize>().ok()?)
            .map(|item| (None, item)),
        _ => None,
    }
}

pub(super) fn find<'a>(root: &'a Node, path: &[&str]) -> Lookup<'a> {
    let (mut key, mut node) = (None, root);
    for (depth, name) in path.iter().enumerate() {
        match child(node, name) {
            Some(next) => (key, node) = next,
            None => {
                let rest = path
                    .iter()
                    .skip(depth)
                    .map(|&name| name.to_owned())
                    .collect();
                return Lookup::Missing {
                    key,
                    map: node,
                    rest,
                };
            }
        }
    }
    Lookup::Value { key, value: node }
}

/// The position of the last key of a path, or of its deepest existing key.
pub(super) fn key_mark(root: &Node, path: &[&str]) -> Option<Mark> {
    let mut node = root;
    let mut mark = None;
    for name in path {
        let Some((key, next)) = child(node.target(), name) else {
            break;
        };
        mark = Some(key.unwrap_or(next).start);
        node = next;
    }
    mark
}

/// The byte range to delete for removing an entry: whole lines, or part of a `{…}`.
pub(super) fn removable_range(text: &str, root: &Node, path: &[&str]) -> Option<(usize, usize)> {
    let (name, parents) = path.split_last()?;
    let Lookup::Value { value: parent, .. } = find(root, parents) else {
        return None;
    };
    let (key, value) = child(parent, name)?;
    let Content::Map { entries, flow } = &parent.content else {
        return None;
    };
    if entries.len() == 1 && !parents.is_empty() && !flow {
        return removable_range(text, root, parents);
    }
    let from = key?.start.byte;
    if *flow {
        return Some(between_commas(entries, from, content_end(text, value)));
    }
    let start = line_start(text, from);
    let end = line_end(text, content_end(text, value));
    if text.get(start..from)?.trim().is_empty() {
        return Some((start, end));
    }
    // The first entry after a dash ends at the next entry.
    let next = entries
        .iter()
        .map(|(key, _)| key.start.byte)
        .find(|byte| *byte > from)?;
    Some((from, next))
}

fn between_commas(entries: &[(Node, Node)], from: usize, to: usize) -> (usize, usize) {
    let next = entries
        .iter()
        .map(|(key, _)| key.start.byte)
        .find(|byte| *byte > from);
    let before = entries
        .iter()
        .map(|(_, value)| value.end.byte)
        .filter(|byte| *byte < from)
        .max();
    match (next, before) {
        (Some(next), _) => (from, next),
        (None, Some(before)) => (before, to),
        (None, None) => (from, to),
    }
}

/// The end of a node's content, without the spaces and comments after it.
pub(super) fn content_end(text: &str, node: &Node) -> usize {
    let last = match &node.content {
        Content::List { items, flow: false } => items.last(),
        Content::Map {
            entries,
            flow: false,
        } => match entries.last() {
            // An empty value ends at the colon of its key.
            Some((key, value)) if value.start.byte == value.end.byte => {
                return super::insert::after_colon(text, key);
            }
            last => last.map(|(_, value)| value),
        },
        _ => None,
    };
    if let Some(last) = last {
        return content_end(text, last);
    }
    let source = text.get(node.start.byte..node.end.byte).unwrap_or_default();
    node.start.byte + source.trim_end().len()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1)
}

/// The start of the next line.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|after| after.find('\n'))
        .map_or(text.len(), |found| at + found + 1)
}
