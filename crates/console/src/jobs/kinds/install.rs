//! Installs a chart as the first revision of a release.

use crate::{
    Action, Console, Error,
    connections::ClusterConnection,
    decisions,
    draft::Draft,
    jobs::{Concerns, Job, JobContext, MemberProof, phases},
    render::Rendered,
    render_inputs::ReleaseInputs,
};
use ::release::{Event, Mode};
use chart::StoredManifests;
use cluster::ObjectRef;
use serde::{Deserialize, Serialize};
use wire::{
    ChartRef, MeshName,
    decision::Decisions,
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
    /// What was reviewed: it is applied as it is. A request of an older version has none.
    #[serde(default)]
    pub(crate) manifests: Option<StoredManifests>,
}

/// A rendered chart on its way to a cluster.
pub(crate) struct RenderedPlan {
    pub(crate) console: Console,
    pub(crate) release: ReleaseRef,
    pub(crate) connection: ClusterConnection,
    pub(crate) rendered: Box<Rendered>,
    pub(crate) mode: Mode,
    /// The remotes whose endpoints are proven afterwards.
    pub(crate) proofs: Vec<MemberProof>,
    /// The objects that an upgrade deletes, because the next revision does not have them.
    pub(crate) obsolete: Vec<ObjectRef>,
    /// What the operator decided in the review.
    pub(crate) decisions: Decisions,
}

impl RenderedPlan {
    /// Installs or upgrades the release.
    pub(crate) async fn run(&self, context: &JobContext<'_>) -> Result<(), Error> {
        self.run_reporting(context, context.on_event).await
    }

    /// The same; `on_event` receives the progress.
    pub(crate) async fn run_reporting(
        &self,
        context: &JobContext<'_>,
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), Error> {
        let wait = context.wait_options();
        let rendered = &self.rendered;
        let inputs = ReleaseInputs::new(rendered.inputs.clone(), &rendered.manifests.sensitive);
        self.console
            .save_release_inputs(&self.release, inputs)
            .await?;
        let install = ::release::Install {
            operation: ::release::Operation {
                on_event,
                ..context.operation(&self.connection, &rendered.key, &wait)
            },
            chart: &rendered.chart,
            values: &rendered.values,
            labels: &rendered.labels,
            manifests: &rendered.manifests,
            plan: &rendered.plan,
            mode: self.mode,
            planned_after: rendered.upgrade.as_ref().map(|basis| basis.revision.0),
            decisions: &self.decisions,
        };
        decisions::remember(&self.connection, &rendered.key, &self.decisions).await?;
        let release = match self.mode {
            Mode::Install | Mode::Resume => ::release::install(&install).await?,
            Mode::Upgrade | Mode::ResumeUpgrade => ::release::upgrade(&install).await?,
        };
        let deployed = (rendered.values_text.as_str(), release.version);
        let kept = (self.console).keep_values_text(
            &self.connection,
            &rendered.key,
            deployed,
            on_event,
        );
        kept.await;
        Ok(())
    }
}

impl RenderedPlan {
    /// The plan of manifests that were stored; requests of older versions have none.
    pub(crate) async fn restore(
        console: &Console,
        (release, draft): (&ReleaseRef, &Draft),
        manifests: Option<&StoredManifests>,
        mode: Mode,
    ) -> Result<Self, Error> {
        let connection = console.connections.get(&release.cluster)?;
        let manifests = manifests.ok_or(Error::ReviewAgain)?;
        let rendered = console.restore(&connection, draft, manifests).await?;
        Ok(Self {
            proofs: Vec::new(),
            obsolete: Vec::new(),
            decisions: draft.decisions.clone(),
            console: console.clone(),
            release: release.clone(),
            connection,
            rendered: Box::new(rendered),
            mode,
        })
    }

    /// The objects that are applied, and what they are.
    pub(crate) fn concerns(&self) -> Concerns {
        let (rendered, manifests) = (&self.rendered, &self.rendered.manifests);
        let hooks = manifests.hooks.iter().map(|hook| hook.manifest.with_source());
        let crds = rendered.plan.crds.iter().map(|crd| crd.value().to_string());
        let target = format!("{:?}\n{:?}\n", rendered.key, rendered.labels);
        let texts = [target, rendered.values.to_yaml(), manifests.text()];
        let applied = || rendered.plan.crds.iter().chain(rendered.plan.objects());
        let cluster = &self.connection.name;
        let steps = applied().map(|object| {
            let content = object.value().to_string();
            (cluster.clone(), object.reference(), content)
        });
        let hook_steps = manifests.hooks.iter().map(|hook| {
            let content = hook.manifest.with_source();
            (cluster.clone(), hook_object(hook), content)
        });
        let deleted = self.obsolete.iter().map(|object| {
            let step = "deleted".to_owned();
            (cluster.clone(), object.clone(), step)
        });
        Concerns {
            steps: steps.chain(hook_steps).chain(deleted).collect(),
            summary: texts
                .into_iter()
                .chain(hooks)
                .chain(crds)
                .chain(decisions::summary(&self.decisions))
                .collect(),
            objects: vec![(
                self.connection.clone(),
                applied()
                    .map(cluster::Object::reference)
                    .chain(self.obsolete.iter().cloned())
                    .collect(),
            )],
        }
    }
}

/// The object of a hook.
fn hook_object(hook: &chart::Hook) -> ObjectRef {
    let manifest = &hook.manifest;
    ObjectRef {
        kind: manifest.kind.clone(),
        api_version: manifest.api_version.clone(),
        namespace: manifest.namespace.clone(),
        name: manifest.name.clone(),
    }
}

impl Install {
    /// The installation of a draft, as it was rendered.
    pub(crate) fn reviewed(release: ReleaseRef, draft: Draft, rendered: &Rendered) -> Self {
        Self {
            release,
            draft: Box::new(draft),
            manifests: Some(StoredManifests::from(&*rendered.manifests)),
        }
    }

    async fn plan_as(&self, console: &Console, mode: Mode) -> Result<RenderedPlan, Error> {
        let manifests = self.manifests.as_ref();
        RenderedPlan::restore(console, (&self.release, &self.draft), manifests, mode).await
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

    fn audit_target(&self) -> String {
        format!("install {} as {}", self.draft.chart, self.release)
    }

    fn concerns(plan: &RenderedPlan) -> Concerns {
        plan.concerns()
    }

    async fn ensure_ready(&self, console: &Console, plan: &RenderedPlan) -> Result<(), Error> {
        match plan.mode {
            Mode::Install => console.ensure_checked(&self.draft, plan).await,
            // What the interrupted job created is in the way of a new installation only.
            Mode::Resume | Mode::Upgrade | Mode::ResumeUpgrade => Ok(()),
        }
    }

    fn phases(plan: &RenderedPlan) -> Vec<PhaseView> {
        phases::rendered(&plan.rendered, ["pre-install", "post-install"])
    }

    async fn run(plan: RenderedPlan, context: &JobContext<'_>) -> Result<(), Error> {
        plan.run(context).await
    }
}
