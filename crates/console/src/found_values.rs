//! Values of a draft that other clusters have: the addresses of the control plane that a remote uses.
//!
//! They are offered in the form of any chart that has the keys of such addresses. Start at
//! [`Console::found_values`].

use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, draft::Draft,
    listed_release::ListedRelease, meshes::ISTIO_NAMESPACE,
};
use ::mesh::{
    endpoints::{DiscoveredAddress, discover},
    facts::{Component, IstioGeneration},
    join::installed_generation,
};
use chart::{Budget, Limits};
use std::{collections::BTreeSet, time::Duration};
use wire::{
    ClusterName, DraftId, MeshName, cluster::Role, install::FoundValue, mesh::DiscoveredValue,
};

/// The time after which the values of a cluster are left out.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);

/// A cluster that may run the control plane of a draft's cluster.
struct Candidate {
    mesh: Option<MeshName>,
    cluster: ClusterName,
}

impl Console {
    /// The values of a draft that were found on other clusters. Of a cluster that does not answer there are none.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::Chart`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn found_values(
        &self,
        caller: &Caller,
        id: &DraftId,
    ) -> Result<Vec<FoundValue>, Error> {
        self.permitted(caller, Action::Read, async {
            let draft = self.opened(id).await?.draft;
            let keys = self.address_keys(&draft).await?;
            if keys.is_empty() {
                return Ok(Vec::new());
            }
            let candidates = self.control_planes(&draft).await?;
            let found = candidates.iter().map(async |candidate| {
                let read = tokio::time::timeout(CLUSTER_TIMEOUT, self.addresses(candidate, &draft));
                read.await.unwrap_or_default()
            });
            let mut found: Vec<FoundValue> = futures::future::join_all(found).await.concat();
            found.retain(|value| keys.contains(&value.path.join(".")));
            Ok(found)
        })
        .await
    }

    /// The keys of addresses of a control plane that the form of a draft has.
    async fn address_keys(&self, draft: &Draft) -> Result<BTreeSet<String>, Error> {
        let (chart, text) = (self.chart_of(draft).await?, draft.values.clone());
        let read = move || {
            // Text that is no YAML has no form; the default values have the same keys.
            let form = |text: &str| chart::form(&chart, text, &Budget::new(Limits::default()));
            form(&text).or_else(|_| form(""))
        };
        let form = self.charts.run(read).await?.unwrap_or_default();
        let components = [IstioGeneration::Mixer, IstioGeneration::Istiod].map(Component::all);
        let keys: BTreeSet<&str> = components.concat().iter().map(|c| c.values_key()).collect();
        let paths = form.fields.iter().map(|field| field.path.join("."));
        Ok(paths.filter(|path| keys.contains(path.as_str())).collect())
    }

    /// The clusters that may run the control plane of a draft's cluster: the primaries of its meshes, or else all
    /// that have a control plane.
    async fn control_planes(&self, draft: &Draft) -> Result<Vec<Candidate>, Error> {
        let own = draft.cluster()?;
        let meshes = self.stored_meshes().await?.into_iter();
        let primaries: Vec<Candidate> = meshes
            .filter(|mesh| mesh.remotes.contains(own))
            .map(|mesh| Candidate {
                mesh: Some(mesh.name),
                cluster: mesh.primary,
            })
            .collect();
        if !primaries.is_empty() {
            return Ok(primaries);
        }
        let others = self.connections.all().into_iter();
        let others = others.filter(|connection| connection.name != *own);
        let checked = others.map(async |connection| {
            let releases = self.complete_releases(&connection).await.value?;
            let mut roles = releases.value.iter().map(ListedRelease::role);
            let has_control_plane = roles.any(|role| role == Some(Role::Primary));
            has_control_plane.then_some(Candidate {
                mesh: None,
                cluster: connection.name,
            })
        });
        let checked = futures::future::join_all(checked).await;
        Ok(checked.into_iter().flatten().collect())
    }

    /// The addresses of a control plane.
    async fn addresses(&self, candidate: &Candidate, draft: &Draft) -> Vec<FoundValue> {
        let Ok(connection) = self.connections.get(&candidate.cluster) else {
            return Vec::new();
        };
        let found = self
            .installed_addresses(&connection, draft)
            .await
            .unwrap_or_default();
        let is_offered =
            |value: &DiscoveredValue| !value.value.is_empty() && value.exposed.is_empty();
        let found = found.into_iter().filter(is_offered);
        let path = |key: &str| key.split('.').map(str::to_owned).collect();
        let found = found.map(|value| FoundValue {
            path: path(&value.key),
            value: value.value,
            mesh: candidate.mesh.clone(),
            cluster: candidate.cluster.clone(),
            source: value.source,
            is_pod_address: value.pod,
            enable: value.enable_key.as_deref().map(path),
        });
        found.collect()
    }

    async fn installed_addresses(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Option<Vec<DiscoveredValue>> {
        let installed = installed_generation(&connection.user, ISTIO_NAMESPACE).await;
        let generation = installed.ok().flatten()?;
        // The built-in charts are those of Istio 1.0.
        let is_built_in = draft.chart.repository.as_str() == catalog::BUILT_IN;
        if is_built_in && generation == IstioGeneration::Istiod {
            return None;
        }
        let (now, resolver) = (self.now(), &*self.setup.resolver);
        let found = discover(&connection.user, generation, ISTIO_NAMESPACE, now, resolver);
        let found = found.await.ok()?;
        Some(found.iter().map(DiscoveredAddress::view).collect())
    }
}
