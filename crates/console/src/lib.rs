//! The use cases: may this person? do it, and write it down.
//!
//! A [`Console`] holds the handles and a clock, no logic; each noun has one `impl Console` block in a
//! file of its own, a method a use case. Errors become [`wire::Problem`]s in [`error`]. Start there,
//! or at [`install`](crate::Console::deploy) for the longest way.

mod audit;
mod caller;
mod catalog;
mod chart;
mod clusters;
mod connections;
mod deploy;
mod diff;
mod doctor;
mod draft;
mod error;
mod installed_charts;
mod jobs;
mod live;
mod markdown;
mod mask;
mod meshes;
mod parameters;
mod permit;
mod preflight;
mod releases;
mod render;
mod repositories;
mod restore;
mod review;
mod rotate_key;
mod secrets;
mod sessions;
mod uninstall;
mod uploads;

pub use caller::Caller;
pub use cluster::{AddressPolicy, ServiceAccountMount};
pub use error::Error;
pub use permit::{Action, Role, may};
pub use preflight::PreflightRun;
pub use restore::open_catalog;
pub use rotate_key::rotate_key;
pub use sessions::{SESSION_SECONDS, TICKET_SECONDS, create_login_ticket};

use crate::{
    connections::Connections, installed_charts::InstalledChartsCache, jobs::Jobs, meshes::Health,
};
use ::catalog::Catalog;
use std::{path::Path, sync::Arc, time::Duration};
use store::Store;
use tokio_util::sync::CancellationToken;

/// How a console is set up.
#[derive(Clone)]
pub struct Setup {
    /// Which addresses of clusters and repositories may be dialled.
    pub addresses: AddressPolicy,
    /// The time it is.
    pub clock: fn() -> jiff::Timestamp,
    /// How long a job waits for its objects.
    pub job_timeout: Duration,
    /// Where the credential of the pod is in which the console runs, when it runs in one.
    pub mount: Option<ServiceAccountMount>,
    /// Ends everything that runs in the background.
    pub stop: CancellationToken,
}

impl Default for Setup {
    /// Remote addresses only, the system's clock, a job timeout of ten minutes, no mounted credential.
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::Remote,
            clock: jiff::Timestamp::now,
            job_timeout: Duration::from_mins(10),
            mount: None,
            stop: CancellationToken::new(),
        }
    }
}

/// Everything the use cases stand on. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    pub(crate) store: Arc<Store>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) installed: Arc<InstalledChartsCache>,
    pub(crate) health: Arc<Health>,
    pub(crate) setup: Setup,
}

impl Console {
    /// Opens the console's memory in `folder`. Sandboxes of an earlier process are forgotten, and jobs
    /// that were running then are marked as interrupted.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::Catalog`].
    pub fn open(folder: &Path, setup: Setup) -> Result<Self, Error> {
        Self::with_catalog(folder, Catalog::built_in()?, setup)
    }

    /// The same with other charts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn with_catalog(folder: &Path, catalog: Catalog, setup: Setup) -> Result<Self, Error> {
        let store = Arc::new(Store::open(folder)?);
        store.delete_sandboxes()?;
        jobs::mark_interrupted(&store)?;
        let connections = Arc::new(Connections::new(setup.addresses, setup.stop.clone()));
        for cluster in store.clusters()? {
            connections.add(&cluster)?;
        }
        let jobs = Arc::new(Jobs::new(setup.stop.clone()));
        let catalog = restore::restored_catalog(catalog, &store, folder, setup.addresses)?;
        Ok(Self {
            store,
            catalog: Arc::new(catalog),
            connections,
            jobs,
            installed: Arc::default(),
            health: Arc::new(Health::new(setup.stop.clone())),
            setup,
        })
    }

    /// Opens the memory of a console that may be running, for reading: nothing is forgotten or marked.
    /// Sandboxes of that console are on loopback, and may be dialled when there are some.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::Catalog`].
    pub fn open_read_only(folder: &Path, mut setup: Setup) -> Result<Self, Error> {
        let store = Arc::new(Store::open(folder)?);
        let clusters = store.clusters()?;
        if clusters.iter().any(|cluster| cluster.sandbox) {
            setup.addresses = AddressPolicy::WithLoopback;
        }
        let connections = Arc::new(Connections::new(setup.addresses, setup.stop.clone()));
        for cluster in &clusters {
            connections.add(cluster)?;
        }
        Ok(Self {
            store,
            catalog: Arc::new(Catalog::built_in()?),
            connections,
            jobs: Arc::new(Jobs::new(setup.stop.clone())),
            installed: Arc::default(),
            health: Arc::new(Health::new(setup.stop.clone())),
            setup,
        })
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        (self.setup.clock)()
    }

    /// Ends what runs, and waits for it for at most `most`.
    pub async fn close(&self, most: Duration) {
        self.setup.stop.cancel();
        tokio::join!(self.jobs.finish(most), self.health.finish(most));
    }
}
