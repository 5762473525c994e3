//! The use cases of the console: permission, audit, and the work itself.
//!
//! A [`Console`] holds handles and a clock, no logic; each noun has one `impl Console` block in a file
//! of its own, with one method per use case. Errors become [`wire::Problem`]s. Start at
//! [`Console::deploy`].

mod accepted;
mod audit;
mod bundles;
mod caller;
mod catalog;
mod changes;
mod chart;
mod chart_work;
mod cluster_read;
mod clusters;
mod connections;
mod crd_users;
mod database;
mod decisions;
mod diff;
mod doctor;
mod draft;
mod error;
mod found_values;
mod installed_charts;
mod jobs;
mod last_known;
mod listed_release;
mod live;
mod log_text;
mod lookup;
mod mark_failed;
mod markdown;
mod mask;
mod meshes;
mod objects;
mod parameters;
mod permit;
mod preflight;
mod problem;
mod read_limit;
mod record_cache;
mod release_changes;
mod release_namespaces;
mod release_records;
mod releases;
mod render;
mod render_cache;
mod render_inputs;
mod repositories;
mod restore;
mod retention;
mod retry;
mod review;
mod revisions;
mod rollback;
mod rotate_key;
mod secrets;
mod sessions;
mod test_run;
mod uninstall;
mod upgrades;
mod uploads;
mod values_basis;
mod values_text;
mod versions;
mod visible;
mod window;

pub use audit::read_audit;
pub use caller::Caller;
pub use cluster::{AddressPolicy, HostResolver, ServiceAccountMount, SystemResolver};
pub use error::Error;
pub use permit::{Action, Role, may};
pub use preflight::PreflightRun;
pub use restore::open_catalog;
pub use retention::{Limit, Retention};
pub use rotate_key::rotate_key;
pub use sessions::{SESSION_SECONDS, TICKET_SECONDS, create_login_ticket};
pub use store::Token;
pub use store::{AuditFilter, AuditLine, random_bytes};
pub use visible::visible_view;

use crate::{
    accepted::CheckedDrafts,
    changes::Changes,
    chart_work::ChartWork,
    connections::Connections,
    database::Database,
    installed_charts::InstalledChartsCache,
    jobs::{EndedJobs, Jobs},
    meshes::{Health, MeshRows, Traffic},
    render_cache::RenderCache,
    retention::RetentionTask,
    retry::Retries,
    sessions::FailedLogins,
};
use ::catalog::Catalog;
use ::mesh::endpoint_sync::EndpointMonitor;
pub use ::mesh::istio_releases::IstioReleases;
use std::{path::Path, sync::Arc, time::Duration};
use store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The configuration of a console.
#[derive(Clone)]
pub struct Setup {
    /// The addresses of clusters and repositories that may be dialled.
    pub addresses: AddressPolicy,
    /// The current time.
    pub clock: fn() -> jiff::Timestamp,
    /// A random number, for the ids of drafts and jobs.
    pub random: fn() -> u64,
    /// 32 random bytes, for the seeds of drafts.
    pub random_bytes: fn() -> [u8; 32],
    /// How long a job waits for its objects.
    pub job_timeout: Duration,
    /// How long after its last renewal the Lease of a job on a release expires; whole seconds.
    pub lease_duration: Duration,
    /// How long a session may be unused.
    pub idle_timeout: Duration,
    /// How long drafts, jobs and audit lines are kept.
    pub retention: Retention,
    /// What is known about the releases of Istio.
    pub istio_releases: Arc<IstioReleases>,
    /// The repository of Istio's own charts; without one, they are uploaded.
    pub istio_charts: Option<::catalog::Address>,
    /// The mounted credential of the console's own pod, when it runs in one.
    pub mount: Option<ServiceAccountMount>,
    /// Resolves the host names of load balancers.
    pub resolver: Arc<dyn HostResolver>,
    /// The time after which host names are resolved again.
    pub resolve_interval: Duration,
    /// The time between two complete checks of a mesh that has become unhealthy, or whose problems have changed.
    pub recovery_interval: Duration,
    /// The time after which the API servers of a mesh are asked again whether they answer.
    pub reachability_interval: Duration,
    /// Cancels all background tasks.
    pub stop: CancellationToken,
    /// Called before each commit of the database; tests end the process in it.
    pub before_commit: Option<fn()>,
}

impl Default for Setup {
    /// Remote addresses only, the system's clock and random numbers, a job timeout of ten minutes, Leases of 30 seconds, an idle timeout of an hour, the facts about Istio of this version of the program, no repository of Istio's charts, no mounted credential, the resolver of the machine.
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::Remote,
            clock: jiff::Timestamp::now,
            random: store::random,
            random_bytes: store::random_bytes,
            job_timeout: Duration::from_mins(10),
            lease_duration: Duration::from_secs(30),
            idle_timeout: Duration::from_hours(1),
            retention: Retention::default(),
            istio_releases: Arc::new(IstioReleases::built_in()),
            istio_charts: None,
            mount: None,
            resolver: Arc::new(SystemResolver),
            resolve_interval: Duration::from_secs(15),
            recovery_interval: Duration::from_secs(15),
            reachability_interval: Duration::from_secs(10),
            stop: CancellationToken::new(),
            before_commit: None,
        }
    }
}

/// The state that all use cases share. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    pub(crate) store: Database,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) ended_jobs: EndedJobs,
    pub(crate) installed: Arc<InstalledChartsCache>,
    pub(crate) health: Arc<Health>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) endpoints: EndpointMonitor,
    pub(crate) changes: Arc<Changes>,
    pub(crate) mesh_rows: Arc<MeshRows>,
    pub(crate) renderings: Arc<RenderCache>,
    pub(crate) charts: Arc<ChartWork>,
    pub(crate) checked: Arc<CheckedDrafts>,
    pub(crate) failed_logins: Arc<FailedLogins>,
    pub(crate) session_ends: Arc<watch::Sender<()>>,
    pub(crate) retention: Arc<RetentionTask>,
    pub(crate) retries: Arc<Retries>,
    pub(crate) setup: Setup,
}

impl Console {
    /// Opens the console's database in `folder`. Sandboxes of an earlier process are removed, and jobs
    /// that were running then are marked as interrupted.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::Catalog`].
    pub fn open(folder: &Path, setup: Setup) -> Result<Self, Error> {
        Self::with_catalog(folder, Catalog::built_in()?, setup)
    }

    /// The same with another catalog.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn with_catalog(folder: &Path, catalog: Catalog, setup: Setup) -> Result<Self, Error> {
        let store = Store::open(folder)?;
        if let Some(hook) = setup.before_commit {
            store.before_commits(hook)?;
        }
        store.delete_sandboxes()?;
        jobs::mark_interrupted(&store)?;
        let connections = Arc::new(Connections::new(setup.addresses, setup.stop.clone()));
        for cluster in store.clusters()? {
            connections.add(cluster);
        }
        let jobs = Arc::new(Jobs::new(setup.stop.clone()));
        jobs.restore_ended(&store)?;
        let catalog = restore::restored_catalog(catalog, &store, folder, setup.addresses)?;
        if let Some(address) = &setup.istio_charts {
            catalog.set_istio_charts(address.clone())?;
        }
        Ok(Self {
            store: Database::new(store),
            catalog: Arc::new(catalog),
            connections,
            jobs,
            ended_jobs: EndedJobs::default(),
            installed: Arc::default(),
            endpoints: EndpointMonitor::default(),
            changes: Arc::default(),
            mesh_rows: Arc::default(),
            renderings: Arc::default(),
            charts: Arc::default(),
            checked: Arc::default(),
            failed_logins: Arc::default(),
            session_ends: Arc::default(),
            retention: Arc::default(),
            retries: Arc::default(),
            health: Arc::new(Health::new(setup.stop.clone())),
            traffic: Arc::new(Traffic::new(setup.stop.clone())),
            setup,
        })
    }

    /// Opens the database of a console that may be running, for reading: nothing is removed or marked.
    /// Sandboxes of that console are on loopback, and may be dialled when there are some.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::Catalog`].
    pub fn open_read_only(folder: &Path, mut setup: Setup) -> Result<Self, Error> {
        let store = Store::open(folder)?;
        let clusters = store.clusters()?;
        if clusters.iter().any(|cluster| cluster.sandbox) {
            setup.addresses = AddressPolicy::WithLoopback;
        }
        let connections = Arc::new(Connections::new(setup.addresses, setup.stop.clone()));
        for cluster in clusters {
            connections.add(cluster);
        }
        Ok(Self {
            store: Database::new(store),
            catalog: Arc::new(Catalog::built_in()?),
            connections,
            jobs: Arc::new(Jobs::new(setup.stop.clone())),
            ended_jobs: EndedJobs::default(),
            installed: Arc::default(),
            endpoints: EndpointMonitor::default(),
            changes: Arc::default(),
            mesh_rows: Arc::default(),
            renderings: Arc::default(),
            charts: Arc::default(),
            checked: Arc::default(),
            failed_logins: Arc::default(),
            session_ends: Arc::default(),
            retention: Arc::default(),
            retries: Arc::default(),
            health: Arc::new(Health::new(setup.stop.clone())),
            traffic: Arc::new(Traffic::new(setup.stop.clone())),
            setup,
        })
    }

    /// Uses the database, on a thread that may block.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.call(work).await
    }

    /// The time of the console's clock.
    pub fn time(&self) -> wire::Time {
        wire::Time(self.now().as_second())
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        (self.setup.clock)()
    }

    /// The text of a new random id: 12 hexadecimal digits.
    pub(crate) fn random_id(&self) -> String {
        let digits = (self.setup.random)() >> 16;
        format!("{digits:012x}")
    }

    /// Cancels all background tasks, and waits for them for at most `timeout`.
    pub async fn close(&self, timeout: Duration) {
        self.setup.stop.cancel();
        tokio::join!(
            self.jobs.finish(timeout),
            self.health.finish(timeout),
            self.traffic.finish(timeout),
            self.retention.finish(timeout),
            self.changes.finish(timeout)
        );
        self.retries.finish(timeout).await;
    }
}
