//! The connections to the registered clusters, one each.

use crate::Error;
use cluster::{AddressPolicy, AsConsole, AsUser, Cluster, Credentials, Watches};
use mesh::facts::NetworkOverride;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use store::StoredCluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::{ClusterName, job::Subject};

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
    /// Watches of the console itself.
    pub(crate) watches: Watches,
    /// Cancels the watches of this cluster.
    stop: CancellationToken,
}

/// All connections.
pub(crate) struct Connections {
    policy: AddressPolicy,
    stop: CancellationToken,
    by_name: RwLock<BTreeMap<ClusterName, ClusterConnection>>,
    changed: watch::Sender<()>,
}

impl Connections {
    pub(crate) fn new(policy: AddressPolicy, stop: CancellationToken) -> Self {
        Self {
            policy,
            stop,
            by_name: RwLock::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Notifies when a cluster is added or removed.
    pub(crate) fn follow(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Connects a stored cluster.
    pub(crate) fn add(&self, stored: &StoredCluster) -> Result<ClusterConnection, Error> {
        let shape = |source| store::Error::Malformed {
            record: format!("cluster {}", stored.name),
            source,
        };
        let credentials: Credentials =
            serde_json::from_str(stored.credentials.reveal()).map_err(shape)?;
        let connect = || Cluster::connect(stored.name.clone(), &credentials, self.policy);
        let stop = self.stop.child_token();
        let connection = ClusterConnection {
            name: stored.name.clone(),
            colour: stored.colour,
            server: stored.server.clone(),
            sandbox: stored.sandbox,
            ca_bundle: credentials.ca_bundle.clone(),
            tls_server_name: credentials.tls_server_name.clone(),
            network_override: network_override(&stored.network_override),
            user: AsUser::new(connect()?),
            watches: Watches::new(AsConsole::new(connect()?), stop.clone()),
            stop,
        };
        let mut connections = self.by_name.write();
        connections.insert(stored.name.clone(), connection.clone());
        drop(connections);
        self.changed.send_replace(());
        Ok(connection)
    }

    pub(crate) fn get(&self, name: &ClusterName) -> Result<ClusterConnection, Error> {
        let connections = self.by_name.read();
        connections
            .get(name)
            .cloned()
            .ok_or_else(|| Error::NoCluster(name.to_string()))
    }

    pub(crate) fn all(&self) -> Vec<ClusterConnection> {
        let connections = self.by_name.read();
        let mut all: Vec<ClusterConnection> = connections.values().cloned().collect();
        all.sort_by_key(|connection| (connection.colour, connection.name.clone()));
        all
    }

    /// Replaces what the operator provided for a cluster; the connection stays.
    pub(crate) fn set_network_override(&self, name: &ClusterName, typed: &store::NetworkOverride) {
        let mut connections = self.by_name.write();
        if let Some(connection) = connections.get_mut(name) {
            connection.network_override = network_override(typed);
        }
    }

    /// Discovers the kinds of the clusters of a job again: it may have applied or deleted CRDs.
    pub(crate) async fn forget_kinds(&self, subject: &Subject) {
        let all = self.all().into_iter();
        for connection in all.filter(|connection| subject.touches(&connection.name)) {
            connection.user.cluster().forget_kinds().await;
            connection.watches.forget_kinds().await;
        }
    }

    pub(crate) fn remove(&self, name: &ClusterName) {
        let mut connections = self.by_name.write();
        if let Some(connection) = connections.remove(name) {
            connection.stop.cancel();
        }
        drop(connections);
        self.changed.send_replace(());
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
