//! Uninstalls a release.

use crate::{
    Console, Error,
    connections::ClusterConnection,
    crd_users::OfferedCrd,
    jobs::{Concerns, Job, JobContext, phases},
    releases::key_of,
};
use ::release::{CrdDeletion, Event, LiveCrd, Release, UninstallPlan};
use cluster::ObjectRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView},
    release::{CrdBlocker, ReleaseRef},
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
    /// The CRDs whose deletion the plan offered, with the number of custom resources that was shown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) offered: BTreeMap<String, u32>,
    /// Those of them that are deleted after a backup.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) deleted_crds: Vec<String>,
}

/// What is deleted.
pub(crate) struct Removal {
    /// The newest revision of the release.
    pub(crate) release: Release,
    /// Its objects.
    pub(crate) plan: UninstallPlan,
    /// The CRDs that are deleted.
    crds: Vec<OfferedCrd>,
}

impl Removal {
    /// The CRDs that exist still.
    fn crds(&self) -> impl Iterator<Item = (&ObjectRef, &LiveCrd)> {
        let usages = self.crds.iter().map(|crd| &crd.usage);
        usages.filter_map(|usage| Some((&usage.object, usage.live.as_ref()?)))
    }

    /// Saves the CRDs with their custom resources, which may be deleted then.
    async fn back_up(
        &self,
        connection: &ClusterConnection,
        context: &JobContext<'_>,
    ) -> Result<CrdDeletion, Error> {
        if self.crds().next().is_none() {
            return Ok(CrdDeletion::default());
        }
        (context.on_event)(Event::Started(PhaseName::Backup));
        let usages: Vec<_> = self.crds.iter().map(|crd| crd.usage.clone()).collect();
        let (text, deletion) = ::release::back_up_crds(&connection.user, &usages).await?;
        (context.save_backup)(text).await?;
        (context.on_event)(Event::Finished(PhaseName::Backup));
        Ok(deletion)
    }
}

/// The release whose stored inputs go with it.
pub(crate) struct Uninstalled(Console, ReleaseRef);

impl Uninstall {
    /// The plan of a release that exists.
    pub(crate) async fn removal(
        &self,
        console: &Console,
    ) -> Result<(Uninstalled, ClusterConnection, Removal), Error> {
        let connection = console.connections.get(&self.release.cluster)?;
        let release = ::release::latest(&connection.user, &key_of(&self.release)).await?;
        let plan = ::release::plan_uninstall(&connection.user, &release).await?;
        let mut crds = Vec::new();
        if !self.deleted_crds.is_empty() {
            crds = console
                .offered_crds(&connection, (&self.release, &release))
                .await?;
            crds.retain(|crd| self.deleted_crds.contains(&crd.usage.object.name));
        }
        let removal = Removal {
            release,
            plan,
            crds,
        };
        let release = Uninstalled(console.clone(), self.release.clone());
        Ok((release, connection, removal))
    }
}

impl Job for Uninstall {
    const KIND: JobKind = JobKind::Uninstall;
    /// The plan is none when an interrupted removal deleted the release already.
    type Plan = (Uninstalled, ClusterConnection, Option<Removal>);

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
        let crds = self.deleted_crds.join(", ");
        if crds.is_empty() {
            return format!("uninstall {}", self.release);
        }
        format!("uninstall {} with CRDs {crds}", self.release)
    }

    fn confirmation(&self) -> Option<&str> {
        Some(self.release.release.as_str())
    }

    /// The record is one of the objects: another revision is another plan, also when it has the same objects.
    fn concerns((_, connection, removal): &Self::Plan) -> Concerns {
        let plan = removal.as_ref().map(|removal| &removal.plan);
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

    /// The CRDs are chosen after the plan is shown: they are still free to be deleted, with no more custom resources.
    async fn ensure_ready(&self, _: &Console, (_, _, removal): &Self::Plan) -> Result<(), Error> {
        let crds = removal.iter().flat_map(|removal| &removal.crds);
        let changed = crds.filter(|crd| {
            let shown = self.offered.get(&crd.usage.object.name);
            let now = crd.usage.live.as_ref().map(LiveCrd::total);
            let is_blocked = !matches!(&crd.blocker, None | Some(CrdBlocker::Missing));
            is_blocked || now > shown.copied()
        });
        let objects: Vec<String> = changed.map(|crd| crd.usage.object.to_string()).collect();
        if objects.is_empty() {
            return Ok(());
        }
        Err(Error::PlanChanged { objects })
    }

    fn phases((_, _, removal): &Self::Plan) -> Vec<PhaseView> {
        let Some(removal) = removal else {
            return vec![phases::pending(PhaseName::SaveRelease, Vec::new())];
        };
        let plan = &removal.plan;
        let hooks = (!plan.hooks.is_empty()).then_some(PhaseName::PostHooks);
        let later = hooks.into_iter().chain([PhaseName::SaveRelease]);
        let later = later.map(|name| phases::pending(name, Vec::new()));
        let objects = phases::pending(PhaseName::Removal, plan.removed.clone());
        let crds: Vec<ObjectRef> = removal.crds().map(|(crd, _)| crd.clone()).collect();
        let resources = removal.crds().map(|(_, live)| live.total()).sum();
        let mut first = Vec::new();
        let mut last = None;
        if !crds.is_empty() {
            first.push(phases::pending(PhaseName::Backup, Vec::new()));
            last = Some(phases::pending(PhaseName::CrdDeletion, crds));
        }
        if resources > 0 {
            let phase = phases::pending(PhaseName::CustomResources, Vec::new());
            first.push(PhaseView {
                total: resources,
                ..phase
            });
        }
        let all = first.into_iter().chain([objects]).chain(last).chain(later);
        all.collect()
    }

    async fn run(
        (Uninstalled(console, release), connection, removal): Self::Plan,
        context: &JobContext<'_>,
    ) -> Result<(), Error> {
        let wait = context.wait_options();
        if let Some(removal) = removal {
            let crds = removal.back_up(&connection, context).await?;
            let operation = context.operation(&connection, &removal.plan.key, &wait);
            ::release::uninstall(&operation, &crds).await?;
        }
        console.delete_release_inputs(&release).await
    }
}
