//! Installs the parts of a bundle, one after the other: each is a release of its own, installed as a single
//! chart is. Consecutive parts that wait for the same condition, such as gateways, go at the same time.

use super::install::{Install, RenderedPlan};
use crate::{
    Action, Console, Error,
    draft::Draft,
    jobs::{Concerns, Job, JobContext, phases},
    releases::key_of,
};
use ::release::{Error as ReleaseError, Event, State};
use catalog::StartCondition;
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use wire::{
    ChartRef, MeshName,
    job::{BundleRef, JobKind, PhaseName, PhaseView, Subject},
};

/// The installation of a bundle.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct InstallBundle {
    /// Its releases.
    pub(crate) bundle: BundleRef,
    /// The card and its parameters.
    pub(crate) draft: Box<Draft>,
    /// Its parts, in order, as they were reviewed.
    pub(crate) parts: Vec<BundlePart>,
}

/// The installation of one part.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct BundlePart {
    pub(crate) install: Install,
    /// What it waits for before.
    #[serde(default)]
    pub(crate) starts_after: Option<StartCondition>,
}

/// One part on its way to a cluster.
pub(crate) struct PartPlan {
    plan: RenderedPlan,
    starts_after: Option<StartCondition>,
    /// The revision of Istio; "" for the default one.
    revision: String,
}

impl PartPlan {
    fn new(part: &BundlePart, plan: RenderedPlan) -> Self {
        let values = plan.rendered.values.to_json();
        let revision = values.get("revision").and_then(|revision| revision.as_str());
        Self {
            starts_after: part.starts_after,
            revision: revision.unwrap_or_default().to_owned(),
            plan,
        }
    }

    /// The phases of the part: its wait, and those of its chart.
    fn phases(&self) -> Vec<PhaseView> {
        let wait = self.starts_after.map(|condition| match condition {
            StartCondition::InjectionWebhook => PhaseName::InjectionWebhook,
        });
        let wait = wait.map(|name| phases::pending(name, Vec::new()));
        let rendered = phases::rendered(&self.plan.rendered, ["pre-install", "post-install"]);
        let phases = wait.into_iter().chain(rendered);
        phases::of_part(&self.plan.release.release, phases)
    }

    async fn run(&self, context: &JobContext<'_>) -> Result<(), Error> {
        let on_event =
            |event: Event| (context.on_part_event)(&self.plan.release.release, event);
        if let Some(StartCondition::InjectionWebhook) = self.starts_after {
            let target = (self.plan.release.namespace.as_str(), self.revision.as_str());
            let (user, wait) = (&self.plan.connection.user, context.wait_options());
            ::mesh::wait_until_injecting(user, target, &wait, &on_event).await?;
        }
        self.plan.run_reporting(context, &on_event).await
    }
}

/// What the installations of several releases concern.
pub(crate) fn merged_concerns<'a>(plans: impl Iterator<Item = &'a RenderedPlan>) -> Concerns {
    Concerns::merged(plans.map(RenderedPlan::concerns))
}

impl Job for InstallBundle {
    const KIND: JobKind = JobKind::InstallBundle;
    const ACTION: Action = Action::WriteRelease;
    type Plan = (Console, Box<Draft>, Vec<PartPlan>);

    fn subject(&self) -> Subject {
        Subject::Bundle(self.bundle.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        self.draft.mesh.as_ref()
    }

    fn chart(&self) -> Option<&ChartRef> {
        Some(&self.draft.chart)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let mut plans = Vec::new();
        for part in &self.parts {
            plans.push(PartPlan::new(part, part.install.plan(console).await?));
        }
        Ok((console.clone(), self.draft.clone(), plans))
    }

    /// The parts that are not deployed.
    async fn resume(&self, console: &Console) -> Result<Self::Plan, Error> {
        let connection = console.connections.get(&self.bundle.cluster)?;
        let mut plans = Vec::new();
        for part in &self.parts {
            let key = key_of(&part.install.release);
            match ::release::latest(&connection.user, &key).await {
                Ok(release) if release.info.status == State::Deployed => continue,
                Ok(_) | Err(ReleaseError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            plans.push(PartPlan::new(part, part.install.resume(console).await?));
        }
        Ok((console.clone(), self.draft.clone(), plans))
    }

    fn audit_target(&self) -> String {
        let BundleRef {
            cluster, namespace, ..
        } = &self.bundle;
        let releases = self.bundle.releases.iter().map(ToString::to_string);
        let releases = releases.collect::<Vec<_>>().join(", ");
        format!("install {} as {releases} in {cluster}/{namespace}", self.draft.chart)
    }

    fn concerns((_, _, parts): &Self::Plan) -> Concerns {
        merged_concerns(parts.iter().map(|part| &part.plan))
    }

    async fn ensure_ready(
        &self,
        console: &Console,
        (_, _, parts): &Self::Plan,
    ) -> Result<(), Error> {
        // What the interrupted job created is in the way of a new installation only.
        let new = parts.iter().filter(|part| part.plan.mode == ::release::Mode::Install);
        let plans: Vec<&RenderedPlan> = new.map(|part| &part.plan).collect();
        if plans.len() < self.parts.len() {
            return Ok(());
        }
        console.ensure_parts_checked(&self.draft, &plans).await
    }

    fn phases((_, _, parts): &Self::Plan) -> Vec<PhaseView> {
        parts.iter().flat_map(PartPlan::phases).collect()
    }

    async fn run((_, _, parts): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let go_together = |part: &PartPlan, next: &PartPlan| {
            part.starts_after.is_some() && part.starts_after == next.starts_after
        };
        for group in parts.chunk_by(go_together) {
            // The failure of a part does not stop the others halfway.
            let ended = join_all(group.iter().map(|part| part.run(context))).await;
            ended.into_iter().collect::<Result<(), Error>>()?;
        }
        Ok(())
    }
}
