//! The manifests that drafts rendered to a short time ago.
//!
//! Between the target of a draft and its deployment the same chart is rendered several times, with the
//! same result: a rendering depends on nothing but its key and the time. A cached rendering keeps the
//! time of its first one, so the review shows what is deployed.

use chart::{Facts, HelmVersion, Manifests, Seed};
use jiff::Timestamp;
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

/// Renderings that are kept at most.
const MAX_ENTRIES: usize = 16;
/// Seconds after which a chart is rendered again.
const MAX_AGE_SECONDS: i64 = 600;

/// Everything that a rendering depends on, but the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RenderKey {
    /// The cluster, by name and server.
    cluster: (String, String),
    /// The chart, by name and digest; built-in charts have no digest, and do not change.
    chart: (String, Option<String>),
    /// The operator's values.
    values: String,
    /// Name, namespace and revision of the release.
    release: (String, String, u32),
    /// The version of the cluster and the API versions that it serves.
    capabilities: (String, BTreeSet<String>),
    /// The seed of random values.
    seed: Seed,
    /// The version of Helm.
    helm: HelmVersion,
}

impl RenderKey {
    pub(crate) fn new(
        cluster: (String, String),
        chart: (String, Option<String>),
        values: String,
        facts: &Facts,
    ) -> Self {
        let (release, capabilities) = (&facts.release, &facts.capabilities);
        Self {
            cluster,
            chart,
            values,
            release: (
                release.name.clone(),
                release.namespace.clone(),
                release.revision,
            ),
            capabilities: (
                capabilities.kube_version.clone(),
                capabilities.api_versions.clone(),
            ),
            seed: facts.seed.clone(),
            helm: facts.helm,
        }
    }
}

/// A bounded cache of renderings, the newest last.
#[derive(Default)]
pub(crate) struct RenderCache(Mutex<VecDeque<(RenderKey, Timestamp, Arc<Manifests>)>>);

impl RenderCache {
    /// A rendering that is not too old.
    pub(crate) fn get(&self, key: &RenderKey, now: Timestamp) -> Option<Arc<Manifests>> {
        let entries = self.0.lock();
        let (_, rendered_at, manifests) = entries.iter().find(|(known, ..)| known == key)?;
        let age = now.as_second() - rendered_at.as_second();
        (0..MAX_AGE_SECONDS)
            .contains(&age)
            .then(|| manifests.clone())
    }

    /// Keeps a rendering; the oldest is dropped when there are too many.
    pub(crate) fn insert(&self, key: RenderKey, now: Timestamp, manifests: Arc<Manifests>) {
        let mut entries = self.0.lock();
        entries.retain(|(known, ..)| *known != key);
        entries.push_back((key, now, manifests));
        while entries.len() > MAX_ENTRIES {
            entries.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::{Capabilities, ReleaseFacts};

    fn key(values: &str, api_version: &str) -> RenderKey {
        let facts = Facts {
            release: ReleaseFacts {
                name: "web".into(),
                namespace: "shop".into(),
                revision: 1,
                upgrade: false,
            },
            capabilities: Capabilities {
                kube_version: "v1.31.0".into(),
                api_versions: [api_version.to_owned()].into(),
            },
            now: Timestamp::UNIX_EPOCH,
            seed: Seed::new([7; 32]),
            lookup: chart::Lookup::none(),
            helm: chart::HelmVersion::V3,
        };
        let cluster = ("east".to_owned(), "https://10.0.0.1".to_owned());
        let chart = ("shop/web@1.0.0".to_owned(), Some("sha256:1".to_owned()));
        RenderKey::new(cluster, chart, values.to_owned(), &facts)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_rendering_is_found_by_its_whole_key_until_it_is_too_old() {
        let (cache, manifests) = (RenderCache::default(), Arc::new(Manifests::default()));
        cache.insert(key("a: 1", "v1"), at(0), manifests.clone());
        let found = cache.get(&key("a: 1", "v1"), at(MAX_AGE_SECONDS - 1));
        assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &manifests)));
        assert!(
            cache.get(&key("a: 2", "v1"), at(1)).is_none(),
            "other values"
        );
        assert!(cache.get(&key("a: 1", "v2"), at(1)).is_none(), "other APIs");
        let late = cache.get(&key("a: 1", "v1"), at(MAX_AGE_SECONDS));
        assert!(late.is_none(), "too old");
    }

    #[test]
    fn the_oldest_rendering_is_dropped_when_there_are_too_many() {
        let cache = RenderCache::default();
        for number in 0..=MAX_ENTRIES {
            let values = format!("a: {number}");
            cache.insert(key(&values, "v1"), at(0), Arc::default());
        }
        assert!(cache.get(&key("a: 0", "v1"), at(1)).is_none());
        assert!(cache.get(&key("a: 1", "v1"), at(1)).is_some());
    }
}
