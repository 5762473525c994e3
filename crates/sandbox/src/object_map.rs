//! The objects of one cluster and the log of their changes.
//!
//! Every change increases the revision and is appended to a log for watches and controllers; old
//! entries of the log are compacted. Indexes find objects by owner, node, address and other terms.
//! Start at [`ObjectMap::put`].

mod index;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::watch;

pub(crate) use index::Index;
use index::Indexes;
pub(crate) use index::{claim_names, label};

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

impl Change {
    /// The object after and before the change; only one of them for a new or a deleted object.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Arc<Value>> {
        let after = (self.event != EventType::Deleted).then_some(&self.object);
        after.into_iter().chain(&self.before)
    }
}

/// The kind, the namespace and the name of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectKey {
    pub(crate) kind: Arc<str>,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl ObjectKey {
    pub(crate) fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            kind: kind.into(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The key of an object of a kind.
    pub(crate) fn of(kind: &str, object: &Value) -> Self {
        Self::new(kind, object::namespace(object), object::name(object))
    }
}

/// A stored object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) object: Arc<Value>,
    /// The time of creation, more precise than the creation timestamp.
    pub(crate) created_at: Instant,
}

/// The objects of a kind, by namespace and name.
type KindObjects = BTreeMap<String, BTreeMap<String, Entry>>;

/// The objects of one cluster.
#[derive(Debug)]
pub(crate) struct ObjectMap {
    by_kind: BTreeMap<Arc<str>, KindObjects>,
    indexes: Indexes,
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
            indexes: Indexes::default(),
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

    /// The object that a key names.
    pub(crate) fn get_key(&self, key: &ObjectKey) -> Option<Arc<Value>> {
        self.get(&key.kind, &key.namespace, &key.name)
    }

    pub(crate) fn entry(&self, kind: &str, namespace: &str, name: &str) -> Option<&Entry> {
        self.by_kind.get(kind)?.get(namespace)?.get(name)
    }

    /// The objects of a kind in one namespace or in all, ordered by name.
    pub(crate) fn list(&self, kind: &str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        let objects = |entry: &Entry| entry.object.clone();
        match namespace {
            None => self.entries(kind).map(objects).collect(),
            Some(namespace) => {
                let kind_objects = self.by_kind.get(kind);
                let found = kind_objects.and_then(|kind_objects| kind_objects.get(namespace));
                let entries = found.into_iter().flat_map(BTreeMap::values);
                entries.map(objects).collect()
            }
        }
    }

    pub(crate) fn entries(&self, kind: &str) -> impl Iterator<Item = &Entry> {
        self.by_kind
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
    }

    /// The objects of all kinds in one namespace.
    pub(crate) fn in_namespace(
        &self,
        namespace: &str,
    ) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.by_kind.iter().flat_map(move |(kind, objects)| {
            let entries = objects.get(namespace).into_iter();
            entries
                .flat_map(BTreeMap::values)
                .map(move |entry| (kind, entry))
        })
    }

    /// The kinds that have objects.
    pub(crate) fn stored_kinds(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_kind.keys()
    }

    /// The objects with a term in an index.
    pub(crate) fn indexed(
        &self,
        index: Index,
        term: &str,
    ) -> impl Iterator<Item = (&ObjectKey, &Arc<Value>)> {
        self.indexes.find(index, term).filter_map(|key| {
            let entry = self.entry(&key.kind, &key.namespace, &key.name)?;
            Some((key, &entry.object))
        })
    }

    /// Stores an object with the next revision.
    pub(crate) fn put(&mut self, kind: &str, mut object: Value) -> Arc<Value> {
        self.revision += 1;
        object::meta(&mut object)
            .insert("resourceVersion".into(), json!(self.revision.to_string()));
        let key = ObjectKey::of(kind, &object);
        let object = Arc::new(object);
        let objects = self.by_kind.entry(key.kind.clone()).or_default();
        let objects = objects.entry(key.namespace.clone()).or_default();
        let before = objects.get(&key.name).cloned();
        let created_at = before
            .as_ref()
            .map_or_else(Instant::now, |entry| entry.created_at);
        objects.insert(
            key.name.clone(),
            Entry {
                object: object.clone(),
                created_at,
            },
        );
        let before = before.map(|entry| entry.object);
        self.indexes.replace(&key, before.as_deref(), Some(&object));
        let event = if before.is_some() {
            EventType::Modified
        } else {
            EventType::Added
        };
        self.append(Change {
            revision: self.revision,
            kind: key.kind,
            event,
            object: object.clone(),
            before,
        });
        object
    }

    /// Removes an object with the next revision.
    pub(crate) fn remove(&mut self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let objects = self.by_kind.get_mut(kind)?;
        let before = objects.get_mut(namespace)?.remove(name)?.object;
        self.indexes
            .replace(&ObjectKey::new(kind, namespace, name), Some(&before), None);
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
        let changes = self.all_changes_after(revision)?;
        let changes = changes.filter(|change| &*change.kind == kind);
        Ok(changes.cloned().collect())
    }

    /// The changes of all kinds after a revision.
    pub(crate) fn all_changes_after(
        &self,
        revision: u64,
    ) -> Result<impl Iterator<Item = &Change>, Compacted> {
        if revision < self.compacted_revision {
            return Err(Compacted);
        }
        let start = self
            .log
            .partition_point(|change| change.revision <= revision);
        Ok(self.log.range(start..))
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

    use super::{EventType, Index, MAX_LOG_LENGTH, ObjectMap};

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

    #[test]
    fn an_index_follows_the_terms_of_an_object() {
        let mut objects = ObjectMap::new();
        let pod = |node: &str| {
            json!({"metadata": {"name": "web", "namespace": "shop", "uid": "u"},
                "spec": {"nodeName": node}})
        };
        let on = |objects: &ObjectMap, node: &str| objects.indexed(Index::Node, node).count();
        objects.put("pods", pod(""));
        assert_eq!(on(&objects, ""), 1);
        objects.put("pods", pod("a"));
        assert_eq!((on(&objects, ""), on(&objects, "a")), (0, 1));
        objects.remove("pods", "shop", "web");
        assert_eq!(on(&objects, "a"), 0);
        assert_eq!(objects.indexed(Index::Uid, "u").count(), 0);
    }
}
