//! The connections to the registered clusters, one each, and the clusters that cannot be used.

use crate::{
    Error, last_known::LastKnown, listed_release::ListedRelease, log_text::log_text,
    read_limit::ReadLimit, record_cache::RecordCache,
};
use cluster::{AddressPolicy, AsConsole, AsUser, Cluster, Credentials, Identity, Watches};
use mesh::facts::NetworkOverride;
use parking_lot::RwLock;
use std::{collections::BTreeMap, sync::Arc};
use store::StoredCluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::{
    ClusterName,
    cluster::{FactsView, NetworkView},
    job::Subject,
};

/// Who makes a request that operators and background tasks share.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RunAs {
    /// The operator, in a use case or in a job that an operator started.
    Operator,
    /// The console, in a background task, or for a result that all operators share.
    Console,
}

/// The connection to one cluster.
#[derive(Clone)]
pub(crate) struct ClusterConnection {
    /// The stored cluster, without its credentials.
    pub(crate) name: ClusterName,
    pub(crate) colour: u8,
    pub(crate) server: String,
    pub(crate) sandbox: bool,
    /// The CA bundle of its server, as PEM.
    pub(crate) ca_bundle: String,
    /// The name that the server's certificate has, where it is another than the address.
    pub(crate) tls_server_name: Option<String>,
    /// The network and CIDRs that the operator provided.
    pub(crate) network_override: NetworkOverride,
    /// Acts for the operator.
    pub(crate) user: AsUser,
    /// Acts for the console, in the background.
    pub(crate) console: AsConsole,
    /// Watches of the console itself.
    pub(crate) watches: Watches,
    /// What pages show of the cluster.
    pub(crate) facts: Arc<LastKnown<FactsView>>,
    /// The newest revision of each release.
    pub(crate) releases: Arc<LastKnown<Vec<ListedRelease>>>,
    /// The contents of its release records that were read.
    pub(crate) records: Arc<RecordCache>,
    /// Its network and CIDRs.
    pub(crate) network: Arc<LastKnown<NetworkView>>,
    /// Cancels the watches and the reads of this cluster.
    pub(crate) stop: CancellationToken,
}

impl ClusterConnection {
    /// Watches the changes of the kinds from now on, so that they are not discovered for each use.
    pub(crate) fn follow_kinds(&self) {
        self.watches.follow_kinds(&self.user);
    }

    /// The identity that makes a request.
    pub(crate) fn identity(&self, run_as: RunAs) -> &dyn Identity {
        match run_as {
            RunAs::Operator => &self.user,
            RunAs::Console => &self.console,
        }
    }

    /// Whether the cluster was removed, renamed or given another credential since.
    pub(crate) fn is_closed(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// A registered cluster that cannot be used, such as one whose credential cannot be decrypted.
#[derive(Clone)]
pub(crate) struct UnusableCluster {
    pub(crate) name: ClusterName,
    pub(crate) colour: u8,
    pub(crate) server: String,
    pub(crate) sandbox: bool,
    /// Why.
    pub(crate) cause: Arc<Error>,
}

/// Every registered cluster, in one of the two.
#[derive(Default)]
struct Registered {
    connections: BTreeMap<ClusterName, ClusterConnection>,
    unusable: BTreeMap<ClusterName, UnusableCluster>,
}

/// All connections.
pub(crate) struct Connections {
    policy: AddressPolicy,
    stop: CancellationToken,
    registered: RwLock<Registered>,
    changed: watch::Sender<()>,
    /// Limits the reads for pages.
    pub(crate) reads: ReadLimit,
}

impl Connections {
    pub(crate) fn new(policy: AddressPolicy, stop: CancellationToken) -> Self {
        Self {
            policy,
            stop,
            registered: RwLock::default(),
            changed: watch::Sender::new(()),
            reads: ReadLimit::default(),
        }
    }

    /// Notifies when a cluster is added or removed.
    pub(crate) fn follow(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Connects a stored cluster; one that cannot be used is registered with the cause.
    pub(crate) fn add(&self, stored: StoredCluster) {
        let connected = self.connect(&stored);
        let mut registered = self.registered.write();
        registered.forget(&stored.name);
        match connected {
            Ok(connection) => {
                registered.connections.insert(stored.name, connection);
            }
            Err(cause) => {
                tracing::warn!(cluster = %stored.name, chain = log_text(&cause), "the cluster cannot be used");
                let unusable = UnusableCluster {
                    name: stored.name.clone(),
                    colour: stored.colour,
                    server: stored.server,
                    sandbox: stored.sandbox,
                    cause: Arc::new(cause),
                };
                registered.unusable.insert(stored.name, unusable);
            }
        }
        drop(registered);
        self.changed.send_replace(());
    }

    fn connect(&self, stored: &StoredCluster) -> Result<ClusterConnection, Error> {
        let shape = |source| store::Error::malformed(format!("cluster {}", stored.name), &source);
        let sealed = || store::Error::Sealed {
            record: format!("the credential of cluster {}", stored.name),
        };
        let credentials = stored.credentials.as_ref().ok_or_else(sealed)?;
        let credentials: Credentials = serde_json::from_str(credentials.reveal()).map_err(shape)?;
        // Both act with the stored credentials, so they share connections and the known kinds.
        let cluster = Cluster::connect(stored.name.clone(), &credentials, self.policy)?;
        let console = AsConsole::new(cluster.clone());
        let stop = self.stop.child_token();
        Ok(ClusterConnection {
            name: stored.name.clone(),
            colour: stored.colour,
            server: stored.server.clone(),
            sandbox: stored.sandbox,
            ca_bundle: credentials.ca_bundle.clone(),
            tls_server_name: credentials.tls_server_name.clone(),
            network_override: network_override(&stored.network_override),
            user: AsUser::new(cluster),
            watches: Watches::new(console.clone(), stop.clone()),
            console,
            facts: Arc::default(),
            releases: Arc::default(),
            records: Arc::default(),
            network: Arc::default(),
            stop,
        })
    }

    /// The connection to a cluster.
    ///
    /// # Errors
    /// [`Error::NoCluster`] or [`Error::UnusableCluster`].
    pub(crate) fn get(&self, name: &ClusterName) -> Result<ClusterConnection, Error> {
        let registered = self.registered.read();
        if let Some(connection) = registered.connections.get(name) {
            return Ok(connection.clone());
        }
        Err(match registered.unusable.get(name) {
            Some(unusable) => unusable.error(),
            None => Error::NoCluster(name.to_string()),
        })
    }

    /// All clusters that can be used, by their names.
    pub(crate) fn all(&self) -> Vec<ClusterConnection> {
        let registered = self.registered.read();
        let mut all: Vec<_> = registered.connections.values().cloned().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// All clusters that cannot be used.
    pub(crate) fn unusable(&self) -> Vec<UnusableCluster> {
        let registered = self.registered.read();
        registered.unusable.values().cloned().collect()
    }

    /// Replaces what the operator provided for a cluster; the connection stays.
    pub(crate) fn set_network_override(&self, name: &ClusterName, typed: &store::NetworkOverride) {
        let mut registered = self.registered.write();
        if let Some(connection) = registered.connections.get_mut(name) {
            connection.network_override = network_override(typed);
            connection.network.count_change();
        }
    }

    /// Changes the colour of a cluster; the connection stays.
    pub(crate) fn set_colour(&self, name: &ClusterName, colour: u8) {
        let mut registered = self.registered.write();
        if let Some(connection) = registered.connections.get_mut(name) {
            connection.colour = colour;
        }
        if let Some(unusable) = registered.unusable.get_mut(name) {
            unusable.colour = colour;
        }
        drop(registered);
        self.changed.send_replace(());
    }

    /// Discovers the kinds of the clusters of a job again: it may have applied or deleted CRDs.
    pub(crate) fn forget_kinds(&self, subject: &Subject) {
        let all = self.all().into_iter();
        for connection in all.filter(|connection| subject.touches(&connection.name)) {
            connection.user.forget_kinds();
            connection.watches.forget_kinds();
        }
    }

    pub(crate) fn remove(&self, name: &ClusterName) {
        self.registered.write().forget(name);
        self.changed.send_replace(());
    }
}

impl Registered {
    fn forget(&mut self, name: &ClusterName) {
        self.unusable.remove(name);
        if let Some(connection) = self.connections.remove(name) {
            connection.stop.cancel();
        }
    }
}

impl UnusableCluster {
    /// The error of what needs the cluster.
    pub(crate) fn error(&self) -> Error {
        Error::UnusableCluster {
            cluster: self.name.clone(),
            cause: self.cause.clone(),
        }
    }
}

fn network_override(stored: &store::NetworkOverride) -> NetworkOverride {
    NetworkOverride::new(
        stored.network.clone(),
        &stored.pods,
        &stored.services,
        stored.by.clone(),
    )
}
