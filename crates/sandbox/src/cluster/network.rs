//! The pod network: flat, and shared by the clusters that join it.
//!
//! It knows its clusters and their addresses, as if the pod networks were routed to each other.
//! Start at [`Network`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::Cluster;
use crate::process::Program;

/// A flat network of pods; the pods of all sandboxes on the same network reach each other.
#[derive(Clone, Debug, Default)]
pub struct Network {
    members: Arc<Mutex<Vec<Member>>>,
}

/// A cluster on a network, and its addresses that accept connections.
#[derive(Clone, Debug)]
struct Member {
    cluster: Weak<Cluster>,
    addresses: BTreeSet<String>,
    /// The programs that serve admission webhooks, by the addresses that lead to them.
    admission: AdmissionPrograms,
}

/// Programs that serve admission webhooks, by address.
pub(crate) type AdmissionPrograms = BTreeMap<String, Vec<Arc<dyn Program>>>;

impl Network {
    /// A network without clusters.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn join(&self, cluster: &Arc<Cluster>) {
        self.leave(cluster);
        self.members.lock().push(Member {
            cluster: Arc::downgrade(cluster),
            addresses: BTreeSet::new(),
            admission: BTreeMap::new(),
        });
    }

    pub(crate) fn leave(&self, cluster: &Arc<Cluster>) {
        let left = Arc::downgrade(cluster);
        self.members.lock().retain(|member| {
            member.cluster.strong_count() > 0 && !Weak::ptr_eq(&member.cluster, &left)
        });
    }

    /// Publishes the addresses of a cluster that accept connections. Like
    /// [`Self::is_reachable`], it may be called while a cluster is locked.
    pub(crate) fn publish(
        &self,
        cluster: &Arc<Cluster>,
        addresses: BTreeSet<String>,
        admission: AdmissionPrograms,
    ) {
        let this = Arc::downgrade(cluster);
        let mut members = self.members.lock();
        let mut members = members.iter_mut();
        if let Some(member) = members.find(|member| Weak::ptr_eq(&member.cluster, &this)) {
            member.addresses = addresses;
            member.admission = admission;
        }
    }

    /// Whether an address accepts connections in any cluster.
    pub(crate) fn is_reachable(&self, address: &str) -> bool {
        let members = self.members.lock();
        let mut running = members
            .iter()
            .filter(|member| member.cluster.strong_count() > 0);
        running.any(|member| member.addresses.contains(address))
    }

    /// The program that serves admission webhooks at an address, in any cluster.
    pub(crate) fn admission_program(&self, address: &str, port: u16) -> Option<Arc<dyn Program>> {
        let members = self.members.lock();
        let mut running = members
            .iter()
            .filter(|member| member.cluster.strong_count() > 0)
            .filter_map(|member| member.admission.get(address))
            .flatten();
        let serves = |program: &&Arc<dyn Program>| {
            let server = program.admission_server();
            server.is_some_and(|server| server.port() == port)
        };
        running.find(serves).cloned()
    }

    /// The clusters that still exist.
    pub(crate) fn clusters(&self) -> Vec<Arc<Cluster>> {
        let members = self.members.lock();
        let clusters = members.iter().filter_map(|member| member.cluster.upgrade());
        clusters.collect()
    }
}
