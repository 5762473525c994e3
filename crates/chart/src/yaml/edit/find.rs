//! Finds a path in a text's tree.
use super::super::node::{Content, Mark, Node};
use super::super::read::key as key_name;

/// What a path leads to.
pub(super) enum Lookup<'a> {
    /// A value, and the key before it unless it is an element of a list.
    Value {
        key: Option<&'a Node>,
        value: &'a Node,
    },
    /// A node below which the rest of the path is missing, and the key before it.
    Missing {
        key: Option<&'a Node>,
        map: &'a Node,
        rest: Vec<String>,
    },
}

fn child<'a>(node: &'a Node, name: &str) -> Option<(Option<&'a Node>, &'a Node)> {
    match &node.content {
        // As in reading, the last of several equal keys counts.
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

/// Where the last part of a path stands, or the deepest part there is.
pub(super) fn mark(root: &Node, path: &[&str]) -> Option<Mark> {
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

/// The bytes to take away for an entry to be gone: whole lines, or part of a `{…}`.
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
    // The first entry after a dash: up to the next entry.
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

/// The end of what a node says, without the spaces and comments after it.
pub(super) fn content_end(text: &str, node: &Node) -> usize {
    let last = match &node.content {
        Content::List { items, flow: false } => items.last(),
        Content::Map {
            entries,
            flow: false,
        } => match entries.last() {
            // An empty value ends where its key's colon does.
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
    let whole = text.get(node.start.byte..node.end.byte).unwrap_or_default();
    node.start.byte + whole.trim_end().len()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1)
}

/// The start of the line after a place.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|after| after.find('\n'))
        .map_or(text.len(), |found| at + found + 1)
}
