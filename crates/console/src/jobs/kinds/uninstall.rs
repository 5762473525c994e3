//! Uninstalls a release.

use crate::{
    Console, Error,
    connections::ClusterConnection,
    jobs::{Concerns, Job, JobContext, phases},
    releases::key_of,
};
use ::release::UninstallPlan;
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView},
    release::ReleaseRef,
};

/// The removal of a release.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Uninstall {
    /// The release.
    #[serde(rename = "at", alias = "release")]
    pub(crate) release: ReleaseRef,
    /// The mesh of which the release is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
}

/// The release whose stored inputs go with it.
pub(crate) struct Uninstalled(Console, ReleaseRef);

impl Uninstall {
    /// The plan of a release that exists.
    pub(crate) async fn removal(
        &self,
        console: &Console,
    ) -> Result<(Uninstalled, ClusterConnection, UninstallPlan), Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let release = ::release::latest(&connection.user, &key_of(&self.release)).await?;
        let plan = ::release::plan_uninstall(&connection.user, &release).await?;
        let release = Uninstalled(console.clone(), self.release.clone());
        Ok((release, connection, plan))
    }
}

impl Job for Uninstall {
    const KIND: JobKind = JobKind::Uninstall;
    /// The plan is none when an interrupted removal deleted the release already.
    type Plan = (Uninstalled, ClusterConnection, Option<UninstallPlan>);

    of_release!();

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let (release, connection, plan) = self.removal(console).await?;
        Ok((release, connection, Some(plan)))
    }

    async fn resume(&self, console: &Console) -> Result<Self::Plan, Error> {
        match self.plan(console).await {
            Err(Error::Release(::release::Error::NotFound { .. })) => {
                let connection = console.connections.get(&self.release.cluster)?;
                let release = Uninstalled(console.clone(), self.release.clone());
                Ok((release, connection, None))
            }
            planned => planned,
        }
    }

    fn audit_target(&self) -> String {
        format!("uninstall {}", self.release)
    }

    fn confirmation(&self) -> Option<&str> {
        Some(self.release.release.as_str())
    }

    /// The record is one of the objects: another revision is another plan, also when it has the same objects.
    fn concerns((_, connection, plan): &Self::Plan) -> Concerns {
        let steps = plan.iter().flat_map(|plan| {
            let removed = plan.removed.iter().map(|object| (object, "delete".to_owned()));
            let kept = plan.kept.iter();
            let kept = kept.map(|(object, reason)| (object, format!("keep: {reason:?}")));
            let hooks = plan.hooks.iter().map(|object| (object, "hook".to_owned()));
            let record = std::iter::once((&plan.record, "delete".to_owned()));
            removed.chain(kept).chain(hooks).chain(record)
        });
        let cluster = &connection.name;
        Concerns {
            summary: format!("{plan:?}"),
            steps: steps
                .map(|(object, text)| (cluster.clone(), object.clone(), text))
                .collect(),
            objects: plan
                .iter()
                .map(|plan| {
                    let mut objects = plan.removed.clone();
                    objects.push(plan.record.clone());
                    (connection.clone(), objects)
                })
                .collect(),
        }
    }

    fn phases((_, _, plan): &Self::Plan) -> Vec<PhaseView> {
        let Some(plan) = plan else {
            return vec![phases::pending(PhaseName::SaveRelease, Vec::new())];
        };
        let hooks = (!plan.hooks.is_empty()).then_some(PhaseName::PostHooks);
        let later = hooks.into_iter().chain([PhaseName::SaveRelease]);
        let later = later.map(|name| phases::pending(name, Vec::new()));
        let removal = phases::pending(PhaseName::Removal, plan.removed.clone());
        std::iter::once(removal).chain(later).collect()
    }

    async fn run(
        (Uninstalled(console, release), connection, plan): Self::Plan,
        context: &JobContext<'_>,
    ) -> Result<(), Error> {
        let wait = context.wait_options();
        if let Some(plan) = plan {
            let operation = context.operation(&connection, &plan.key, &wait);
            ::release::uninstall(&operation).await?;
        }
        console.delete_release_inputs(&release).await
    }
}
