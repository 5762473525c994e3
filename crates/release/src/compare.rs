//! What differs between two lists of manifests: by object, and in each object by field.
//!
//! Pure. What a server writes into an object (its status, managed fields and counters) is no difference, and no
//! value of a Secret leaves this module. Start at [`compare`].

use crate::list_object::flatten;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use wire::{
    ObjectName,
    comparison::{ComparedObject, Comparison, FieldChange, ObjectChange},
};

/// The text that replaces a value of a Secret.
pub(crate) const MASK: &str = "••••";
/// An annotation that repeats the complete object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// What a server writes into the metadata of an object.
pub(crate) const SERVER_FIELDS: [&str; 5] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
];
/// The fields that name an item of a list, the most usual first.
const ITEM_KEYS: [&str; 6] = ["name", "key", "mountPath", "containerPort", "port", "type"];
/// Lines of a text that are shown around its changed lines.
const CONTEXT_LINES: usize = 2;

/// Compares the objects of an earlier revision with those of a later one.
pub fn compare(before: &[Value], after: &[Value]) -> Comparison {
    let (before, after) = (objects(before), objects(after));
    let mut compared: Vec<ComparedObject> = after
        .iter()
        .map(|(name, value)| {
            let earlier = before.iter().find(|(earlier, _)| is_same(earlier, name));
            compared(name, earlier.map(|(_, value)| value), Some(value))
        })
        .collect();
    let is_removed = |name: &ObjectName| !after.iter().any(|(later, _)| is_same(later, name));
    let removed = before.iter().filter(|(name, _)| is_removed(name));
    compared.extend(removed.map(|(name, value)| self::compared(name, Some(value), None)));
    Comparison { objects: compared }
}

/// The objects with their names, without what a server writes.
fn objects(manifests: &[Value]) -> Vec<(ObjectName, Value)> {
    let objects = manifests.iter().flat_map(flatten);
    objects
        .map(|mut value| {
            clean(&mut value);
            (name(&value), value)
        })
        .collect()
}

fn name(object: &Value) -> ObjectName {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    ObjectName {
        kind: text("/kind").unwrap_or_default().to_owned(),
        api_version: text("/apiVersion").unwrap_or_default().to_owned(),
        namespace: text("/metadata/namespace").map(str::to_owned),
        name: text("/metadata/name").unwrap_or_default().to_owned(),
    }
}

/// Whether two names are of one object: a new version of an API is a change of the object.
fn is_same(first: &ObjectName, other: &ObjectName) -> bool {
    let group = |name: &ObjectName| {
        let group = name.api_version.rsplit_once('/');
        group.map(|(group, _)| group.to_owned())
    };
    first.kind == other.kind
        && first.name == other.name
        && first.namespace == other.namespace
        && group(first) == group(other)
}

fn clean(object: &mut Value) {
    let Some(root) = object.as_object_mut() else {
        return;
    };
    root.remove("status");
    let Some(metadata) = root.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    for field in SERVER_FIELDS {
        metadata.remove(field);
    }
    let annotations = metadata.get_mut("annotations");
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
}

fn compared(name: &ObjectName, before: Option<&Value>, after: Option<&Value>) -> ComparedObject {
    let mut found = Fields {
        is_secret: name.kind == "Secret",
        path: Vec::new(),
        changes: Vec::new(),
    };
    found.walk(before, after);
    let change = match (before, after) {
        (None, _) => ObjectChange::Added,
        (_, None) => ObjectChange::Removed,
        _ if found.changes.is_empty() => ObjectChange::Unchanged,
        _ => ObjectChange::Changed,
    };
    ComparedObject {
        object: name.clone(),
        change,
        fields: found.changes,
    }
}

/// The differences that are found so far, and the path that is walked.
struct Fields {
    is_secret: bool,
    path: Vec<String>,
    changes: Vec<FieldChange>,
}

impl Fields {
    fn walk(&mut self, before: Option<&Value>, after: Option<&Value>) {
        if before == after {
            return;
        }
        let empty = (Map::new(), Vec::new());
        if let (Some(before), Some(after)) = (map(before, &empty.0), map(after, &empty.0)) {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                self.at(key.clone(), before.get(key), after.get(key));
            }
        } else if let (Some(before), Some(after)) = (list(before, &empty.1), list(after, &empty.1))
        {
            self.walk_list(before, after);
        } else {
            self.differ(before, after);
        }
    }

    fn at(&mut self, key: String, before: Option<&Value>, after: Option<&Value>) {
        self.path.push(key);
        self.walk(before, after);
        self.path.pop();
    }

    /// Items are matched by the field that names them, else by their index.
    fn walk_list(&mut self, before: &[Value], after: &[Value]) {
        let Some(key) = item_key(before, after) else {
            for index in 0..before.len().max(after.len()) {
                self.at(format!("[{index}]"), before.get(index), after.get(index));
            }
            return;
        };
        let named = |items: &[Value], name: &str| {
            let mut items = items.iter();
            items
                .find(|item| item_name(item, key).as_deref() == Some(name))
                .cloned()
        };
        let mut names: Vec<String> = Vec::new();
        for name in after
            .iter()
            .chain(before)
            .filter_map(|item| item_name(item, key))
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let (before, after) = (named(before, &name), named(after, &name));
            self.at(format!("[{name}]"), before.as_ref(), after.as_ref());
        }
    }

    fn differ(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let first = self.path.first().map_or("", String::as_str);
        let is_masked = self.is_secret && matches!(first, "data" | "stringData");
        let (before, after) = if is_masked {
            let mask = |_: &Value| MASK.to_owned();
            (before.map(mask), after.map(mask))
        } else {
            changed_lines(before.map(written), after.map(written))
        };
        self.changes.push(FieldChange {
            path: self.path.clone(),
            before,
            after,
        });
    }
}

/// The value as a map: an absent one is empty, as long as the other one is a map that is not.
fn map<'a>(
    value: Option<&'a Value>,
    empty: &'a Map<String, Value>,
) -> Option<&'a Map<String, Value>> {
    match value {
        None => Some(empty),
        Some(Value::Object(fields)) if !fields.is_empty() => Some(fields),
        Some(_) => None,
    }
}

/// The value as a list of objects.
fn list<'a>(value: Option<&'a Value>, empty: &'a [Value]) -> Option<&'a [Value]> {
    match value {
        None => Some(empty),
        Some(Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_object) => {
            Some(items)
        }
        Some(_) => None,
    }
}

/// The field that names the items of both lists.
fn item_key(before: &[Value], after: &[Value]) -> Option<&'static str> {
    let names = |items: &[Value], key: &str| {
        let names: Option<BTreeSet<String>> =
            items.iter().map(|item| item_name(item, key)).collect();
        names.is_some_and(|names| names.len() == items.len())
    };
    let mut keys = ITEM_KEYS.into_iter();
    keys.find(|key| names(before, key) && names(after, key))
}

fn item_name(item: &Value, key: &str) -> Option<String> {
    match item.get(key)? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value as it is read: a list of scalars in one line, and a string in quotes where it looks as something else.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) if reads_as_other_type(text) => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.is_empty() && !items.iter().any(is_nested) => {
            let items: Vec<String> = items.iter().map(written).collect();
            items.join(", ")
        }
        other => other.to_string(),
    }
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Whether a string would be read as a value of another type without its quotes.
fn reads_as_other_type(text: &str) -> bool {
    text.is_empty() || matches!(text, "true" | "false" | "null") || text.parse::<f64>().is_ok()
}

/// Two texts without the lines that both begin and end with, except some context: a long text differs in a few.
fn changed_lines(
    before: Option<String>,
    after: Option<String>,
) -> (Option<String>, Option<String>) {
    let (Some(before), Some(after)) = (&before, &after) else {
        return (before, after);
    };
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new);
    let start = same.count();
    let rest = old.len().min(new.len()) - start;
    let same = old.iter().rev().zip(new.iter().rev());
    let end = same.take(rest).take_while(|(old, new)| old == new).count();
    let cut = |lines: &[&str]| {
        let from = start.saturating_sub(CONTEXT_LINES);
        let to = (lines.len() - end + CONTEXT_LINES).min(lines.len());
        let shown = lines.get(from..to).unwrap_or_default().join("\n");
        let above = if from > 0 { "…\n" } else { "" };
        let below = if to < lines.len() { "\n…" } else { "" };
        format!("{above}{shown}{below}")
    };
    (Some(cut(&old)), Some(cut(&new)))
}

#[cfg(test)]
mod tests;
