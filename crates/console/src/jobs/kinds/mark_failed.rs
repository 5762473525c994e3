//! Marks a revision as failed that an interrupted operation left pending.

use crate::{
    Console, Error,
    connections::ClusterConnection,
    jobs::{Concerns, Job, JobContext, phases},
    releases::key_of,
};
use ::release::{InterruptedRevision, ReleaseKey};
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView},
    release::ReleaseRef,
};

/// The end of an operation that was interrupted.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MarkFailed {
    /// The release.
    pub(crate) release: ReleaseRef,
    /// The mesh of which the release is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
}

/// A pending revision on a cluster.
pub(crate) struct PlannedMarkFailed {
    connection: ClusterConnection,
    key: ReleaseKey,
    pub(crate) plan: InterruptedRevision,
}

impl Job for MarkFailed {
    const KIND: JobKind = JobKind::MarkFailed;
    type Plan = PlannedMarkFailed;

    of_release!();

    async fn plan(&self, console: &Console) -> Result<PlannedMarkFailed, Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let key = key_of(&self.release);
        let plan = ::release::plan_mark_failed(&connection.user, &key).await?;
        Ok(PlannedMarkFailed {
            connection,
            key,
            plan,
        })
    }

    fn audit_target(&self) -> String {
        format!("mark the pending revision of {} as failed", self.release)
    }

    /// The record is the object: when the operation goes on, it changes.
    fn concerns(planned: &PlannedMarkFailed) -> Concerns {
        let record = planned.plan.record.clone();
        let cluster = planned.connection.name.clone();
        Concerns {
            summary: format!("{:?} {}", planned.key, planned.plan.release.version),
            steps: vec![(cluster, record.clone(), "mark as failed".to_owned())],
            objects: vec![(planned.connection.clone(), vec![record])],
        }
    }

    fn phases(_: &PlannedMarkFailed) -> Vec<PhaseView> {
        vec![phases::pending(PhaseName::SaveRelease, Vec::new())]
    }

    async fn run(planned: PlannedMarkFailed, context: &JobContext<'_>) -> Result<(), Error> {
        let wait = context.wait_options();
        let operation = context.operation(&planned.connection, &planned.key, &wait);
        Ok(::release::mark_failed(&operation, &planned.plan).await?)
    }
}
