//! The kinds that a cluster serves: their plural names, whether they are namespaced, whether they can be
//! listed.
//!
//! They are cached: for a minute at most, since anybody may create or delete a CRD, and until
//! [`Cluster::forget_kinds`].

use crate::{Cluster, Error, Verb};
use kube::discovery::{ApiResource, Discovery, Scope, verbs};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How long discovered kinds are used: CRDs and APIServices of others are known after that.
const MAX_KINDS_AGE: Duration = Duration::from_mins(1);

/// Kinds, and when they were discovered.
pub(crate) struct CachedKinds {
    kinds: Arc<Kinds>,
    discovered: Instant,
}

/// A kind that a cluster serves.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    by_name: BTreeMap<(String, String), ServedKind>,
    groups: BTreeSet<String>,
}

impl Kinds {
    /// The kind `kind` of `api_version`.
    pub fn find(&self, api_version: &str, kind: &str) -> Option<&ServedKind> {
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

    fn from_discovery(discovery: &Discovery) -> Self {
        let mut kinds = Self::default();
        for group in discovery.groups() {
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

impl Cluster {
    /// The kinds that the cluster serves, discovered at most a minute ago.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`] or [`Error::Refused`].
    pub async fn kinds(&self) -> Result<Arc<Kinds>, Error> {
        if let Some(cached) = self.kinds.read().await.as_ref()
            && cached.discovered.elapsed() < MAX_KINDS_AGE
        {
            return Ok(cached.kinds.clone());
        }
        self.refresh_kinds().await
    }

    /// Discovers the kinds again, such as after CRDs were created.
    ///
    /// # Errors
    /// As [`Cluster::kinds`].
    pub async fn refresh_kinds(&self) -> Result<Arc<Kinds>, Error> {
        let discovered = Instant::now();
        let aggregated = Discovery::new(self.client.clone()).run_aggregated();
        let discovery = match self.call(Verb::Discover, "kinds", aggregated).await {
            Ok(discovery) => discovery,
            Err(error)
                if error.is_unreachable()
                    || error.is_unauthorized()
                    || matches!(error, Error::TooLarge { .. }) =>
            {
                return Err(error);
            }
            Err(_) => {
                let plain = Discovery::new(self.client.clone()).run();
                self.call(Verb::Discover, "kinds", plain).await?
            }
        };
        let kinds = Arc::new(Kinds::from_discovery(&discovery));
        *self.kinds.write().await = Some(CachedKinds {
            kinds: kinds.clone(),
            discovered,
        });
        Ok(kinds)
    }

    /// The result of a request for this kind; when its path is gone, the kind is: it is not served any more.
    pub(crate) async fn of_served_kind<T>(
        &self,
        (api_version, kind): (&str, &str),
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        match result {
            Err(error) if error.is_unknown_path() => {
                self.forget_kinds().await;
                Err(Error::NoSuchKind {
                    cluster: self.name().clone(),
                    api_version: api_version.to_owned(),
                    kind: kind.to_owned(),
                })
            }
            result => result,
        }
    }

    /// Discovers the kinds at the next use, such as after CRDs were applied or deleted.
    pub async fn forget_kinds(&self) {
        *self.kinds.write().await = None;
    }

    /// The kind `kind` of `api_version`; discovers once more when it is not in the cache.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`] when it is not served, else as [`Cluster::kinds`].
    pub async fn kind(&self, api_version: &str, kind: &str) -> Result<ServedKind, Error> {
        if let Some(found) = self.kinds().await?.find(api_version, kind) {
            return Ok(found.clone());
        }
        let refreshed = self.refresh_kinds().await?;
        refreshed
            .find(api_version, kind)
            .cloned()
            .ok_or_else(|| Error::NoSuchKind {
                cluster: self.name().clone(),
                api_version: api_version.to_owned(),
                kind: kind.to_owned(),
            })
    }
}
