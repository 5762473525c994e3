//! Connections over the pod network to the programs of its clusters.
//!
//! A program reaches the address of any running pod on its network. Start at [`Network::dial`].

use std::net::IpAddr;
use std::sync::Arc;

use super::reachability::{accepts_connections, has_load_balancer};
use super::{is_running, of_pod};
use crate::cluster::{Cluster, Network};
use crate::object_map::Index;
use crate::process::{Program, RunningProgram};

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
    /// The program that listens at an address, if its pod accepts connections.
    pub(super) fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, DialError> {
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
    pub(super) fn backends(&self, address: &str, port: u16) -> Vec<Arc<dyn Program>> {
        let clusters = self.clusters();
        let backends = clusters
            .iter()
            .flat_map(|cluster| backends_in(cluster, address, port));
        backends.collect()
    }

    /// Whether an address accepts connections; `None` for an address of no cluster.
    pub(super) fn accepts_connections(&self, address: IpAddr, port: u16) -> Option<bool> {
        let clusters = self.clusters();
        let owner = clusters
            .iter()
            .find(|cluster| cluster.config.contains(address))?;
        let state = owner.lock();
        let address = address.to_string();
        Some(accepts_connections(&state, &address, port))
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
    if has_load_balancer(&state, address, port) {
        state.programs.all()
    } else {
        Vec::new()
    }
}

/// The programs of the pod that has this address.
fn programs_at(cluster: &Arc<Cluster>, address: &str) -> Option<Vec<RunningProgram>> {
    let mut state = cluster.lock();
    let pod = {
        let mut pods = state.objects.indexed(Index::Address, address);
        pods.find(|(_, pod)| is_running(pod))?.1.clone()
    };
    Some(of_pod(cluster, &mut state, &pod))
}
