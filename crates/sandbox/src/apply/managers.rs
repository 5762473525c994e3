//! The `managedFields` of an object: the owners of its fields.
//!
//! Name, operation, version and subresource identify a manager. A stored object keeps the fields of
//! an entry as JSON text, a tenth of the size of the tree; [`expand`] restores the tree. Start at
//! [`Managers::read`] and [`Managers::record_update`].

use std::borrow::Cow;

use serde_json::{Value, json};

use super::fields::{Difference, FieldSet};
use crate::object;

/// One manager's entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) manager: String,
    pub(crate) operation: String,
    pub(crate) api_version: String,
    pub(crate) subresource: String,
    pub(crate) time: String,
    pub(crate) fields: FieldSet,
}

impl Entry {
    fn is_same_manager(&self, other: &Self) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.subresource == other.subresource
            && (self.operation == "Apply" || self.api_version == other.api_version)
    }

    /// The manager, as a conflict message names it.
    pub(crate) fn display(&self) -> String {
        let mut message = json!(self.manager).to_string();
        if !self.subresource.is_empty() {
            message = format!("{message} with subresource {}", json!(self.subresource));
        }
        if self.operation == "Update" {
            message = format!("{message} using {}", self.api_version);
        }
        message
    }
}

/// The managers of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Managers {
    pub(crate) entries: Vec<Entry>,
}

impl Managers {
    pub(crate) fn read(object: &Value) -> Self {
        let entries = object::items(object, "/metadata/managedFields")
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                Entry {
                    manager: text("manager"),
                    operation: text("operation"),
                    api_version: text("apiVersion"),
                    subresource: text("subresource"),
                    time: text("time"),
                    fields: FieldSet::read(&fields_of(entry)),
                }
            })
            .collect();
        Self { entries }
    }

    pub(crate) fn write_to(&self, object: &mut Value) {
        let meta = object::meta(object);
        if self.entries.is_empty() {
            meta.remove("managedFields");
            return;
        }
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by_key(|entry| {
            (
                &entry.operation,
                &entry.time,
                &entry.manager,
                &entry.api_version,
                &entry.subresource,
            )
        });
        let entries: Vec<Value> = sorted
            .into_iter()
            .map(|entry| {
                let mut written = json!({
                    "manager": entry.manager, "operation": entry.operation,
                    "apiVersion": entry.api_version, "time": entry.time,
                    "fieldsType": "FieldsV1", "fieldsV1": entry.fields.to_json().to_string(),
                });
                if !entry.subresource.is_empty() {
                    written["subresource"] = json!(entry.subresource);
                }
                written
            })
            .collect();
        meta.insert("managedFields".into(), Value::Array(entries));
    }

    pub(crate) fn entry(&self, like: &Entry) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.is_same_manager(like))
    }

    pub(crate) fn others<'a>(&'a self, manager: &'a Entry) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| !entry.is_same_manager(manager))
    }

    /// Removes fields from all managers except one.
    pub(crate) fn remove_from_others(&mut self, except: &Entry, fields: &FieldSet) {
        for entry in &mut self.entries {
            if !entry.is_same_manager(except) {
                entry.fields.subtract(fields);
            }
        }
        self.entries.retain(|entry| !entry.fields.is_empty());
    }

    /// Adds or replaces the entry of a manager.
    pub(crate) fn set(&mut self, entry: Entry) {
        let at = self
            .entries
            .iter()
            .position(|existing| existing.is_same_manager(&entry));
        match (at, entry.fields.is_empty()) {
            (Some(at), true) => drop(self.entries.remove(at)),
            (Some(at), false) => {
                if let Some(existing) = self.entries.get_mut(at) {
                    let unchanged = existing.fields == entry.fields
                        && existing.api_version == entry.api_version;
                    let time = if unchanged {
                        existing.time.clone()
                    } else {
                        entry.time.clone()
                    };
                    *existing = Entry { time, ..entry };
                }
            }
            (None, true) => {}
            (None, false) => self.entries.push(entry),
        }
    }

    /// Records an update: the writer owns the changed fields, and removed fields have no owner.
    pub(crate) fn record_update(&mut self, mut writer: Entry, difference: &Difference) {
        let mut changed = difference.modified.clone();
        changed.add(&difference.added);
        self.remove_from_others(&writer, &difference.modified);
        self.remove_from_others(&writer, &difference.removed);
        let mut fields = self
            .entry(&writer)
            .map(|entry| entry.fields.clone())
            .unwrap_or_default();
        fields.subtract(&difference.removed);
        fields.add(&changed);
        strip_unowned(&mut fields, &writer.subresource);
        writer.fields = fields;
        self.set(writer);
    }
}

/// The fields of an entry, as a tree.
fn fields_of(entry: &Value) -> Cow<'_, Value> {
    match &entry["fieldsV1"] {
        Value::String(text) => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        tree => Cow::Borrowed(tree),
    }
}

/// Restores the trees of fields in a stored object, before a client sees it.
pub(crate) fn expand(object: &mut Value) {
    let entries = object.pointer_mut("/metadata/managedFields");
    for entry in entries.and_then(Value::as_array_mut).into_iter().flatten() {
        let fields = fields_of(entry).into_owned();
        entry["fieldsV1"] = fields;
    }
}

/// Removes fields without owners, and fields that this subresource does not write.
pub(crate) fn strip_unowned(fields: &mut FieldSet, subresource: &str) {
    for path in ["f:apiVersion", "f:kind"] {
        fields.remove_path(&[path]);
    }
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "resourceVersion",
        "generation",
        "selfLink",
        "managedFields",
    ] {
        fields.remove_path(&["f:metadata", &format!("f:{name}")]);
    }
    if fields
        .children
        .get("f:metadata")
        .is_some_and(|set| set.children.is_empty())
    {
        fields.children.remove("f:metadata");
    }
    if subresource == "status" {
        fields.children.retain(|step, _| step == "f:status");
    }
}
