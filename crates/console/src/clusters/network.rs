//! The network and CIDRs of a cluster, discovered or overridden, and its memberships in meshes.
//!
//! Overrides are stored with the cluster and apply where the cluster declares no value; the doctor and
//! the joins use them.

use super::CLUSTER_TIMEOUT;
use crate::{Action, Caller, Console, Error, connections::ClusterConnection, meshes::Mesh};
use mesh::gather::{Timeouts, network};
use store::{NetworkOverride, Store};
use wire::{
    ClusterName,
    cluster::{MeshMembership, NetworkView, OverrideNetworkRequest, Role},
    range,
};

impl Console {
    /// The network and CIDRs of a cluster, each with its source.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`]. A cluster that does not respond is
    /// no error: the view has the reason.
    pub async fn cluster_network(
        &self,
        caller: &Caller,
        name: &ClusterName,
    ) -> Result<NetworkView, Error> {
        self.permitted(caller, Action::Read, async {
            self.network_view(&self.connections.get(name)?).await
        })
        .await
    }

    /// Stores the operator's overrides for a cluster. Nothing on the cluster changes.
    ///
    /// # Errors
    /// [`Error::BadRange`], [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn override_cluster_network(
        &self,
        caller: &Caller,
        request: OverrideNetworkRequest,
    ) -> Result<NetworkView, Error> {
        let target = format!("override the network and CIDRs of {}", request.cluster);
        self.audited(caller, Action::WriteCluster, &target, async {
            let known = self.with_store(Store::clusters).await?.into_iter();
            let mut known = known.filter(|cluster| cluster.name == request.cluster);
            let known = known.next().map(|cluster| cluster.network_override);
            let network_override = read(&request, known.unwrap_or_default(), &caller.operator)?;
            self.save_network_override(&request.cluster, &network_override)
                .await?;
            self.network_view(&self.connections.get(&request.cluster)?)
                .await
        })
        .await
    }

    pub(crate) async fn save_network_override(
        &self,
        name: &ClusterName,
        network_override: &NetworkOverride,
    ) -> Result<(), Error> {
        let (cluster, stored) = (name.clone(), network_override.clone());
        let save = move |store: &Store| store.override_cluster_network(&cluster, &stored);
        if !self.with_store(save).await? {
            return Err(Error::NoCluster(name.to_string()));
        }
        self.connections
            .set_network_override(name, network_override);
        Ok(())
    }

    async fn network_view(&self, connection: &ClusterConnection) -> Result<NetworkView, Error> {
        let timeouts = Timeouts {
            probe: CLUSTER_TIMEOUT,
            call: CLUSTER_TIMEOUT,
            cluster: CLUSTER_TIMEOUT,
        };
        let facts = network(&connection.user, &connection.network_override, timeouts).await;
        Ok(NetworkView {
            meshes: memberships(&self.stored_meshes().await?, &connection.name),
            ..NetworkView::from(&facts)
        })
    }
}

/// The memberships of a cluster in meshes.
pub(super) fn memberships(meshes: &[Mesh], name: &ClusterName) -> Vec<MeshMembership> {
    let own = meshes.iter().filter_map(|mesh| mesh.membership(name));
    own.collect()
}

/// The overrides of a request, validated field by field.
fn read(
    request: &OverrideNetworkRequest,
    mut network_override: NetworkOverride,
    by: &str,
) -> Result<NetworkOverride, Error> {
    let bad = |field| move |source| Error::BadRange { field, source };
    if let Some(network) = &request.network {
        let network = range::network(network).map_err(bad("network"))?;
        network.clone_into(&mut network_override.network);
    }
    if let Some(pods) = &request.pods {
        network_override.pods = range::ranges(pods).map_err(bad("pods"))?;
    }
    if let Some(services) = &request.services {
        network_override.services = range::ranges(services).map_err(bad("services"))?;
    }
    by.clone_into(&mut network_override.by);
    Ok(network_override)
}

/// The role of a cluster by its charts and by its memberships: both, when they differ.
pub(super) fn role(by_charts: Option<Role>, parts: &[MeshMembership]) -> Option<Role> {
    let by_charts = by_charts?;
    let other = parts.iter().any(|part| part.role != by_charts);
    Some(if other { Role::Both } else { by_charts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_primary_of_one_mesh_and_remote_of_another_has_both_roles() {
        let part = |mesh: &str, role| MeshMembership {
            mesh: wire::MeshName::new(mesh).expect("a name"),
            role,
        };
        let parts = [part("a", Role::Primary), part("b", Role::Remote)];
        assert_eq!(role(Some(Role::Primary), &parts), Some(Role::Both));
        assert_eq!(role(Some(Role::Primary), &parts[..1]), Some(Role::Primary));
        assert_eq!(role(Some(Role::Remote), &[]), Some(Role::Remote));
        assert_eq!(role(None, &parts), None, "planned is not yet there");
    }
}
