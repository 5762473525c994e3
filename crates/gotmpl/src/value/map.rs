//! Shared, mutable maps with sorted keys.
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{ElementType, Value};

type Entries = BTreeMap<Arc<str>, Value>;

/// A shared, mutable map with sorted keys.
#[derive(Clone, Default)]
pub struct Map {
    entries: Arc<RwLock<Entries>>,
    element_type: ElementType,
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same map with another element type.
    #[must_use]
    pub fn with_element_type(&self, element_type: ElementType) -> Self {
        Self {
            entries: self.entries.clone(),
            element_type,
        }
    }

    /// The Go type of the values.
    pub fn element_type(&self) -> ElementType {
        self.element_type
    }

    /// Whether no other clone shares the map, so it was just created.
    pub(crate) fn is_unshared(&self) -> bool {
        Arc::strong_count(&self.entries) == 1
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read()
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write()
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.read().get(key).cloned()
    }

    /// Sets the value of a key in all clones of the map.
    pub fn set(&self, key: impl Into<Arc<str>>, value: impl Into<Value>) {
        self.write().insert(key.into(), value.into());
    }

    /// Removes a key from all clones of the map.
    pub fn remove(&self, key: &str) -> Option<Value> {
        self.write().remove(key)
    }

    /// Whether the map has the key, even with a nil value.
    pub fn contains(&self, key: &str) -> bool {
        self.read().contains_key(key)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether the map has no keys.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<Arc<str>> {
        self.read().keys().cloned().collect()
    }

    /// A snapshot of all entries, sorted by key.
    pub fn entries(&self) -> Vec<(Arc<str>, Value)> {
        let entries = self.read();
        entries
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Whether `matches` is true for an entry, in the order of the keys; it must not change the map.
    pub fn any(&self, mut matches: impl FnMut(&Arc<str>, &Value) -> bool) -> bool {
        // A map may contain itself.
        let entries = self.entries.read_recursive();
        entries.iter().any(|(key, value)| matches(key, value))
    }

    /// Calls `visit` with each entry, in the order of the keys; it must not change the map.
    pub fn visit(&self, mut visit: impl FnMut(&Arc<str>, &Value)) {
        self.any(|key, value| {
            visit(key, value);
            false
        });
    }

    /// A new map with the same keys and changed values.
    pub(super) fn map_values(&self, mut change: impl FnMut(&Value) -> Value) -> Self {
        let entries = self.entries.read_recursive();
        let changed = entries
            .iter()
            .map(|(key, value)| (key.clone(), change(value)));
        Self {
            entries: Arc::new(RwLock::new(changed.collect())),
            element_type: self.element_type,
        }
    }

    /// Whether both are clones of the same map.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.entries()).finish()
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        let entries: Entries = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        Self {
            entries: Arc::new(RwLock::new(entries)),
            element_type: ElementType::Any,
        }
    }
}
