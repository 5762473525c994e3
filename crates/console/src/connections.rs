//! The connections to the registered clusters, one each, made once.

use crate::Error;
use cluster::{AddressPolicy, AsConsole, AsUser, Cluster, Credentials, Watches};
use mesh::facts::NetworkOverride;
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};
use store::StoredCluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

/// The way to one cluster.
#[derive(Clone)]
pub(crate) struct ClusterConnection {
    /// What is stored of it, without its credentials.
    pub(crate) name: ClusterName,
    pub(crate) colour: u8,
    pub(crate) server: String,
    pub(crate) sandbox: bool,
    /// Who signed its server's certificate, as PEM.
    pub(crate) authority: String,
    /// The name that the server's certificate has, where it is another than the address.
    pub(crate) tls_server_name: Option<String>,
    /// What a person typed of its network and ranges.
    pub(crate) told: NetworkOverride,
    /// For what an operator asked.
    pub(crate) user: AsUser,
    /// For what the console watches by itself.
    pub(crate) watches: Watches,
    /// Ends what follows this cluster.
    stop: CancellationToken,
}

/// All of them.
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

    /// Hears when a cluster is added or taken away.
    pub(crate) fn follow(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Makes the connection of a stored cluster.
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
            authority: credentials.ca_bundle.clone(),
            tls_server_name: credentials.tls_server_name.clone(),
            told: told(&stored.network_override),
            user: AsUser::new(connect()?),
            watches: Watches::new(AsConsole::new(connect()?), stop.clone()),
            stop,
        };
        let mut connections = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        connections.insert(stored.name.clone(), connection.clone());
        drop(connections);
        self.changed.send_replace(());
        Ok(connection)
    }

    pub(crate) fn get(&self, name: &ClusterName) -> Result<ClusterConnection, Error> {
        let connections = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        connections
            .get(name)
            .cloned()
            .ok_or_else(|| Error::NoCluster(name.to_string()))
    }

    pub(crate) fn all(&self) -> Vec<ClusterConnection> {
        let connections = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<ClusterConnection> = connections.values().cloned().collect();
        all.sort_by_key(|connection| (connection.colour, connection.name.clone()));
        all
    }

    /// Takes what a person typed of a cluster; the connection stays.
    pub(crate) fn tell(&self, name: &ClusterName, typed: &store::NetworkOverride) {
        let mut connections = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = connections.get_mut(name) {
            connection.told = told(typed);
        }
    }

    pub(crate) fn remove(&self, name: &ClusterName) {
        let mut connections = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = connections.remove(name) {
            connection.stop.cancel();
        }
        drop(connections);
        self.changed.send_replace(());
    }
}

fn told(stored: &store::NetworkOverride) -> NetworkOverride {
    NetworkOverride::new(
        stored.network.clone(),
        &stored.pods,
        &stored.services,
        stored.by.clone(),
    )
}

impl ClusterConnection {
    /// The watches with the operator's own client behind them: what a job of theirs follows.
    pub(crate) fn job_watches(&self) -> Arc<Watches> {
        Arc::new(self.watches.clone())
    }
}
