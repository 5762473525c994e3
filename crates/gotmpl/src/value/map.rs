//! Maps, which are shared and changed, with their keys in order.
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{Of, Value};

type Entries = BTreeMap<Arc<str>, Value>;

/// A shared, changeable map with sorted keys.
#[derive(Clone, Default)]
pub struct Map {
    entries: Arc<RwLock<Entries>>,
    of: Of,
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same map, under a type of its own.
    #[must_use]
    pub fn typed(&self, of: Of) -> Self {
        Self {
            entries: self.entries.clone(),
            of,
        }
    }

    /// What the values are to Go.
    pub fn of(&self) -> Of {
        self.of
    }

    /// Whether nobody else holds the map, so that it has just been made.
    pub(crate) fn is_fresh(&self) -> bool {
        Arc::strong_count(&self.entries) == 1
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.read().get(key).cloned()
    }

    /// Puts a value under a key, for everyone who holds this map.
    pub fn set(&self, key: impl Into<Arc<str>>, value: impl Into<Value>) {
        self.write().insert(key.into(), value.into());
    }

    /// Takes a key away, for everyone who holds this map.
    pub fn remove(&self, key: &str) -> Option<Value> {
        self.write().remove(key)
    }

    /// Whether the key is there, even with a nil value.
    pub fn contains(&self, key: &str) -> bool {
        self.read().contains_key(key)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<Arc<str>> {
        self.read().keys().cloned().collect()
    }

    /// All entries as they are now, sorted by key.
    pub fn entries(&self) -> Vec<(Arc<str>, Value)> {
        let entries = self.read();
        entries
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// A new map with other values under the same keys.
    pub(super) fn map_values(&self, mut change: impl FnMut(&Value) -> Value) -> Self {
        let changed = self
            .entries()
            .into_iter()
            .map(|(key, value)| (key, change(&value)));
        Self {
            entries: Arc::new(RwLock::new(changed.collect())),
            of: self.of,
        }
    }

    /// Whether both names hold the very same map.
    pub fn is(&self, other: &Self) -> bool {
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
            of: Of::Any,
        }
    }
}
