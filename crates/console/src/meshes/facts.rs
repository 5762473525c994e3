//! The facts of a mesh for the doctor, with the changes that are planned for its clusters.

use super::{ISTIO_NAMESPACE, Mesh, SAMPLE_NAMESPACE, step_draft::chart_of};
use crate::{
    Console, Error,
    connections::{ClusterConnection, RunAs},
    jobs::MemberConnections,
};
use ::mesh::{
    chart_annotations::NEWEST_KUBERNETES,
    facts::{Intent, MeshFacts, PlannedChanges, Role},
    gather::{
        FirstResponse, GatherRequest, GatherTarget, OnStage, PlannedJoin, Timeouts, first_response,
    },
    inspect::inspect,
    join,
    probe::{ProbeTool, probe_mesh},
};
use futures::future::join_all;
use std::collections::BTreeMap;
use wire::{ClusterId, ClusterName, mesh::StepKind};

/// The namespace of the probe Jobs, which every cluster has.
const PROBE_NAMESPACE: &str = "default";
/// The image of the probes, which the installation pulls anyway; its tag is the version of Istio.
const PROBE_IMAGE: &str = "docker.io/istio/proxyv2";

/// The first response of each cluster.
type Responses = BTreeMap<ClusterName, FirstResponse>;

/// The versions that a chart declares.
struct ChartVersions {
    /// The newest Kubernetes that its images support.
    newest_kubernetes: Option<String>,
    /// Its version of Istio.
    istio: String,
}

impl Console {
    /// The facts of a mesh as it is planned or installed.
    pub(crate) async fn mesh_facts(
        &self,
        mesh: &Mesh,
        run_as: RunAs,
        on_stage: OnStage<'_>,
    ) -> Result<MeshFacts, Error> {
        let connections = self.connections_of(mesh)?;
        let timeouts = Timeouts::default();
        let responses = connections.iter().map(async |connection| {
            let response = first_response(connection.identity(run_as), timeouts).await;
            (connection.name.clone(), response)
        });
        let responses: Responses = join_all(responses).await.into_iter().collect();
        let primary = self.connections.get(&mesh.primary)?;
        let installed = if answers(&responses, &mesh.primary) {
            let primary = primary.identity(run_as);
            join::installed_generation(primary, ISTIO_NAMESPACE)
                .await
                .ok()
        } else {
            None
        };
        // Without a control plane, the charts of the mesh are the plan.
        let generation = (installed == Some(None)).then_some(mesh.generation());
        let is_planned = match installed {
            Some(installed) => installed.is_none_or(|installed| installed == mesh.generation()),
            None => false,
        };
        let primary_versions = self.declared_versions(mesh, StepKind::ControlPlane).await?;
        let remote_versions = self.declared_versions(mesh, StepKind::RemoteChart).await?;
        let members = connections.iter().map(|connection| {
            let is_primary = connection.name == mesh.primary;
            let versions = if is_primary {
                &primary_versions
            } else {
                &remote_versions
            };
            GatherTarget {
                response: responses.get(&connection.name).cloned(),
                ..member(mesh, connection, run_as, is_planned.then_some(versions))
            }
        });
        let request = GatherRequest {
            members: members.collect(),
            joins: self.planned_joins(mesh, run_as, &responses).await?,
            generation,
            intent: Intent::Keep,
            policy: self.setup.addresses,
            timeouts,
            now: self.setup.clock,
            releases: self.setup.istio_releases.clone(),
            resolver: &*self.setup.resolver,
        };
        Ok(inspect(&request, &self.endpoints, on_stage).await)
    }

    /// Adds the results of probe Jobs in the clusters.
    pub(super) async fn probe_connectivity(
        &self,
        mesh: &Mesh,
        facts: &mut MeshFacts,
    ) -> Result<(), Error> {
        let connections = self.connections_of(mesh)?;
        let clusters: Vec<&cluster::AsUser> = connections
            .iter()
            .map(|connection| &connection.user)
            .collect();
        let versions = self.declared_versions(mesh, StepKind::ControlPlane).await?;
        let tool = ProbeTool::bash(&format!("{PROBE_IMAGE}:{}", versions.istio));
        probe_mesh(facts, &clusters, PROBE_NAMESPACE, &tool, &self.setup.stop).await;
        Ok(())
    }

    async fn declared_versions(&self, mesh: &Mesh, step: StepKind) -> Result<ChartVersions, Error> {
        if let Some(istio) = &mesh.istio {
            // The table of Istio's releases has the versions of Kubernetes that it supports.
            return Ok(ChartVersions {
                newest_kubernetes: None,
                istio: istio.clone(),
            });
        }
        let (chart, _) = chart_of(step).ok_or(Error::NoStep)?;
        let reference = self.built_in_chart(chart).await?;
        let opened = self.catalog.chart(&reference).await?;
        let metadata = opened.chart.metadata();
        Ok(ChartVersions {
            newest_kubernetes: metadata.annotations.get(NEWEST_KUBERNETES).cloned(),
            istio: metadata.app_version.clone(),
        })
    }

    fn connections_of(&self, mesh: &Mesh) -> Result<Vec<ClusterConnection>, Error> {
        let connections = mesh.clusters();
        connections
            .iter()
            .map(|name| self.connections.get(name))
            .collect()
    }

    /// The joins of the mesh; that of a cluster which does not answer has the address of the console.
    async fn planned_joins(
        &self,
        mesh: &Mesh,
        run_as: RunAs,
        responses: &Responses,
    ) -> Result<Vec<PlannedJoin>, Error> {
        let joins = mesh.remotes.iter().map(async |remote| {
            if !answers(responses, &mesh.primary) || !answers(responses, remote) {
                return Ok(unread_join(mesh, &self.connections.get(remote)?));
            }
            let connections: Box<MemberConnections> =
                self.member_connections(&mesh.member(remote).member)?;
            let (spec, _) = self.join_spec(mesh, &connections, run_as).await;
            Ok(PlannedJoin {
                primary: mesh.primary.clone(),
                remote: remote.clone(),
                id: spec.member.id,
                server: spec.server,
                tls_server_name: spec.tls_server_name,
                ca_bundle: spec.ca_bundle,
            })
        });
        join_all(joins).await.into_iter().collect()
    }
}

/// Whether a cluster has answered the first request.
fn answers(responses: &Responses, cluster: &ClusterName) -> bool {
    responses.get(cluster).is_some_and(Result::is_ok)
}

/// The planned join of a remote without a request to either cluster.
fn unread_join(mesh: &Mesh, remote: &ClusterConnection) -> PlannedJoin {
    let chosen = mesh.servers.get(&remote.name);
    PlannedJoin {
        primary: mesh.primary.clone(),
        remote: remote.name.clone(),
        id: ClusterId::from(&remote.name),
        server: chosen.unwrap_or(&remote.server).clone(),
        tls_server_name: remote.tls_server_name.clone(),
        ca_bundle: remote.ca_bundle.clone(),
    }
}

/// A cluster of the mesh, with what the charts of these versions change; where another generation leads, they
/// change nothing.
fn member<'a>(
    mesh: &Mesh,
    connection: &'a ClusterConnection,
    run_as: RunAs,
    versions: Option<&ChartVersions>,
) -> GatherTarget<'a> {
    let is_primary = connection.name == mesh.primary;
    let planned = versions.map(|versions| PlannedChanges {
        namespaces: vec![ISTIO_NAMESPACE.to_owned(), SAMPLE_NAMESPACE.to_owned()],
        injected: vec![SAMPLE_NAMESPACE.to_owned()],
        load_balancer: is_primary,
        newest_kubernetes: versions.newest_kubernetes.clone(),
        istio: Some(versions.istio.clone()),
        ..PlannedChanges::default()
    });
    GatherTarget {
        role: Some(if is_primary {
            Role::Primary
        } else {
            Role::Remote
        }),
        network_override: connection.network_override.clone(),
        identity: connection.identity(run_as),
        server: connection.server.clone(),
        response: None,
        planned: planned.unwrap_or_default(),
    }
}
