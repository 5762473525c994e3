//! The sources of charts: built-in charts, uploads, HTTP repositories and OCI registries.
//!
//! A [`wire::ChartRef`] names a chart; the catalog returns it as a [`chart::Chart`] with its dependencies
//! and the digest of its archive. Remote requests are limited: addresses, time, size, and where credentials
//! are sent. Start at [`Catalog`]; `client` sends the requests.

mod builtin;
mod bundle;
mod cache;
mod chart_index;
mod client;
mod credentials;
mod dependencies;
mod digest;
mod error;
mod export;
mod fetch_error;
mod http_repo;
mod index_yaml;
mod listing;
mod local;
mod oci;
mod oci_archive;
mod open;
mod probe;
mod problem;
mod provenance;
mod remote;
mod repository_config;
mod resolver;
mod search;
mod skipped;
mod version;

pub use builtin::BUILT_IN;
pub use bundle::{
    Bundle, BundleVersion, ISTIO_CHARTS, Part, PartChart, PartRelease, StartCondition,
    bundle_of_card, is_bundle,
};
pub use cache::OpenedChart;
pub use chart_index::{ChartIndex, Entry};
pub use credentials::Credentials;
pub use digest::{BadDigest, Digest};
pub use error::{Error, Missing};
pub use export::{ExportError, ExportedChart, export};
pub use fetch_error::{CredentialsSent, FetchError};
pub use index_yaml::BadIndex;
pub use listing::{Kind, Listing};
pub use local::{UPLOADED, Upload};
pub use open::read_archive;
pub use probe::{IndexSummary, Probe, Stage};
pub use provenance::ProvenanceMismatch;
pub use repository_config::{Address, BadAddress, Provenance, RepositoryConfig, Transport};
pub use search::{SearchFields, rank};
pub use skipped::SkippedEntries;
pub use version::is_newer;

use cache::Cache;
use client::Network;
use parking_lot::{Mutex, RwLock};
use remote::Remote;
use resolver::AllowedHosts;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use wire::{ChartRef, Repository, address::AddressPolicy};

/// The age in seconds up to which an index is not read again.
pub(crate) const INDEX_MAX_AGE_SECONDS: i64 = 600;

/// The configuration of a catalog.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The addresses of repositories that may be dialled.
    pub addresses: AddressPolicy,
    /// The timeout of one request.
    pub timeout: Duration,
    /// The directory of the disk cache; without one, the cache is in memory only.
    pub folder: Option<PathBuf>,
    /// The current time.
    pub clock: fn() -> jiff::Timestamp,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::Remote,
            timeout: Duration::from_secs(30),
            folder: None,
            clock: jiff::Timestamp::now,
        }
    }
}

/// All charts that can be installed.
pub struct Catalog {
    /// Built-in charts, and those of tests.
    local: BTreeMap<ChartRef, Arc<chart::Chart>>,
    /// The charts of this console that only bundles install.
    own_parts: BTreeMap<ChartRef, Arc<chart::Chart>>,
    /// The repository of Istio's own charts, which only bundles install.
    istio_charts: RwLock<Option<Arc<Remote>>>,
    uploads: RwLock<BTreeMap<ChartRef, Upload>>,
    remotes: RwLock<BTreeMap<Repository, Arc<Remote>>>,
    cache: Arc<Cache>,
    /// The tasks that read indexes.
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
            local: builtin::charts()?,
            own_parts: builtin::parts()?,
            istio_charts: RwLock::default(),
            uploads: RwLock::default(),
            remotes: RwLock::default(),
            cache: Arc::new(Cache::new(None)),
            reading: Mutex::default(),
            setup,
        })
    }

    /// The same with access to remote repositories.
    #[must_use]
    pub fn with_setup(mut self, setup: Setup) -> Self {
        self.cache = Arc::new(Cache::new(setup.folder.clone()));
        self.setup = setup;
        self
    }

    /// Adds a repository, or replaces the one of the same name. Nothing is dialled yet.
    ///
    /// # Errors
    /// [`Error::Fetch`] when its CA bundle or its credentials are invalid.
    pub fn add(&self, config: RepositoryConfig) -> Result<(), Error> {
        let hosts = AllowedHosts::Operator(self.setup.addresses);
        let remote = Remote::new(config, hosts, self.network())?;
        remote.load_cached(&self.cache);
        let name = remote.config.name.clone();
        let mut remotes = self.remotes.write();
        remotes.insert(name, Arc::new(remote));
        Ok(())
    }

    /// Removes a repository and its cached index; returns whether it existed.
    pub fn remove(&self, name: &Repository) -> bool {
        let mut remotes = self.remotes.write();
        self.cache.remove_index(name);
        remotes.remove(name).is_some()
    }

    pub(crate) fn remote(&self, name: &Repository) -> Option<Arc<Remote>> {
        if name.as_str() == ISTIO_CHARTS {
            return self.istio_charts.read().clone();
        }
        let remotes = self.remotes.read();
        remotes.get(name).cloned()
    }

    pub(crate) fn remotes(&self) -> Vec<Arc<Remote>> {
        let remotes = self.remotes.read();
        remotes.values().cloned().collect()
    }

    pub(crate) fn network(&self) -> Network {
        Network {
            timeout: self.setup.timeout,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        (self.setup.clock)().as_second()
    }
}

#[cfg(test)]
mod tests;
