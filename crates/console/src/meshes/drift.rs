//! Drift: a remote uses a stale address of the primary; one job updates the release that holds the address.
//!
//! That release is one of the console or of Helm, whoever installed it: it is upgraded with the current addresses,
//! its chart keeps its version, and workloads with a sidecar are restarted, as a sidecar keeps the addresses that
//! it started with. Where no release holds the address, the plan is the command that writes it. Start at
//! [`Console::drift_report`].

mod holder;
mod pointed;
mod repoint;

use super::{ISTIO_NAMESPACE, Mesh, step_state::within};
use crate::{Console, Error, connections::RunAs};
use ::mesh::{
    endpoints::{DiscoveredAddress, Drifted, as_values, discover, drift},
    facts::IstioGeneration,
};
use holder::AddressHolder;
use wire::{ClusterName, mesh::DriftView};

/// The stale addresses of a mesh.
#[derive(Default)]
pub(super) struct DriftReport {
    pub(super) drifted: Vec<DriftView>,
    /// Whether an address is resolved from a host name, which changes without a change of the cluster.
    pub(super) has_host_names: bool,
}

impl Console {
    /// Every stale address that a remote of a mesh uses.
    pub(super) async fn drifted(&self, mesh: &Mesh, run_as: RunAs) -> Vec<DriftView> {
        self.drift_report(mesh, run_as).await.drifted
    }

    /// The same, and whether the addresses have to be resolved again. A cluster that does not respond in time
    /// has none; the state of its steps reports the timeout.
    pub(super) async fn drift_report(&self, mesh: &Mesh, run_as: RunAs) -> DriftReport {
        let generation = self.leading_generation(mesh, run_as).await;
        let Ok(found) = self.discovered(mesh, generation, run_as).await else {
            return DriftReport::default();
        };
        let each = mesh.remotes.iter().map(async |remote| {
            let holder = self.address_holder(mesh, remote, generation, run_as).await;
            match holder {
                Ok(holder) => self.drift_of(remote, &holder, &found).await,
                Err(_) => Vec::new(),
            }
        });
        DriftReport {
            drifted: futures::future::join_all(each).await.concat(),
            has_host_names: found.iter().any(DiscoveredAddress::has_host_name),
        }
    }

    /// The stale addresses among those that a release or the objects of a remote hold.
    async fn drift_of(
        &self,
        remote: &ClusterName,
        holder: &AddressHolder,
        found: &[DiscoveredAddress],
    ) -> Vec<DriftView> {
        match holder {
            AddressHolder::Release(at, release) => {
                let seed_stored = matches!(self.release_inputs(at).await, Ok(Some(_)));
                let drifted = drift(&release.config, found).into_iter();
                let view = |address| DriftView {
                    release: Some(at.clone()),
                    seed_stored,
                    ..view(remote, address)
                };
                drifted.map(view).collect()
            }
            AddressHolder::Objects(addresses) => {
                let drifted = drift(&as_values(addresses), found).into_iter();
                let view = |address: Drifted| DriftView {
                    command: holder::command(remote, &address, addresses),
                    ..view(remote, address)
                };
                drifted.map(view).collect()
            }
        }
    }

    /// The generation of the control plane that leads the mesh, whoever installed it.
    async fn leading_generation(&self, mesh: &Mesh, run_as: RunAs) -> IstioGeneration {
        let Ok(primary) = self.connections.get(&mesh.primary) else {
            return mesh.generation();
        };
        let plane = ::mesh::join::control_plane(primary.identity(run_as), ISTIO_NAMESPACE);
        match within(&primary, plane).await {
            Ok(Ok(plane)) => plane.generation,
            _ => mesh.generation(),
        }
    }

    async fn discovered(
        &self,
        mesh: &Mesh,
        generation: IstioGeneration,
        run_as: RunAs,
    ) -> Result<Vec<DiscoveredAddress>, Error> {
        let primary = self.connections.get(&mesh.primary)?;
        let found = discover(
            primary.identity(run_as),
            generation,
            ISTIO_NAMESPACE,
            self.now(),
            &*self.setup.resolver,
        );
        match within(&primary, found).await {
            Ok(found) => Ok(found?),
            Err(_) => Ok(Vec::new()),
        }
    }
}

fn view(remote: &ClusterName, address: Drifted) -> DriftView {
    DriftView {
        remote: remote.clone(),
        release: None,
        command: None,
        key: address.key.to_owned(),
        used: address.used,
        good: address.current.unwrap_or_default(),
        seed_stored: true,
    }
}
