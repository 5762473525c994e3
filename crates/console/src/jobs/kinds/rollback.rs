//! Rolls a release back to an earlier revision.

use crate::{
    Console, Error,
    connections::ClusterConnection,
    decisions,
    jobs::{Concerns, Job, JobContext, MemberProof, phases, proof},
    releases::key_of,
};
use ::release::{ReleaseKey, RollbackPlan};
use cluster::Object;
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    decision::Decisions,
    job::{JobKind, PhaseName, PhaseView},
    release::ReleaseRef,
};

/// A rollback.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rollback {
    /// The release.
    pub(crate) release: ReleaseRef,
    /// The earlier revision.
    pub(crate) revision: u32,
    /// The mesh of which the release is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
    /// What the operator decided in the review.
    #[serde(default)]
    pub(crate) decisions: Decisions,
}

/// A rollback on its way to a cluster.
pub(crate) struct PlannedRollback {
    console: Console,
    release: ReleaseRef,
    pub(crate) connection: ClusterConnection,
    pub(crate) key: ReleaseKey,
    pub(crate) plan: RollbackPlan,
    /// The remotes whose endpoints are proven afterwards.
    proofs: Vec<MemberProof>,
}

impl Rollback {
    async fn planned(&self, console: &Console, resumes: bool) -> Result<PlannedRollback, Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let key = key_of(&self.release);
        let plan = ::release::plan_rollback(&connection.user, &key, self.revision, resumes);
        let mut plan = plan.await?;
        plan.decisions = self.decisions.clone();
        Ok(PlannedRollback {
            plan,
            proofs: console.proofs_after(&self.release).await,
            console: console.clone(),
            release: self.release.clone(),
            connection,
            key,
        })
    }
}

impl Job for Rollback {
    const KIND: JobKind = JobKind::Rollback;
    type Plan = PlannedRollback;

    of_release!();

    async fn plan(&self, console: &Console) -> Result<PlannedRollback, Error> {
        self.planned(console, false).await
    }

    async fn resume(&self, console: &Console) -> Result<PlannedRollback, Error> {
        self.planned(console, true).await
    }

    fn audit_target(&self) -> String {
        format!("roll back {} to revision {}", self.release, self.revision)
    }

    /// The newest revision is a part: after another operation it is another plan.
    fn concerns(planned: &PlannedRollback) -> Concerns {
        let plan = &planned.plan;
        let cluster = &planned.connection.name;
        let applied = || plan.plan.objects();
        let steps = applied().map(|object| {
            let content = object.value().to_string();
            (cluster.clone(), object.reference(), content)
        });
        let deleted = plan.obsolete.iter().map(|object| {
            let step = "deleted".to_owned();
            (cluster.clone(), object.clone(), step)
        });
        let objects = applied().map(Object::reference);
        Concerns {
            summary: format!(
                "{:?} from {} to {}: {}{}",
                planned.key,
                plan.newest,
                plan.target.version,
                plan.target.manifest,
                decisions::summary(&plan.decisions).unwrap_or_default()
            ),
            steps: steps.chain(deleted).collect(),
            objects: vec![(
                planned.connection.clone(),
                objects.chain(plan.obsolete.iter().cloned()).collect(),
            )],
        }
    }

    fn phases(planned: &PlannedRollback) -> Vec<PhaseView> {
        let plan = &planned.plan;
        let has_hooks = |event: &str| {
            let mut events = plan.target.hooks.iter().flat_map(|hook| &hook.events);
            events.any(|found| found == event)
        };
        let hooks = |event, name| has_hooks(event).then(|| phases::pending(name, Vec::new()));
        let mut phases: Vec<PhaseView> = Vec::new();
        phases.extend(hooks("pre-rollback", PhaseName::PreHooks));
        phases.extend(plan.plan.stages.iter().map(|stage| {
            let objects = stage.objects.iter().map(Object::reference);
            phases::pending(stage.phase, objects.collect())
        }));
        if !plan.obsolete.is_empty() {
            phases.push(phases::pending(PhaseName::Removal, plan.obsolete.clone()));
        }
        phases.push(phases::pending(PhaseName::Ready, Vec::new()));
        phases.extend(hooks("post-rollback", PhaseName::PostHooks));
        phases.push(phases::pending(PhaseName::SaveRelease, Vec::new()));
        phases.extend(proof::phase(&planned.proofs));
        phases
    }

    async fn run(planned: PlannedRollback, context: &JobContext<'_>) -> Result<(), Error> {
        let wait = context.wait_options();
        let operation = context.operation(&planned.connection, &planned.key, &wait);
        decisions::remember(&planned.connection, &planned.key, &planned.plan.decisions).await?;
        let release = ::release::rollback(&operation, &planned.plan).await?;
        let target = (&planned.connection, &planned.release);
        let kept = (planned.console).keep_rolled_back_text(target, &release, context.on_event);
        kept.await?;
        proof::prove(&planned.proofs, context).await
    }
}
