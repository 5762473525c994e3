//! The clusters that a new mesh may have, each with what speaks for and against it.
//!
//! The rules are those of [`wire::mesh::inspect`]. Start at [`Console::mesh_options`].

use super::{Mesh, step_draft::CONTROL_PLANE_CARD};
use crate::{Action, Caller, Console, Error, connections::ClusterConnection, last_known::Seen};
use ::mesh::gather::{Timeouts, network};
use std::time::Duration;
use wire::{
    ChartRef, ClusterName, Code, Problem,
    catalog::VersionsView,
    cluster::{ClusterView, MeshMembership, NetworkView, Role},
    live::Topic,
    mesh::{MeshCandidate, MeshFinding, MeshOptionsView, MeshSelection, NewMeshRequest, inspect},
};

/// The timeout of the read of a cluster's network.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(6);
/// How long a network is shown without a new read in the background: the read has the pods of the cluster.
const MAX_AGE: Duration = Duration::from_mins(2);

impl Console {
    /// The clusters that a new mesh may have, and the names that are taken. A cluster that does not answer soon
    /// has its last known values.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh_options(&self, caller: &Caller) -> Result<MeshOptionsView, Error> {
        let options = async {
            let (options, istio) = tokio::join!(
                self.new_mesh_options(|_| true, Some(MAX_AGE)),
                self.istio_versions()
            );
            Ok(MeshOptionsView {
                istio: istio?,
                ..options?
            })
        };
        self.permitted(caller, Action::Read, options).await
    }

    /// The versions of the charts of a mesh, newest first, with the one that fits the registered clusters.
    async fn istio_versions(&self) -> Result<VersionsView, Error> {
        let card = self.built_in_chart(CONTROL_PLANE_CARD).await?;
        self.versions(&card.repository, &card.chart).await
    }

    /// The version of Istio of a new mesh; none for the charts of Istio 1.0.
    ///
    /// # Errors
    /// [`Error::Catalog`] for a version whose charts are not known.
    pub(super) async fn chosen_istio(
        &self,
        version: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let Some(version) = version else {
            return Ok(None);
        };
        let card = self.built_in_chart(CONTROL_PLANE_CARD).await?;
        let chosen = ChartRef {
            version: version.to_owned(),
            ..card
        };
        let bundle = self.catalog.bundle(&chosen)?;
        Ok(bundle.map(|_| version.to_owned()))
    }

    /// Refuses a new mesh with findings that block it, or with warnings that were not accepted.
    pub(super) async fn refuse_findings(&self, request: &NewMeshRequest) -> Result<(), Error> {
        let is_selected = |connection: &ClusterConnection| {
            request.primary == connection.name || request.remotes.contains(&connection.name)
        };
        let options = self.new_mesh_options(is_selected, None).await?;
        let findings = inspect(&MeshSelection::from(request), &options);
        for finding in &findings {
            self.refuse(finding)?;
        }
        if findings.is_empty() || request.accepted {
            return Ok(());
        }
        let clusters = findings.iter().filter_map(MeshFinding::cluster).cloned();
        Err(Error::MeshWarnings {
            count: findings.len(),
            clusters: clusters.collect(),
        })
    }

    fn refuse(&self, finding: &MeshFinding) -> Result<(), Error> {
        match finding {
            // The name is parsed before.
            MeshFinding::BadName(_)
            | MeshFinding::Unreachable(_)
            | MeshFinding::InMesh(..)
            | MeshFinding::Overlap { .. } => Ok(()),
            MeshFinding::NameTaken(name) => Err(Error::MeshExists(name.clone())),
            MeshFinding::NoPrimary | MeshFinding::NoRemote => Err(Error::BadMesh { cluster: None }),
            MeshFinding::Twice(cluster) => Err(Error::BadMesh {
                cluster: Some(cluster.clone()),
            }),
            MeshFinding::NotRegistered(cluster) | MeshFinding::Unusable(cluster) => {
                self.connections.get(cluster).map(|_| ())
            }
        }
    }

    async fn new_mesh_options(
        &self,
        is_meant: impl Fn(&ClusterConnection) -> bool,
        max_age: Option<Duration>,
    ) -> Result<MeshOptionsView, Error> {
        let meshes = self.stored_meshes().await?;
        let connections = self.connections.all().into_iter();
        let connections: Vec<ClusterConnection> = connections.filter(is_meant).collect();
        let (views, networks) = tokio::join!(
            self.cluster_views(&connections, &meshes),
            futures::future::join_all(
                connections
                    .iter()
                    .map(|known| self.known_network(known, max_age))
            ),
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
            istio: VersionsView::default(),
        })
    }

    /// The last known network of a cluster, read again at once without a `max_age`, else when its nodes change or
    /// it is old. Operators share the result, so the console reads it.
    async fn known_network(
        &self,
        connection: &ClusterConnection,
        max_age: Option<Duration>,
    ) -> Seen<NetworkView> {
        let own = connection.clone();
        let work = async move {
            let timeouts = Timeouts {
                probe: NETWORK_TIMEOUT,
                call: NETWORK_TIMEOUT,
                cluster: NETWORK_TIMEOUT,
            };
            let facts = network(&own.console, &own.network_override, timeouts).await;
            match (&facts.name, &facts.pods, &facts.services) {
                (Err(unknown), Err(_), Err(_)) => Err(Problem::new(Code::Unreachable)
                    .with("cluster", &own.name)
                    .detail(unknown)),
                _ => Ok(NetworkView::from(&facts)),
            }
        };
        let read = self.cluster_read(connection, Topic::Clusters, work);
        let network = &connection.network;
        match max_age {
            Some(max_age) => {
                let are_same = NetworkView::eq;
                network.read_if_changed(max_age, are_same, read).await
            }
            None => network.read(read).await,
        }
    }
}

fn candidate(view: ClusterView, network: Option<&NetworkView>, meshes: &[Mesh]) -> MeshCandidate {
    let facts = view.facts.as_ref();
    let detected = |detected: fn(&NetworkView) -> &Vec<String>, known: Option<&Vec<String>>| {
        let detected = network.map(detected).filter(|ranges| !ranges.is_empty());
        detected.or(known).cloned().unwrap_or_default()
    };
    MeshCandidate {
        meshes: meshes
            .iter()
            .filter_map(|mesh| mesh.membership(&view.name))
            .collect(),
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

impl Mesh {
    /// The membership of a cluster; none when it is no member.
    pub(crate) fn membership(&self, cluster: &ClusterName) -> Option<MeshMembership> {
        let role = if self.primary == *cluster {
            Role::Primary
        } else {
            self.remotes.contains(cluster).then_some(Role::Remote)?
        };
        Some(MeshMembership {
            mesh: self.name.clone(),
            role,
        })
    }
}
