//! Upgrades a release to its next revision, and restarts the workloads whose sidecars use stale addresses. A
//! release of a mesh that istiod leads ends with the proof of the endpoints.

use super::install::RenderedPlan;
use crate::{
    Action, Console, Error,
    draft::Draft,
    jobs::{Concerns, Job, JobContext, phases, proof},
    releases::key_of,
};
use ::release::{Mode, Release};
use chart::StoredManifests;
use serde::{Deserialize, Serialize};
use wire::{
    ChartRef, MeshName,
    Revision,
    job::{JobKind, PhaseName, PhaseView, Subject},
    release::ReleaseRef,
    upgrade::UpgradeBasis,
};

/// An upgrade, with its values.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Upgrade {
    /// The release.
    #[serde(rename = "at", alias = "release")]
    pub(crate) release: ReleaseRef,
    /// Chart and values.
    pub(crate) draft: Box<Draft>,
    /// The manifests of the next revision, as they were rendered when the job started.
    #[serde(default)]
    pub(crate) manifests: Option<StoredManifests>,
}

/// What an upgrade of this newest revision is based on.
pub(crate) fn basis(newest: &Release) -> UpgradeBasis {
    UpgradeBasis {
        revision: Revision(newest.version),
        version: newest.chart.metadata("version").to_owned(),
    }
}

impl Upgrade {
    /// Renders a draft for the revision after the newest one.
    pub(crate) async fn rendered(
        console: &Console,
        release: ReleaseRef,
        mut draft: Draft,
    ) -> Result<(Self, RenderedPlan), Error> {
        let connection = console.connections.get(&release.cluster)?;
        let newest = ::release::latest(&connection.user, &key_of(&release)).await?;
        // Every revision follows the version of Helm of the first one.
        draft.helm = newest.helm;
        draft.upgrade = Some(basis(&newest));
        let rendered = console.render(&connection, &draft);
        let mut rendered = Box::new(rendered.await?);
        rendered.restarts = draft.mesh.is_some();
        let job = Self {
            release: release.clone(),
            draft: Box::new(draft),
            manifests: Some(StoredManifests::from(&*rendered.manifests)),
        };
        let obsolete = ::release::obsolete(&connection.user, &rendered.plan, &rendered.key);
        let plan = RenderedPlan {
            obsolete: obsolete.await?,
            proofs: console.proofs_after(&release).await,
            console: console.clone(),
            release,
            connection,
            rendered,
            decisions: job.draft.decisions.clone(),
            mode: Mode::Upgrade,
        };
        Ok((job, plan))
    }

    async fn plan_as(&self, console: &Console, mode: Mode) -> Result<RenderedPlan, Error> {
        let manifests = self.manifests.as_ref();
        let request = (&self.release, &*self.draft);
        let mut plan = RenderedPlan::restore(console, request, manifests, mode).await?;
        plan.rendered.restarts = self.draft.mesh.is_some();
        plan.proofs = console.proofs_after(&self.release).await;
        let (user, rendered) = (&plan.connection.user, &plan.rendered);
        plan.obsolete = ::release::obsolete(user, &rendered.plan, &rendered.key).await?;
        Ok(plan)
    }
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

    fn audit_target(&self) -> String {
        format!("upgrade {}", self.release)
    }

    async fn plan(&self, console: &Console) -> Result<RenderedPlan, Error> {
        self.plan_as(console, Mode::Upgrade).await
    }

    async fn resume(&self, console: &Console) -> Result<RenderedPlan, Error> {
        self.plan_as(console, Mode::ResumeUpgrade).await
    }

    async fn ensure_ready(&self, console: &Console, plan: &RenderedPlan) -> Result<(), Error> {
        match plan.mode {
            Mode::Upgrade => {
                console.ensure_values_decided(&self.draft).await?;
                console.ensure_checked(&self.draft, plan).await
            }
            // The interrupted upgrade is the newest revision.
            Mode::Install | Mode::Resume | Mode::ResumeUpgrade => Ok(()),
        }
    }

    fn concerns(plan: &RenderedPlan) -> Concerns {
        plan.concerns()
    }

    fn phases(plan: &RenderedPlan) -> Vec<PhaseView> {
        let mut phases = phases::rendered(&plan.rendered, ["pre-upgrade", "post-upgrade"]);
        if !plan.obsolete.is_empty() {
            let removal = phases::pending(PhaseName::Removal, plan.obsolete.clone());
            let ready = phases.iter().position(|phase| phase.name == PhaseName::Ready);
            phases.insert(ready.unwrap_or(phases.len()), removal);
        }
        phases.extend(proof::phase(&plan.proofs));
        phases
    }

    async fn run(plan: RenderedPlan, context: &JobContext<'_>) -> Result<(), Error> {
        plan.run(context).await?;
        if plan.rendered.restarts {
            ::mesh::restart(&plan.connection.user, (context.clock)()).await?;
        }
        proof::prove(&plan.proofs, context).await
    }
}
