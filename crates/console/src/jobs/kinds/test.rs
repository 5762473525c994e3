//! Runs the tests of a release.

use crate::{
    Console, Error,
    connections::ClusterConnection,
    jobs::{Concerns, Job, JobContext, phases},
    releases::key_of,
};
use ::release::{ReleaseKey, TestPlan};
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView},
    release::ReleaseRef,
};

/// The tests of the newest revision of a release.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Test {
    /// The release.
    pub(crate) release: ReleaseRef,
    /// The mesh of which the release is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
}

/// Tests on their way to a cluster.
pub(crate) struct PlannedTest {
    connection: ClusterConnection,
    key: ReleaseKey,
    pub(crate) plan: TestPlan,
}

impl Job for Test {
    const KIND: JobKind = JobKind::Test;
    type Plan = PlannedTest;

    of_release!();

    async fn plan(&self, console: &Console) -> Result<PlannedTest, Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let key = key_of(&self.release);
        let plan = ::release::plan_test(&connection.user, &key).await?;
        Ok(PlannedTest {
            connection,
            key,
            plan,
        })
    }

    fn audit_target(&self) -> String {
        format!("test {}", self.release)
    }

    /// The revision is a part: another one has other tests. The objects of an earlier run are not: they are replaced.
    fn concerns(planned: &PlannedTest) -> Concerns {
        let release = &planned.plan.release;
        let cluster = &planned.connection.name;
        let hooks = planned.plan.hooks.iter();
        Concerns {
            summary: format!("{:?} {}: {:?}", planned.key, release.version, planned.plan.hooks),
            steps: hooks
                .map(|hook| (cluster.clone(), hook.clone(), "run".to_owned()))
                .collect(),
            objects: vec![(planned.connection.clone(), Vec::new())],
        }
    }

    fn phases(planned: &PlannedTest) -> Vec<PhaseView> {
        vec![phases::pending(PhaseName::Tests, planned.plan.hooks.clone())]
    }

    async fn run(planned: PlannedTest, context: &JobContext<'_>) -> Result<(), Error> {
        let wait = context.wait_options();
        let operation = context.operation(&planned.connection, &planned.key, &wait);
        Ok(::release::test(&operation, &planned.plan).await?)
    }
}
