//! The clusters that a new mesh may have, each with what speaks for and against it.
//!
//! The rules are those of [`wire::mesh::inspect`]. Start at [`Console::mesh_options`].

use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, last_known::Seen,
    meshes::Mesh,
};
use ::mesh::gather::{Timeouts, network};
use std::time::Duration;
use wire::{
    cluster::{ClusterView, NetworkView},
    live::Topic,
    mesh::{MeshCandidate, MeshFinding, MeshOptionsView, MeshSelection, NewMeshRequest, inspect},
};

/// The timeout of the read of a cluster's network.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(6);

impl Console {
    /// The clusters that a new mesh may have, and the names that are taken. A cluster that does not answer soon
    /// has its last known values.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh_options(&self, caller: &Caller) -> Result<MeshOptionsView, Error> {
        self.permitted(caller, Action::Read, self.options(|_| true))
            .await
    }

    /// The findings of a new mesh.
    pub(super) async fn inspect_new_mesh(
        &self,
        request: &NewMeshRequest,
    ) -> Result<Vec<MeshFinding>, Error> {
        let is_selected = |connection: &ClusterConnection| {
            request.primary == connection.name || request.remotes.contains(&connection.name)
        };
        let options = self.options(is_selected).await?;
        Ok(inspect(&MeshSelection::from(request), &options))
    }

    async fn options(
        &self,
        is_meant: impl Fn(&ClusterConnection) -> bool,
    ) -> Result<MeshOptionsView, Error> {
        let meshes = self.stored_meshes().await?;
        let connections = self.connections.all().into_iter();
        let connections: Vec<ClusterConnection> = connections.filter(is_meant).collect();
        let (views, networks) = tokio::join!(
            self.cluster_views(&connections, &meshes),
            futures::future::join_all(connections.iter().map(|known| self.known_network(known))),
        );
        let networks = connections.iter().map(|known| &known.name).zip(networks);
        let networks: Vec<_> = networks.collect();
        let candidate = |view: ClusterView| {
            let own = networks.iter().find(|(name, _)| **name == view.name);
            let network = own.and_then(|(_, seen)| Some(&*seen.value.as_ref()?.value));
            candidate(view, network, &meshes)
        };
        let mut candidates: Vec<MeshCandidate> = views.into_iter().map(candidate).collect();
        candidates.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(MeshOptionsView {
            candidates,
            names: meshes.into_iter().map(|mesh| mesh.name).collect(),
        })
    }

    /// The last known network of a cluster.
    async fn known_network(&self, connection: &ClusterConnection) -> Seen<NetworkView> {
        let own = connection.clone();
        let work = async move {
            let timeouts = Timeouts {
                probe: NETWORK_TIMEOUT,
                call: NETWORK_TIMEOUT,
                cluster: NETWORK_TIMEOUT,
            };
            let facts = network(&own.user, &own.network_override, timeouts).await;
            Ok(NetworkView::from(&facts))
        };
        let changes = self.changes.clone();
        let changed = move || changes.count(&[Topic::Clusters]);
        let (stop, clock) = (&connection.stop, self.setup.clock);
        connection.network.read(stop, clock, changed, work).await
    }
}

fn candidate(view: ClusterView, network: Option<&NetworkView>, meshes: &[Mesh]) -> MeshCandidate {
    let facts = view.facts.as_ref();
    let detected = |detected: fn(&NetworkView) -> &Vec<String>, known: Option<&Vec<String>>| {
        let detected = network.map(detected).filter(|ranges| !ranges.is_empty());
        detected.or(known).cloned().unwrap_or_default()
    };
    MeshCandidate {
        meshes: super::memberships(meshes, &view.name),
        network: network.and_then(|network| network.network.values.first().cloned()),
        pods: detected(
            |network| &network.pods.values,
            facts.map(|facts| &facts.pod_cidrs),
        ),
        services: detected(
            |network| &network.services.values,
            facts.map(|facts| &facts.service_cidrs),
        ),
        version: facts.map(|facts| facts.version.clone()),
        name: view.name,
        state: view.state,
        role: view.role,
    }
}
