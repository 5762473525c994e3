//! Who owns which fields of an object: its `managedFields`.
//!
//! A manager is known by name, operation, version and subresource together. Start at
//! [`Managers::read`] and [`Managers::updated`].

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

    /// The manager, as a conflict names it.
    pub(crate) fn said(&self) -> String {
        let mut said = json!(self.manager).to_string();
        if !self.subresource.is_empty() {
            said = format!("{said} with subresource {}", json!(self.subresource));
        }
        if self.operation == "Update" {
            said = format!("{said} using {}", self.api_version);
        }
        said
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
                    fields: FieldSet::read(&entry["fieldsV1"]),
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
                    "fieldsType": "FieldsV1", "fieldsV1": entry.fields.written(),
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

    pub(crate) fn others<'a>(&'a self, than: &'a Entry) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| !entry.is_same_manager(than))
    }

    /// Takes fields away from all managers but one.
    pub(crate) fn disown(&mut self, but: &Entry, fields: &FieldSet) {
        for entry in &mut self.entries {
            if !entry.is_same_manager(but) {
                entry.fields.take_away(fields);
            }
        }
        self.entries.retain(|entry| !entry.fields.is_empty());
    }

    /// Writes a manager's entry in place of its earlier one.
    pub(crate) fn set(&mut self, entry: Entry) {
        let at = self
            .entries
            .iter()
            .position(|known| known.is_same_manager(&entry));
        match (at, entry.fields.is_empty()) {
            (Some(at), true) => drop(self.entries.remove(at)),
            (Some(at), false) => {
                if let Some(known) = self.entries.get_mut(at) {
                    let unchanged =
                        known.fields == entry.fields && known.api_version == entry.api_version;
                    let time = if unchanged {
                        known.time.clone()
                    } else {
                        entry.time.clone()
                    };
                    *known = Entry { time, ..entry };
                }
            }
            (None, true) => {}
            (None, false) => self.entries.push(entry),
        }
    }

    /// Records an update: what changed is now the writer's, what went is nobody's.
    pub(crate) fn updated(&mut self, mut writer: Entry, difference: &Difference) {
        let mut changed = difference.modified.clone();
        changed.add(&difference.added);
        self.disown(&writer, &difference.modified);
        self.disown(&writer, &difference.removed);
        let mut fields = self
            .entry(&writer)
            .map(|entry| entry.fields.clone())
            .unwrap_or_default();
        fields.take_away(&difference.removed);
        fields.add(&changed);
        strip(&mut fields, &writer.subresource);
        writer.fields = fields;
        self.set(writer);
    }
}

/// Takes away what nobody owns, and what this subresource does not write.
pub(crate) fn strip(fields: &mut FieldSet, subresource: &str) {
    for path in ["f:apiVersion", "f:kind"] {
        fields.cut(&[path]);
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
        fields.cut(&["f:metadata", &format!("f:{name}")]);
    }
    if fields
        .below
        .get("f:metadata")
        .is_some_and(|set| set.below.is_empty())
    {
        fields.below.remove("f:metadata");
    }
    if subresource == "status" {
        fields.below.retain(|step, _| step == "f:status");
    }
}
