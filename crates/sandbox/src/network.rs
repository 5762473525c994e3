//! The pod network: flat, and shared by the clusters that join it.
//!
//! A program reaches the address of any running pod on its network, as if the pod networks were
//! routed to each other. Start at [`Network`].

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::cluster::Cluster;
use crate::object;
use crate::programs::{self, Program, RunningProgram};

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
}

/// Why a connection to an address failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// No pod has the address.
    #[error("no route to host")]
    NoRoute,
    /// Nothing listens on the port, or the pod does not accept connections.
    #[error("connection refused")]
    ConnectionRefused,
}

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
    pub(crate) fn publish(&self, cluster: &Arc<Cluster>, addresses: BTreeSet<String>) {
        let this = Arc::downgrade(cluster);
        let mut members = self.members.lock();
        let mut members = members.iter_mut();
        if let Some(member) = members.find(|member| Weak::ptr_eq(&member.cluster, &this)) {
            member.addresses = addresses;
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

    /// The program that listens at an address, if its pod accepts connections.
    pub(crate) fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, DialError> {
        let programs = self
            .clusters()
            .iter()
            .find_map(|cluster| programs_at(cluster, address))
            .ok_or(DialError::NoRoute)?;
        if programs
            .iter()
            .any(|running| !running.program.accepts_inbound())
        {
            return Err(DialError::ConnectionRefused);
        }
        programs
            .into_iter()
            .map(|running| running.program)
            .find(|program| program.listens_on(port))
            .ok_or(DialError::ConnectionRefused)
    }

    /// The programs of the pod with this address that listen on the port; for a load balancer,
    /// all programs of its cluster.
    pub(crate) fn backends(&self, address: &str, port: u16) -> Vec<Arc<dyn Program>> {
        let clusters = self.clusters();
        let backends = clusters
            .iter()
            .flat_map(|cluster| backends_in(cluster, address, port));
        backends.collect()
    }

    /// Whether an address accepts connections; `None` for an address of no cluster.
    pub(crate) fn accepts_connections(&self, address: IpAddr, port: u16) -> Option<bool> {
        let clusters = self.clusters();
        let owner = clusters
            .iter()
            .find(|cluster| cluster.config.contains(address))?;
        let state = owner.lock();
        let address = address.to_string();
        Some(programs::accepts_connections(&state, &address, port))
    }

    fn clusters(&self) -> Vec<Arc<Cluster>> {
        let members = self.members.lock();
        let clusters = members.iter().filter_map(|member| member.cluster.upgrade());
        clusters.collect()
    }
}

fn backends_in(cluster: &Arc<Cluster>, address: &str, port: u16) -> Vec<Arc<dyn Program>> {
    if let Some(programs) = programs_at(cluster, address) {
        let programs = programs.into_iter().map(|running| running.program);
        return programs
            .filter(|program| program.listens_on(port))
            .collect();
    }
    let state = cluster.lock();
    if programs::has_load_balancer(&state, address, port) {
        state.programs.all()
    } else {
        Vec::new()
    }
}

/// The programs of the pod that has this address.
fn programs_at(cluster: &Arc<Cluster>, address: &str) -> Option<Vec<RunningProgram>> {
    let mut state = cluster.lock();
    let pods = state.objects.list("pods", None);
    let pod = pods
        .iter()
        .filter(|pod| programs::is_running(pod))
        .find(|pod| object::text(pod, "/status/podIP") == address)?;
    Some(state.programs.of_pod(cluster, pod))
}
