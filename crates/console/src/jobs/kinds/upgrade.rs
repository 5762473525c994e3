//! Upgrades a release to its next revision, and restarts the workloads whose sidecars use stale addresses.

use super::install::RenderedPlan;
use crate::{
    Action, Console, Error,
    draft::Draft,
    jobs::{Job, JobContext, phases},
    releases::key_of,
};
use ::release::Mode;
use serde::{Deserialize, Serialize};
use wire::{
    ChartRef, MeshName,
    job::{JobKind, PhaseView, Subject},
    release::ReleaseRef,
};

/// An upgrade, with its values.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Upgrade {
    /// The release.
    #[serde(rename = "at", alias = "release")]
    pub(crate) release: ReleaseRef,
    /// Chart and values.
    pub(crate) draft: Box<Draft>,
}

impl Job for Upgrade {
    const KIND: JobKind = JobKind::Upgrade;
    const ACTION: Action = Action::WriteRelease;
    type Plan = RenderedPlan;

    fn subject(&self) -> Subject {
        Subject::Release(self.release.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        self.draft.mesh.as_ref()
    }

    fn chart(&self) -> Option<&ChartRef> {
        Some(&self.draft.chart)
    }

    /// Renders the chart for the revision after the newest one.
    async fn plan(&self, console: &Console) -> Result<RenderedPlan, Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let newest = ::release::latest(connection.user.cluster(), &key_of(&self.release)).await?;
        let revision = newest.version + 1;
        let rendered = console.render_revision(revision, &connection, &self.draft);
        let mut rendered = Box::new(rendered.await?);
        rendered.restarts = self.draft.mesh.is_some();
        Ok(RenderedPlan {
            console: console.clone(),
            release: self.release.clone(),
            connection,
            rendered,
            mode: Mode::Upgrade,
        })
    }

    fn phases(plan: &RenderedPlan) -> Vec<PhaseView> {
        phases::rendered(&plan.rendered, ["pre-upgrade", "post-upgrade"])
    }

    async fn run(plan: RenderedPlan, context: &JobContext<'_>) -> Result<(), Error> {
        plan.run(context).await?;
        if plan.rendered.restarts {
            ::mesh::restart(plan.connection.user.cluster(), (context.clock)()).await?;
        }
        Ok(())
    }
}
