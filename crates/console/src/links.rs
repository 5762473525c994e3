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
pub(crate) struct Link {
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
pub(crate) struct Links {
    policy: AddressPolicy,
    stop: CancellationToken,
    by_name: RwLock<BTreeMap<ClusterName, Link>>,
    changed: watch::Sender<()>,
}

impl Links {
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
    pub(crate) fn add(&self, stored: &StoredCluster) -> Result<Link, Error> {
        let shape = |source| store::Error::Shape {
            what: format!("cluster {}", stored.name),
            source,
        };
        let credentials: Credentials =
            serde_json::from_str(stored.credentials.reveal()).map_err(shape)?;
        let connect = || Cluster::connect(stored.name.clone(), &credentials, self.policy);
        let stop = self.stop.child_token();
        let link = Link {
            name: stored.name.clone(),
            colour: stored.colour,
            server: stored.server.clone(),
            sandbox: stored.sandbox,
            authority: credentials.authority.clone(),
            tls_server_name: credentials.tls_server_name.clone(),
            told: told(&stored.told),
            user: AsUser::new(connect()?),
            watches: Watches::new(AsConsole::new(connect()?), stop.clone()),
            stop,
        };
        let mut links = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        links.insert(stored.name.clone(), link.clone());
        drop(links);
        self.changed.send_replace(());
        Ok(link)
    }

    pub(crate) fn get(&self, name: &ClusterName) -> Result<Link, Error> {
        let links = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        links
            .get(name)
            .cloned()
            .ok_or_else(|| Error::NoCluster(name.to_string()))
    }

    pub(crate) fn all(&self) -> Vec<Link> {
        let links = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Link> = links.values().cloned().collect();
        all.sort_by_key(|link| (link.colour, link.name.clone()));
        all
    }

    /// Takes what a person typed of a cluster; the connection stays.
    pub(crate) fn tell(&self, name: &ClusterName, typed: &store::Told) {
        let mut links = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = links.get_mut(name) {
            link.told = told(typed);
        }
    }

    pub(crate) fn remove(&self, name: &ClusterName) {
        let mut links = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = links.remove(name) {
            link.stop.cancel();
        }
        drop(links);
        self.changed.send_replace(());
    }
}

fn told(stored: &store::Told) -> NetworkOverride {
    NetworkOverride::new(
        stored.network.clone(),
        &stored.pods,
        &stored.services,
        stored.by.clone(),
    )
}

impl Link {
    /// The watches with the operator's own client behind them: what a job of theirs follows.
    pub(crate) fn for_job(&self) -> Arc<Watches> {
        Arc::new(self.watches.clone())
    }
}
