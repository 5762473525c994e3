//! The objects of one cluster and the log of their changes.
//!
//! Every change increases the revision and is appended to a log for watches; old entries of the log
//! are compacted. The content of objects has no meaning here. Start at [`ObjectMap::put`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::object;

/// The maximum number of changes in the log.
const MAX_LOG_LENGTH: usize = 5_000;

/// The type of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    Added,
    Modified,
    Deleted,
}

/// One entry of the log.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) revision: u64,
    pub(crate) kind: Arc<str>,
    pub(crate) event: EventType,
    pub(crate) object: Arc<Value>,
    pub(crate) before: Option<Arc<Value>>,
}

/// A stored object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) object: Arc<Value>,
    /// The time of creation, more precise than the creation timestamp.
    pub(crate) created_at: Instant,
}

type KindObjects = BTreeMap<(String, String), Entry>;

/// The objects of one cluster.
#[derive(Debug)]
pub(crate) struct ObjectMap {
    by_kind: BTreeMap<Arc<str>, KindObjects>,
    revision: u64,
    log: VecDeque<Change>,
    compacted_revision: u64,
    latest: watch::Sender<u64>,
}

/// The requested revision is no longer in the log.
#[derive(Debug)]
pub(crate) struct Compacted;

impl ObjectMap {
    pub(crate) fn new() -> Self {
        Self {
            by_kind: BTreeMap::new(),
            revision: 1,
            log: VecDeque::new(),
            compacted_revision: 0,
            latest: watch::Sender::new(1),
        }
    }

    /// The revision of the newest change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// A channel with the newest revision.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    pub(crate) fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.entry(kind, namespace, name)
            .map(|entry| entry.object.clone())
    }

    pub(crate) fn entry(&self, kind: &str, namespace: &str, name: &str) -> Option<&Entry> {
        self.by_kind
            .get(kind)?
            .get(&(namespace.to_owned(), name.to_owned()))
    }

    /// The objects of a kind in one namespace or in all, ordered by name.
    pub(crate) fn list(&self, kind: &str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.entries(kind)
            .filter(|entry| {
                namespace.is_none_or(|namespace| object::namespace(&entry.object) == namespace)
            })
            .map(|entry| entry.object.clone())
            .collect()
    }

    pub(crate) fn entries(&self, kind: &str) -> impl Iterator<Item = &Entry> {
        self.by_kind
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// All objects with their kinds.
    pub(crate) fn iter_all(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.by_kind
            .iter()
            .flat_map(|(kind, objects)| objects.values().map(move |entry| (kind, entry)))
    }

    /// Stores an object with the next revision.
    pub(crate) fn put(&mut self, kind: &str, mut object: Value) -> Arc<Value> {
        self.revision += 1;
        object::meta(&mut object)
            .insert("resourceVersion".into(), json!(self.revision.to_string()));
        let key = (
            object::namespace(&object).to_owned(),
            object::name(&object).to_owned(),
        );
        let object = Arc::new(object);
        let kind: Arc<str> = kind.into();
        let objects = self.by_kind.entry(kind.clone()).or_default();
        let before = objects.get(&key).cloned();
        let created_at = before
            .as_ref()
            .map_or_else(Instant::now, |entry| entry.created_at);
        objects.insert(
            key,
            Entry {
                object: object.clone(),
                created_at,
            },
        );
        let before = before.map(|entry| entry.object);
        let event = if before.is_some() {
            EventType::Modified
        } else {
            EventType::Added
        };
        self.append(Change {
            revision: self.revision,
            kind,
            event,
            object: object.clone(),
            before,
        });
        object
    }

    /// Removes an object with the next revision.
    pub(crate) fn remove(&mut self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let objects = self.by_kind.get_mut(kind)?;
        let before = objects
            .remove(&(namespace.to_owned(), name.to_owned()))?
            .object;
        self.revision += 1;
        let mut deleted = before.as_ref().clone();
        object::meta(&mut deleted)
            .insert("resourceVersion".into(), json!(self.revision.to_string()));
        let object = Arc::new(deleted);
        self.append(Change {
            revision: self.revision,
            kind: kind.into(),
            event: EventType::Deleted,
            object: object.clone(),
            before: Some(before),
        });
        Some(object)
    }

    /// The changes of a kind after a revision.
    pub(crate) fn changes_after(
        &self,
        revision: u64,
        kind: &str,
    ) -> Result<Vec<Change>, Compacted> {
        if revision < self.compacted_revision {
            return Err(Compacted);
        }
        let start = self
            .log
            .partition_point(|change| change.revision <= revision);
        Ok(self
            .log
            .range(start..)
            .filter(|change| &*change.kind == kind)
            .cloned()
            .collect())
    }

    fn append(&mut self, change: Change) {
        self.log.push_back(change);
        if self.log.len() > MAX_LOG_LENGTH
            && let Some(oldest) = self.log.pop_front()
        {
            self.compacted_revision = oldest.revision;
        }
        self.latest.send_replace(self.revision);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{EventType, MAX_LOG_LENGTH, ObjectMap};

    #[test]
    fn the_log_keeps_changes_in_order_and_compacts_the_oldest() {
        let mut objects = ObjectMap::new();
        let start = objects.revision();
        let map = |count: usize| json!({"metadata": {"name": "mesh"}, "data": {"count": count}});
        objects.put("configmaps", map(0));
        objects.put("configmaps", map(1));
        objects.remove("configmaps", "", "mesh");
        let events = objects.changes_after(start, "configmaps").map(|changes| {
            changes
                .iter()
                .map(|change| change.event)
                .collect::<Vec<_>>()
        });
        assert_eq!(
            events.ok(),
            Some(vec![
                EventType::Added,
                EventType::Modified,
                EventType::Deleted
            ])
        );
        for count in 0..MAX_LOG_LENGTH {
            objects.put("configmaps", map(count));
        }
        assert!(objects.changes_after(start, "configmaps").is_err());
        assert!(
            objects
                .changes_after(objects.revision(), "configmaps")
                .is_ok()
        );
    }
}
