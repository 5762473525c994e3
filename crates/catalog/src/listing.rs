//! What every repository offers, as it is known within a few seconds.
//!
//! A shelf that is older than ten minutes is read again in the background; a page waits for it as long
//! as it likes and then shows what is known. What failed is tried again after half a minute.

use crate::{
    Catalog, Entry, Error, FRESH, Shelf, UPLOADED,
    remote::{Remote, State},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;
use wire::{ChartName, ChartRef, Repository};

/// For how many seconds what failed is left alone.
const RETRY: i64 = 30;

/// What sort of repository it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of the program.
    BuiltIn,
    /// Uploaded charts.
    Uploaded,
    /// An index and archives over HTTP.
    Http,
    /// An OCI registry.
    Oci,
}

/// A repository, as far as it is known.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its name.
    pub repository: Repository,
    /// What sort it is.
    pub kind: Kind,
    /// Where it is; "" for what is here.
    pub address: String,
    /// What it offers; none when it could never be read.
    pub shelf: Option<Arc<Shelf>>,
    /// How many seconds ago that was read.
    pub age: Option<u64>,
    /// What the last attempt to read it met, when it failed.
    pub problem: Option<Arc<Error>>,
}

impl Catalog {
    /// Every repository, the built-in one first; waits for at most `patience` for those that are read.
    pub async fn listings(&self, patience: Duration) -> Vec<Listing> {
        let reading: Vec<_> = self
            .remotes()
            .into_iter()
            .filter_map(|remote| self.read(&remote))
            .collect();
        // Who is not back by then is shown as it is known.
        let _ = tokio::time::timeout(patience, futures::future::join_all(reading)).await;
        self.known()
    }

    /// Every repository, as it is known now.
    pub fn known(&self) -> Vec<Listing> {
        let mut all = self.held_listings();
        all.sort_by_key(|listing| (listing.kind != Kind::BuiltIn, listing.repository.clone()));
        if let Some(uploaded) = self.uploaded() {
            all.push(uploaded);
        }
        let now = self.now();
        all.extend(
            self.remotes()
                .iter()
                .map(|remote| Self::listing(remote, &remote.state(), now)),
        );
        all
    }

    /// Reads a repository again, whatever its age.
    ///
    /// # Errors
    /// [`Error::NoRepository`].
    pub async fn refresh(&self, name: &Repository) -> Result<Listing, Error> {
        let remote = self
            .remote(name)
            .ok_or_else(|| Error::NoRepository(name.clone()))?;
        let now = self.now();
        let state = remote.refresh(&self.cache, now + 1, now).await;
        Ok(Self::listing(&remote, &state, now))
    }

    /// Begins to read a shelf that is not fresh; whoever waits hears when it is done.
    fn read(&self, remote: &Arc<Remote>) -> Option<oneshot::Receiver<()>> {
        let (state, now) = (remote.state(), self.now());
        let fresh = state
            .kept
            .as_ref()
            .is_some_and(|kept| kept.read > now - FRESH);
        let left_alone = state.tried.is_some_and(|tried| tried > now - RETRY);
        if fresh || left_alone {
            return None;
        }
        let (done, waiting) = oneshot::channel();
        let (remote, cache) = (remote.clone(), self.cache.clone());
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        while reading.try_join_next().is_some() {}
        reading.spawn(async move {
            remote.refresh(&cache, now - RETRY, now).await;
            let _ = done.send(());
        });
        Some(waiting)
    }

    fn listing(remote: &Remote, state: &State, now: i64) -> Listing {
        let kept = state.kept.as_ref();
        let age = |read: i64| u64::try_from(now - read).unwrap_or(0);
        let definition = &remote.definition;
        Listing {
            repository: definition.name.clone(),
            kind: if definition.address.is_registry() {
                Kind::Oci
            } else {
                Kind::Http
            },
            address: definition.address.shown(),
            shelf: kept.map(|kept| kept.shelf.clone()),
            age: kept.map(|kept| age(kept.read)),
            problem: state.problem.clone(),
        }
    }

    fn held_listings(&self) -> Vec<Listing> {
        let mut shelves: BTreeMap<Repository, Shelf> = BTreeMap::new();
        for (reference, chart) in &self.held {
            let shelf = shelves.entry(reference.repository.clone()).or_default();
            shelf.put(reference.chart.clone(), Entry::from(chart.metadata()));
        }
        shelves
            .into_iter()
            .map(|(name, shelf)| here(name, Kind::BuiltIn, shelf))
            .collect()
    }

    fn uploaded(&self) -> Option<Listing> {
        let uploads = self.uploads.read().unwrap_or_else(PoisonError::into_inner);
        let name = Repository::new(UPLOADED).ok()?;
        if uploads.is_empty() {
            return None;
        }
        let mut shelf = Shelf::default();
        for (reference, upload) in uploads.iter() {
            shelf.put(reference.chart.clone(), upload.entry.clone());
        }
        Some(here(name, Kind::Uploaded, shelf))
    }

    /// One repository, read if it has not been.
    ///
    /// # Errors
    /// [`Error::NoRepository`].
    pub async fn shelf(&self, name: &Repository, patience: Duration) -> Result<Listing, Error> {
        if let Some(remote) = self.remote(name)
            && let Some(reading) = self.read(&remote)
        {
            let _ = tokio::time::timeout(patience, reading).await;
        }
        let mut known = self.known().into_iter();
        known
            .find(|listing| listing.repository == *name)
            .ok_or_else(|| Error::NoRepository(name.clone()))
    }

    /// The version of a chart that is meant when none is named.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no version of it, [`Error::NoRepository`].
    pub async fn newest(
        &self,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<ChartRef, Error> {
        let listing = self.shelf(repository, self.setup.deadline).await?;
        let shelf = listing.shelf.unwrap_or_default();
        let newest = shelf.newest(chart).ok_or_else(|| Error::Unknown {
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

fn here(repository: Repository, kind: Kind, shelf: Shelf) -> Listing {
    Listing {
        repository,
        kind,
        address: String::new(),
        shelf: Some(Arc::new(shelf.ordered())),
        age: None,
        problem: None,
    }
}
