//! The doctor: every check of a mesh over some of the clusters.
//!
//! A read: nothing is written to a cluster but dry runs, and nothing to the audit.

use crate::{
    Action, Caller, Console, Error,
    connections::{ClusterConnection, RunAs},
    meshes::Mesh,
};
use mesh::{
    doctor::{examine_at, report},
    endpoint_sync::EndpointMonitor,
    facts::{Intent, MeshFacts, PlannedChanges},
    gather::{GatherRequest, GatherTarget, OnStage, Timeouts},
    inspect::inspect,
};
use std::{collections::BTreeSet, time::Duration};
use wire::{
    ClusterName,
    check::{CheckView, DoctorRequest, DoctorView, Stage},
};

/// The time after which a second reading is no shared one.
const REREAD_DELAY: Duration = Duration::from_secs(1);

impl Console {
    /// What the doctor says of the mesh over these clusters; `on_checks` gets the checks of each
    /// stage as they are known; those that need Jobs are skipped.
    ///
    /// # Errors
    /// [`Error::NoCluster`] or [`Error::NotPermitted`]. A cluster that does not answer is no error: its
    /// checks are skipped with the reason.
    pub async fn doctor(
        &self,
        caller: &Caller,
        request: DoctorRequest,
        on_checks: &(dyn Fn(Stage, &[CheckView]) + Send + Sync),
    ) -> Result<DoctorView, Error> {
        self.permitted(caller, Action::Read, async {
            let connections = self.requested_connections(&request)?;
            let on_facts = |stage, facts: &MeshFacts| {
                let checks: Vec<CheckView> = examine_at(facts, stage).collect();
                on_checks(stage, &checks);
            };
            let facts = self.doctor_facts(&connections, &on_facts).await?;
            if !facts.has_unconfirmed_endpoints() {
                return Ok(report(&facts));
            }
            // Endpoints that differ in one reading only may still change.
            tokio::time::sleep(EndpointMonitor::READ_INTERVAL + REREAD_DELAY).await;
            Ok(report(&self.doctor_facts(&connections, &on_facts).await?))
        })
        .await
    }

    async fn doctor_facts(
        &self,
        connections: &[ClusterConnection],
        on_facts: OnStage<'_>,
    ) -> Result<MeshFacts, Error> {
        if let Some(mesh) = self.mesh_over(connections).await? {
            // The findings of its page.
            return self.mesh_facts(&mesh, RunAs::Operator, on_facts).await;
        }
        let question = GatherRequest {
            members: connections.iter().map(member).collect(),
            joins: Vec::new(),
            generation: None,
            intent: Intent::Keep,
            policy: self.setup.addresses,
            timeouts: Timeouts::default(),
            now: self.setup.clock,
            releases: self.setup.istio_releases.clone(),
            resolver: &*self.setup.resolver,
        };
        Ok(inspect(&question, &self.endpoints, on_facts).await)
    }

    /// The mesh of this console over exactly these clusters.
    async fn mesh_over(&self, connections: &[ClusterConnection]) -> Result<Option<Mesh>, Error> {
        let requested: BTreeSet<&ClusterName> = connections
            .iter()
            .map(|connection| &connection.name)
            .collect();
        let mut meshes = self.stored_meshes().await?.into_iter();
        Ok(meshes.find(|mesh| {
            let clusters = mesh.clusters();
            clusters.iter().collect::<BTreeSet<_>>() == requested
        }))
    }

    fn requested_connections(
        &self,
        request: &DoctorRequest,
    ) -> Result<Vec<ClusterConnection>, Error> {
        if request.clusters.is_empty() {
            return Ok(self.connections.all());
        }
        let names = request.clusters.iter();
        names.map(|name| self.connections.get(name)).collect()
    }
}

fn member(connection: &ClusterConnection) -> GatherTarget<'_> {
    GatherTarget {
        role: None,
        network_override: connection.network_override.clone(),
        identity: &connection.user,
        server: connection.server.clone(),
        response: None,
        planned: PlannedChanges::default(),
    }
}
