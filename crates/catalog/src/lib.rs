//! Where charts come from: built in, uploaded, HTTP repositories and OCI registries.
//!
//! A chart is named by a [`wire::ChartRef`] and comes out as a [`chart::Chart`], with everything it needs
//! and the digest of its archive. Whatever comes from elsewhere is bounded: addresses, time, size, where
//! a login goes. Start at [`Catalog`]; how something is fetched is in `client`.

mod builtin;
mod cache;
mod client;
mod definition;
mod dependencies;
mod dial;
mod digest;
mod error;
mod export;
mod fault;
mod held;
mod http_repo;
mod index;
mod listing;
mod login;
mod oci;
mod open;
mod probe;
mod provenance;
mod remote;
mod search;
mod shelf;
mod version;

pub use builtin::BUILT_IN;
pub use cache::Opened;
pub use definition::{Address, BadAddress, Definition, Provenance, Transport};
pub use digest::{BadDigest, Digest};
pub use error::{Error, Missing};
pub use export::{Exported, NoExport, export};
pub use fault::{Fault, Sent};
pub use held::{UPLOADED, Upload};
pub use index::BadIndex;
pub use listing::{Kind, Listing};
pub use login::Login;
pub use open::read_archive;
pub use probe::{Probe, Seen, Stage};
pub use provenance::BadProvenance;
pub use search::{Text, rank};
pub use shelf::{Entry, Shelf};
pub use version::newer;

use cache::Cache;
use client::Network;
use dial::Hosts;
use remote::Remote;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tokio::task::JoinSet;
use wire::{ChartRef, Repository, address::AddressPolicy};

/// For how many seconds a shelf counts as fresh.
pub(crate) const FRESH: i64 = 600;

/// How a catalog is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which addresses of repositories may be dialled.
    pub addresses: AddressPolicy,
    /// How long one request may take.
    pub deadline: Duration,
    /// Where to keep what was fetched; in memory only without it.
    pub folder: Option<PathBuf>,
    /// The time it is.
    pub clock: fn() -> jiff::Timestamp,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::Remote,
            deadline: Duration::from_secs(30),
            folder: None,
            clock: jiff::Timestamp::now,
        }
    }
}

/// All charts that can be installed.
pub struct Catalog {
    /// Charts that are part of the program, and those of tests.
    held: BTreeMap<ChartRef, Arc<chart::Chart>>,
    uploads: RwLock<BTreeMap<ChartRef, Upload>>,
    remotes: RwLock<BTreeMap<Repository, Arc<Remote>>>,
    cache: Arc<Cache>,
    /// Shelves that are being read.
    reading: Mutex<JoinSet<()>>,
    setup: Setup,
}

impl Catalog {
    /// The catalog of the built-in repository alone.
    ///
    /// # Errors
    /// [`Error::Chart`] when an embedded chart cannot be read.
    pub fn built_in() -> Result<Self, Error> {
        let setup = Setup::default();
        Ok(Self {
            held: builtin::charts()?,
            uploads: RwLock::default(),
            remotes: RwLock::default(),
            cache: Arc::new(Cache::new(None)),
            reading: Mutex::default(),
            setup,
        })
    }

    /// The same, set up to reach out.
    #[must_use]
    pub fn reaching(mut self, setup: Setup) -> Self {
        self.cache = Arc::new(Cache::new(setup.folder.clone()));
        self.setup = setup;
        self
    }

    /// Adds a repository; one of the same name is replaced. Nothing is dialled yet.
    ///
    /// # Errors
    /// [`Error::Fetch`] when its authority or its login cannot be used.
    pub fn add(&self, definition: Definition) -> Result<(), Error> {
        let hosts = Hosts::Named(self.setup.addresses);
        let remote = Remote::new(definition, hosts, self.network())?;
        remote.recall(&self.cache);
        let name = remote.definition.name.clone();
        let mut remotes = self.remotes.write().unwrap_or_else(PoisonError::into_inner);
        remotes.insert(name, Arc::new(remote));
        Ok(())
    }

    /// Forgets a repository and what was kept of it; whether it was there.
    pub fn remove(&self, name: &Repository) -> bool {
        let mut remotes = self.remotes.write().unwrap_or_else(PoisonError::into_inner);
        self.cache.forget_shelf(name);
        remotes.remove(name).is_some()
    }

    pub(crate) fn remote(&self, name: &Repository) -> Option<Arc<Remote>> {
        let remotes = self.remotes.read().unwrap_or_else(PoisonError::into_inner);
        remotes.get(name).cloned()
    }

    pub(crate) fn remotes(&self) -> Vec<Arc<Remote>> {
        let remotes = self.remotes.read().unwrap_or_else(PoisonError::into_inner);
        remotes.values().cloned().collect()
    }

    pub(crate) fn network(&self) -> Network {
        Network {
            addresses: self.setup.addresses,
            deadline: self.setup.deadline,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        (self.setup.clock)().as_second()
    }
}

#[cfg(test)]
mod tests;
