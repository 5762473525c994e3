//! A cluster's place among others: its network and ranges, found or typed, and its parts in meshes.
//!
//! What a person types is kept with the cluster and stands in where the cluster does not say it itself;
//! the doctor and the joins read it from there.

use super::PATIENCE;
use crate::{Action, Caller, Console, Error, links::Link, meshes::Mesh};
use mesh::facts::gather::{Timeouts, network};
use store::Told;
use wire::{
    ClusterName,
    cluster::{MeshPart, NetworkView, Role, TellRequest},
    range,
};

impl Console {
    /// What is known of a cluster's network and ranges, each with where it was found.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`]. A cluster that does not answer is
    /// no error: what is not known says why.
    pub async fn cluster_network(
        &self,
        caller: &Caller,
        name: &ClusterName,
    ) -> Result<NetworkView, Error> {
        self.permitted(caller, Action::Read, async {
            self.network_view(&self.links.get(name)?).await
        })
        .await
    }

    /// Keeps what a person typed of a cluster. Nothing on the cluster changes.
    ///
    /// # Errors
    /// [`Error::BadRange`], [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn tell_cluster(
        &self,
        caller: &Caller,
        request: TellRequest,
    ) -> Result<NetworkView, Error> {
        let target = format!("type the network and ranges of {}", request.cluster);
        self.audited(caller, Action::WriteCluster, &target, async {
            let known = self.store.clusters()?.into_iter();
            let mut known = known.filter(|cluster| cluster.name == request.cluster);
            let known = known.next().map(|cluster| cluster.told);
            let told = read(&request, known.unwrap_or_default(), &caller.operator)?;
            self.keep_told(&request.cluster, &told)?;
            self.network_view(&self.links.get(&request.cluster)?).await
        })
        .await
    }

    pub(crate) fn keep_told(&self, name: &ClusterName, told: &Told) -> Result<(), Error> {
        if !self.store.tell_cluster(name, told)? {
            return Err(Error::NoCluster(name.to_string()));
        }
        self.links.tell(name, told);
        Ok(())
    }

    async fn network_view(&self, link: &Link) -> Result<NetworkView, Error> {
        let timeouts = Timeouts {
            call: PATIENCE,
            cluster: PATIENCE,
        };
        let facts = Box::pin(network(&link.user, &link.told, timeouts)).await;
        Ok(NetworkView {
            meshes: self.parts(&link.name)?,
            ..NetworkView::from(&facts)
        })
    }

    /// What a cluster is in which mesh of this console.
    pub(super) fn parts(&self, name: &ClusterName) -> Result<Vec<MeshPart>, Error> {
        let meshes = self.store.meshes::<Mesh>()?.into_iter();
        let part = |mesh: Mesh| {
            let role = if mesh.primary == *name {
                Role::Primary
            } else {
                mesh.remotes.contains(name).then_some(Role::Remote)?
            };
            Some(MeshPart {
                mesh: mesh.name,
                role,
            })
        };
        Ok(meshes.filter_map(part).collect())
    }
}

/// What was typed, checked field by field.
fn read(request: &TellRequest, mut told: Told, by: &str) -> Result<Told, Error> {
    let bad = |field| move |source| Error::BadRange { field, source };
    if let Some(network) = &request.network {
        let network = range::network(network).map_err(bad("network"))?;
        network.clone_into(&mut told.network);
    }
    if let Some(pods) = &request.pods {
        told.pods = range::ranges(pods).map_err(bad("pods"))?;
    }
    if let Some(services) = &request.services {
        told.services = range::ranges(services).map_err(bad("services"))?;
    }
    by.clone_into(&mut told.by);
    Ok(told)
}

/// The part that the charts on a cluster show, and the meshes that it is in: both, when they differ.
pub(super) fn role(by_charts: Option<Role>, parts: &[MeshPart]) -> Option<Role> {
    let by_charts = by_charts?;
    let other = parts.iter().any(|part| part.role != by_charts);
    Some(if other { Role::Both } else { by_charts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leads_one_mesh_and_is_led_in_another_is_both() {
        let part = |mesh: &str, role| MeshPart {
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
