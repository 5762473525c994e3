//! What the doctor reads of a mesh, with what is about to come to its clusters.

use super::{ISTIO_NAMESPACE, Mesh, SAMPLE_NAMESPACE};
use crate::{Console, Error, connections::ClusterConnection, jobs::MemberConnections};
use ::mesh::{
    facts::{Intent, IstioGeneration, MeshFacts, PlannedChanges, Role},
    gather::{GatherRequest, GatherTarget, OnStage, PlannedJoin, Timeouts},
    inspect::inspect,
    join,
    probe::{ProbeTool, probe_mesh},
};

/// The newest Kubernetes that the images of the built-in charts can talk to.
const NEWEST_KUBERNETES: &str = "1.21";
/// The Istio of the built-in charts.
const ISTIO: &str = "1.0.0";

/// Where Jobs try the ways: a namespace that every cluster has.
const PROBE_NAMESPACE: &str = "default";
/// With which image: the proxy's, which the installation pulls anyway.
const PROBE_IMAGE: &str = "docker.io/istio/proxyv2:1.0.0";

impl Console {
    /// Everything that the checks read of a mesh as it is planned, or is.
    pub(super) async fn mesh_facts(
        &self,
        mesh: &Mesh,
        heard: OnStage<'_>,
    ) -> Result<MeshFacts, Error> {
        let connections = self.connections_of(mesh)?;
        let primary = self.connections.get(&mesh.primary)?;
        let plane = join::control_plane(&primary.user, ISTIO_NAMESPACE).await;
        let question = GatherRequest {
            members: connections
                .iter()
                .map(|connection| member(mesh, connection))
                .collect(),
            joins: self.planned_joins(mesh).await?,
            // Where nothing leads yet, the built-in charts' line is the one that comes.
            generation: plane.is_err().then_some(IstioGeneration::Mixer),
            intent: Intent::Keep,
            policy: self.setup.addresses,
            timeouts: Timeouts::default(),
            now: self.setup.clock,
        };
        // On the heap: it asks every cluster a score of things at a time.
        Ok(Box::pin(inspect(&question, heard)).await)
    }

    /// Adds what Jobs in the clusters reach.
    pub(super) async fn probe_connectivity(
        &self,
        mesh: &Mesh,
        facts: &mut MeshFacts,
    ) -> Result<(), Error> {
        let connections = self.connections_of(mesh)?;
        let clusters: Vec<&cluster::Cluster> = connections
            .iter()
            .map(|connection| &*connection.user)
            .collect();
        let tool = ProbeTool::bash(PROBE_IMAGE);
        Box::pin(probe_mesh(
            facts,
            &clusters,
            PROBE_NAMESPACE,
            &tool,
            &self.setup.stop,
        ))
        .await;
        Ok(())
    }

    fn connections_of(&self, mesh: &Mesh) -> Result<Vec<ClusterConnection>, Error> {
        let connections = mesh.clusters();
        connections
            .iter()
            .map(|name| self.connections.get(name))
            .collect()
    }

    async fn planned_joins(&self, mesh: &Mesh) -> Result<Vec<PlannedJoin>, Error> {
        let joins = mesh.remotes.iter().map(async |remote| {
            let sides: Box<MemberConnections> = self.sides(&mesh.member(remote).member)?;
            let (wanted, _) = self.wanted(mesh, &sides).await;
            Ok(PlannedJoin {
                primary: mesh.primary.clone(),
                remote: remote.clone(),
                id: wanted.member.id,
                server: wanted.server,
                tls_server_name: wanted.tls_server_name,
                ca_bundle: wanted.ca_bundle,
            })
        });
        futures::future::join_all(joins).await.into_iter().collect()
    }
}

fn member<'a>(mesh: &Mesh, connection: &'a ClusterConnection) -> GatherTarget<'a> {
    let leads = connection.name == mesh.primary;
    GatherTarget {
        role: Some(if leads { Role::Primary } else { Role::Remote }),
        network_override: connection.told.clone(),
        cluster: &connection.user,
        server: connection.server.clone(),
        planned: PlannedChanges {
            namespaces: vec![ISTIO_NAMESPACE.to_owned(), SAMPLE_NAMESPACE.to_owned()],
            injected: vec![SAMPLE_NAMESPACE.to_owned()],
            load_balancer: leads,
            newest_kubernetes: Some(NEWEST_KUBERNETES.to_owned()),
            istio: Some(ISTIO.to_owned()),
            ..PlannedChanges::default()
        },
    }
}
