//! The indexes of all repositories, from the cache or read within a few seconds.
//!
//! An index older than ten minutes is read again in the background; a page waits for the read for a limited
//! time and then shows the cached index. A failed read is retried after half a minute.

use crate::{
    Catalog, ChartIndex, Entry, Error, INDEX_MAX_AGE_SECONDS, UPLOADED,
    remote::{Remote, State},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::oneshot;
use wire::{ChartName, ChartRef, Repository};

/// The seconds after which a failed read is retried.
const RETRY_INTERVAL_SECONDS: i64 = 30;

/// The kind of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Built-in charts.
    BuiltIn,
    /// Uploaded charts.
    Uploaded,
    /// An HTTP repository.
    Http,
    /// An OCI registry.
    Oci,
}

/// A repository with its index.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The name.
    pub repository: Repository,
    /// The kind.
    pub kind: Kind,
    /// The address; "" for local charts.
    pub address: String,
    /// The index; none when it was never read.
    pub index: Option<Arc<ChartIndex>>,
    /// When the index was read, in seconds since the Unix epoch.
    pub read: Option<i64>,
    /// The error of the last read, if it failed.
    pub problem: Option<Arc<Error>>,
}

impl Catalog {
    /// All repositories, the built-in one first; waits at most `timeout` for indexes that are read.
    pub async fn listings(&self, timeout: Duration) -> Vec<Listing> {
        let reading: Vec<_> = self
            .remotes()
            .into_iter()
            .filter_map(|remote| self.start_read(&remote))
            .collect();
        // A repository that is not read in time is listed from the cache.
        let _ = tokio::time::timeout(timeout, futures::future::join_all(reading)).await;
        self.cached_listings()
    }

    /// All repositories, from the cache.
    pub fn cached_listings(&self) -> Vec<Listing> {
        let mut all = self.local_listings();
        all.sort_by_key(|listing| (listing.kind != Kind::BuiltIn, listing.repository.clone()));
        if let Some(uploaded) = self.upload_listing() {
            all.push(uploaded);
        }
        all.extend(
            self.remotes()
                .iter()
                .map(|remote| Self::remote_listing(remote, &remote.state())),
        );
        all
    }

    /// Reads the index of a repository, regardless of its age.
    ///
    /// # Errors
    /// [`Error::NoRepository`].
    pub async fn refresh(&self, name: &Repository) -> Result<Listing, Error> {
        let remote = self
            .remote(name)
            .ok_or_else(|| Error::NoRepository(name.clone()))?;
        let now = self.now();
        let state = remote.refresh(&self.cache, now + 1, now).await;
        Ok(Self::remote_listing(&remote, &state))
    }

    /// Starts to read an index that is out of date; the receiver resolves when the read ends.
    pub(crate) fn start_read(&self, remote: &Arc<Remote>) -> Option<oneshot::Receiver<()>> {
        let (state, now) = (remote.state(), self.now());
        let fresh = state
            .cached
            .as_ref()
            .is_some_and(|cached| cached.read > now - INDEX_MAX_AGE_SECONDS);
        let recently_tried = state
            .last_attempt
            .is_some_and(|attempt| attempt > now - RETRY_INTERVAL_SECONDS);
        if fresh || recently_tried {
            return None;
        }
        let (done, waiting) = oneshot::channel();
        let (remote, cache) = (remote.clone(), self.cache.clone());
        let mut reading = self.reading.lock();
        while reading.try_join_next().is_some() {}
        reading.spawn(async move {
            remote
                .refresh(&cache, now - RETRY_INTERVAL_SECONDS, now)
                .await;
            let _ = done.send(());
        });
        Some(waiting)
    }

    pub(crate) fn remote_listing(remote: &Remote, state: &State) -> Listing {
        let cached = state.cached.as_ref();
        let config = &remote.config;
        Listing {
            repository: config.name.clone(),
            kind: if config.address.is_registry() {
                Kind::Oci
            } else {
                Kind::Http
            },
            address: config.address.display_url(),
            index: cached.map(|cached| cached.index.clone()),
            read: cached.map(|cached| cached.read),
            problem: state.problem.clone(),
        }
    }

    fn local_listings(&self) -> Vec<Listing> {
        let mut indexes: BTreeMap<Repository, ChartIndex> = BTreeMap::new();
        for (reference, chart) in &self.local {
            let chart_index = indexes.entry(reference.repository.clone()).or_default();
            chart_index.add(reference.chart.clone(), Entry::from(chart.metadata()));
        }
        indexes
            .into_iter()
            .map(|(name, chart_index)| local_listing(name, Kind::BuiltIn, chart_index))
            .collect()
    }

    fn upload_listing(&self) -> Option<Listing> {
        let uploads = self.uploads.read();
        let name = Repository::new(UPLOADED).ok()?;
        if uploads.is_empty() {
            return None;
        }
        let mut chart_index = ChartIndex::default();
        for (reference, upload) in uploads.iter() {
            chart_index.add(reference.chart.clone(), upload.entry.clone());
        }
        Some(local_listing(name, Kind::Uploaded, chart_index))
    }

    /// One repository; reads its index if the cache has none.
    ///
    /// # Errors
    /// [`Error::NoRepository`].
    pub async fn listing(&self, name: &Repository, timeout: Duration) -> Result<Listing, Error> {
        if let Some(remote) = self.remote(name)
            && let Some(reading) = self.start_read(&remote)
        {
            let _ = tokio::time::timeout(timeout, reading).await;
        }
        let listing = self.cached_listing(name);
        listing.ok_or_else(|| Error::NoRepository(name.clone()))
    }

    /// One repository from the cache, also the one of Istio's charts, which is not among the listings.
    pub fn cached_listing(&self, name: &Repository) -> Option<Listing> {
        if let Some(remote) = self.remote(name) {
            return Some(Self::remote_listing(&remote, &remote.state()));
        }
        let mut listings = self.cached_listings().into_iter();
        listings.find(|listing| listing.repository == *name)
    }

    /// The default version of a chart.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no version of it, [`Error::NoRepository`].
    pub async fn newest(
        &self,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<ChartRef, Error> {
        let listing = self.listing(repository, self.setup.timeout).await?;
        let chart_index = listing.index.unwrap_or_default();
        let newest = chart_index.newest(chart).ok_or_else(|| Error::Unknown {
            repository: repository.clone(),
            chart: chart.clone(),
        })?;
        Ok(ChartRef {
            repository: repository.clone(),
            chart: chart.clone(),
            version: newest.version.clone(),
        })
    }
}

fn local_listing(repository: Repository, kind: Kind, chart_index: ChartIndex) -> Listing {
    Listing {
        repository,
        kind,
        address: String::new(),
        index: Some(Arc::new(chart_index.sorted())),
        read: None,
        problem: None,
    }
}
