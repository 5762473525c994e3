//! The kinds that a cluster serves: their plural names, whether they are namespaced, whether they can be
//! listed.
//!
//! They are cached until [`Cluster::forget_kinds`], and for a minute at most, since anybody may create or
//! delete a CRD. While [`Watches::follow_kinds`](crate::Watches::follow_kinds) watches for such changes, the
//! cache is used until one happens.

use crate::{Cluster, Error, Kind};
use kube::discovery::{ApiGroup, ApiResource, Scope, verbs};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::time::Instant;

/// How long discovered kinds are used: CRDs and APIServices of others are known after that.
const MAX_KINDS_AGE: Duration = Duration::from_mins(1);
/// The same while changes are watched: a watch may have lost its connection without an error.
const MAX_FOLLOWED_AGE: Duration = Duration::from_mins(5);

/// The cached kinds of a client and its clones.
#[derive(Default)]
pub(crate) struct KindsCache(Mutex<CacheState>);

#[derive(Default)]
struct CacheState {
    cached: Option<CachedKinds>,
    /// The number of changes: a discovery that began before the last one is not cached.
    changes: u64,
    is_followed: bool,
}

/// Kinds, and when they were discovered.
struct CachedKinds {
    kinds: Arc<Kinds>,
    discovered: Instant,
}

impl KindsCache {
    /// The cached kinds, unless they are older than `max_age` and no watch follows their changes.
    fn get(&self, max_age: Duration) -> Option<Arc<Kinds>> {
        let state = self.0.lock();
        let cached = state.cached.as_ref()?;
        // A group that did not respond may respond again without an event.
        let max_age = if state.is_followed && cached.kinds.unavailable.is_empty() {
            MAX_FOLLOWED_AGE
        } else {
            max_age
        };
        (cached.discovered.elapsed() < max_age).then(|| cached.kinds.clone())
    }

    fn changes(&self) -> u64 {
        self.0.lock().changes
    }

    /// Caches the result of a discovery that began after `changes` changes.
    fn store(&self, cached: CachedKinds, changes: u64) {
        let mut state = self.0.lock();
        if state.changes == changes {
            state.cached = Some(cached);
        }
    }

    /// Drops the kinds, because they have changed.
    pub(crate) fn forget(&self) {
        let mut state = self.0.lock();
        state.cached = None;
        state.changes += 1;
    }

    /// Whether a watch follows the changes from now on.
    pub(crate) fn set_followed(&self, is_followed: bool) {
        self.0.lock().is_followed = is_followed;
    }
}

/// The kinds of all clusters. Most clusters serve the same kinds, and share them.
static KNOWN_KINDS: Mutex<Vec<Weak<Kinds>>> = Mutex::new(Vec::new());

/// The same kinds, shared with the clusters that serve no others.
fn shared(kinds: Kinds) -> Arc<Kinds> {
    let mut known = KNOWN_KINDS.lock();
    known.retain(|kinds| kinds.strong_count() > 0);
    let mut same = known.iter().filter_map(Weak::upgrade);
    if let Some(same) = same.find(|known| **known == kinds) {
        return same;
    }
    let kinds = Arc::new(kinds);
    known.push(Arc::downgrade(&kinds));
    kinds
}

/// A kind that a cluster serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedKind {
    pub(crate) resource: ApiResource,
    /// Whether its objects are namespaced.
    pub namespaced: bool,
    /// Whether its objects can be listed.
    pub listable: bool,
}

impl ServedKind {
    /// Its API group, "" for the core group.
    pub fn group(&self) -> &str {
        &self.resource.group
    }

    /// Its plural name, such as `deployments`.
    pub fn plural(&self) -> &str {
        &self.resource.plural
    }

    /// Its kind, such as `Deployment`.
    pub fn kind(&self) -> &str {
        &self.resource.kind
    }

    /// Its API version, such as `apps/v1`.
    pub fn api_version(&self) -> &str {
        &self.resource.api_version
    }
}

/// All kinds that a cluster serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    by_name: BTreeMap<(String, String), ServedKind>,
    groups: BTreeSet<String>,
    unavailable: Vec<UnavailableGroup>,
}

impl Kinds {
    /// A kind, such as [`Kind::POD`] or that of an object; none when it is not served.
    pub fn find<'k>(&self, kind: impl Into<Kind<'k>>) -> Option<&ServedKind> {
        let Kind { api_version, kind } = kind.into();
        self.by_name.get(&(api_version.to_owned(), kind.to_owned()))
    }

    /// Every kind.
    pub fn all(&self) -> impl Iterator<Item = &ServedKind> {
        self.by_name.values()
    }

    /// The number of API groups.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The entries of Helm's `.Capabilities.APIVersions`: `apps/v1` and `apps/v1/Deployment`.
    pub fn api_versions(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (version, kind) in self.by_name.keys() {
            names.insert(version.clone());
            names.insert(format!("{version}/{kind}"));
        }
        names
    }

    /// The groups that the API server lists and whose kinds it could not give.
    pub fn unavailable(&self) -> &[UnavailableGroup] {
        &self.unavailable
    }

    /// Whether nothing was discovered.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Whether the core group and others are there: every API server serves both.
    pub(crate) fn is_complete(&self) -> bool {
        self.groups.contains("") && self.groups.len() > 1
    }

    pub(crate) fn with_unavailable(mut self, unavailable: Vec<UnavailableGroup>) -> Self {
        self.unavailable = unavailable;
        self
    }

    pub(crate) fn from_groups<'a>(groups: impl Iterator<Item = &'a ApiGroup>) -> Self {
        let mut kinds = Self::default();
        for group in groups {
            kinds.groups.insert(group.name().to_owned());
            for version in group.versions() {
                for (resource, capabilities) in group.versioned_resources(version) {
                    let key = (resource.api_version.clone(), resource.kind.clone());
                    let namespaced = capabilities.scope == Scope::Namespaced;
                    let listable = capabilities.supports_operation(verbs::LIST);
                    kinds.by_name.entry(key).or_insert(ServedKind {
                        resource,
                        namespaced,
                        listable,
                    });
                }
            }
        }
        kinds
    }
}

/// An API group and version that is listed and not served, such as that of an aggregated API server that
/// does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnavailableGroup {
    /// Its API version, such as `metrics.k8s.io/v1beta1`.
    pub api_version: String,
    /// Why it could not be read.
    pub reason: String,
}

impl Cluster {
    /// The kinds that the cluster serves, discovered at most a minute ago or still followed by a watch.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`] or [`Error::Refused`].
    pub async fn kinds(&self) -> Result<Arc<Kinds>, Error> {
        match self.kinds.get(MAX_KINDS_AGE) {
            Some(kinds) => Ok(kinds),
            None => self.refresh_kinds().await,
        }
    }

    /// The kinds that the cluster serves now: discovered again, unless a watch follows their changes.
    ///
    /// # Errors
    /// As [`Cluster::kinds`].
    pub async fn current_kinds(&self) -> Result<Arc<Kinds>, Error> {
        match self.kinds.get(Duration::ZERO) {
            Some(kinds) => Ok(kinds),
            None => self.refresh_kinds().await,
        }
    }

    /// Discovers the kinds again, such as after CRDs were created.
    ///
    /// # Errors
    /// As [`Cluster::kinds`].
    pub async fn refresh_kinds(&self) -> Result<Arc<Kinds>, Error> {
        let (discovered, changes) = (Instant::now(), self.kinds.changes());
        let kinds = shared(self.discover().await?);
        let cached = CachedKinds {
            kinds: kinds.clone(),
            discovered,
        };
        self.kinds.store(cached, changes);
        Ok(kinds)
    }

    /// The result of a request for this kind; when its path is gone, the kind is: it is not served any more.
    pub(crate) fn of_served_kind<T>(
        &self,
        kind: Kind<'_>,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        match result {
            Err(error) if error.is_unknown_path() => {
                self.forget_kinds();
                Err(self.no_such_kind(kind))
            }
            result => result,
        }
    }

    /// Discovers the kinds at the next use, such as after CRDs were applied or deleted.
    pub fn forget_kinds(&self) {
        self.kinds.forget();
    }

    /// A kind; discovers once more when it is not in the cache.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`] when it is not served, else as [`Cluster::kinds`].
    pub async fn kind(&self, kind: Kind<'_>) -> Result<ServedKind, Error> {
        if let Some(found) = self.kinds().await?.find(kind) {
            return Ok(found.clone());
        }
        let refreshed = self.refresh_kinds().await?;
        let found = refreshed.find(kind).cloned();
        found.ok_or_else(|| self.no_such_kind(kind))
    }

    fn no_such_kind(&self, kind: Kind<'_>) -> Error {
        Error::NoSuchKind {
            cluster: self.name().clone(),
            api_version: kind.api_version.to_owned(),
            kind: kind.kind.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(group: &str) -> Kinds {
        Kinds {
            groups: BTreeSet::from([group.to_owned()]),
            ..Kinds::default()
        }
    }

    #[test]
    fn clusters_that_serve_the_same_kinds_share_them() {
        let first = shared(kinds("shared.example"));
        let second = shared(kinds("shared.example"));
        assert!(Arc::ptr_eq(&first, &second));
        let other = shared(kinds("other.example"));
        assert!(!Arc::ptr_eq(&first, &other));
    }
}
