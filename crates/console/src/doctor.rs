//! The doctor: every check of a mesh over some of the clusters.
//!
//! A read: nothing is written to a cluster but dry runs, and nothing to the audit.

use crate::{Action, Caller, Console, Error, connections::ClusterConnection};
use mesh::{
    doctor::{examine_at, report},
    facts::{Intent, MeshFacts, PlannedChanges},
    gather::{GatherRequest, GatherTarget, Timeouts},
    inspect::inspect,
};
use wire::check::{CheckView, DoctorRequest, DoctorView, Stage};

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
            let question = GatherRequest {
                members: connections.iter().map(member).collect(),
                joins: Vec::new(),
                generation: None,
                intent: Intent::Keep,
                policy: self.setup.addresses,
                timeouts: Timeouts::default(),
                now: self.setup.clock,
            };
            let on_facts = |stage, facts: &MeshFacts| {
                let checks: Vec<CheckView> = examine_at(facts, stage).collect();
                on_checks(stage, &checks);
            };
            Ok(report(&inspect(&question, &on_facts).await))
        })
        .await
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
