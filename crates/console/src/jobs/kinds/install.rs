//! Installs a chart as the first revision of a release.

use crate::{
    Action, Console, Error,
    connections::ClusterConnection,
    draft::Draft,
    jobs::{Job, JobContext, phases},
    render::Rendered,
    render_inputs::ReleaseInputs,
};
use ::release::Mode;
use serde::{Deserialize, Serialize};
use wire::{
    ChartRef, MeshName,
    job::{JobKind, PhaseView, Subject},
    release::ReleaseRef,
};

/// An installation, with its values.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Install {
    /// The release.
    #[serde(rename = "at", alias = "release")]
    pub(crate) release: ReleaseRef,
    /// Chart and values.
    pub(crate) draft: Box<Draft>,
}

/// A rendered chart on its way to a cluster.
pub(crate) struct RenderedPlan {
    pub(crate) console: Console,
    pub(crate) release: ReleaseRef,
    pub(crate) connection: ClusterConnection,
    pub(crate) rendered: Box<Rendered>,
    pub(crate) mode: Mode,
}

impl RenderedPlan {
    /// Installs or upgrades the release.
    pub(crate) async fn run(&self, context: &JobContext<'_>) -> Result<(), Error> {
        let wait = context.wait_options();
        let rendered = &self.rendered;
        let inputs = ReleaseInputs::new(rendered.inputs.clone(), &rendered.manifests.sensitive);
        self.console
            .save_release_inputs(&self.release, inputs)
            .await?;
        let install = ::release::Install {
            operation: context.operation(&self.connection, &rendered.key, &wait),
            chart: &rendered.chart,
            values: &rendered.values,
            labels: &rendered.labels,
            manifests: &rendered.manifests,
            plan: &rendered.plan,
            mode: self.mode,
        };
        match self.mode {
            Mode::Install | Mode::Resume => {
                ::release::install(&install).await?;
            }
            Mode::Upgrade => {
                ::release::upgrade(&install).await?;
            }
        }
        Ok(())
    }
}

impl Install {
    async fn plan_as(&self, console: &Console, mode: Mode) -> Result<RenderedPlan, Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let rendered = Box::new(console.render(&connection, &self.draft).await?);
        Ok(RenderedPlan {
            console: console.clone(),
            release: self.release.clone(),
            connection,
            rendered,
            mode,
        })
    }
}

impl Job for Install {
    const KIND: JobKind = JobKind::Install;
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

    async fn plan(&self, console: &Console) -> Result<RenderedPlan, Error> {
        self.plan_as(console, Mode::Install).await
    }

    async fn resume(&self, console: &Console) -> Result<RenderedPlan, Error> {
        self.plan_as(console, Mode::Resume).await
    }

    fn phases(plan: &RenderedPlan) -> Vec<PhaseView> {
        phases::rendered(&plan.rendered, ["pre-install", "post-install"])
    }

    async fn run(plan: RenderedPlan, context: &JobContext<'_>) -> Result<(), Error> {
        plan.run(context).await
    }
}
