//! Uninstalls the releases of a bundle, in the reverse order of their installation.

use super::uninstall::Uninstall;
use crate::{
    Action, Console, Error,
    jobs::{Concerns, Job, JobContext, phases},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::{
    MeshName, ReleaseName,
    job::{BundleRef, JobKind, PhaseView, Subject},
};

/// The removal of a bundle.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UninstallBundle {
    /// Its releases.
    pub(crate) bundle: BundleRef,
    /// The mesh of which the bundle is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
}

/// The removal of one release.
type PartPlan = (ReleaseName, <Uninstall as Job>::Plan);

impl UninstallBundle {
    /// The removal of each release, the last one first.
    fn parts(&self) -> impl Iterator<Item = (ReleaseName, Uninstall)> {
        self.bundle.releases.iter().rev().map(|release| {
            let uninstall = Uninstall {
                release: self.bundle.release(release),
                mesh: self.mesh.clone(),
                offered: BTreeMap::new(),
                deleted_crds: Vec::new(),
            };
            (release.clone(), uninstall)
        })
    }
}

impl Job for UninstallBundle {
    const KIND: JobKind = JobKind::UninstallBundle;
    const ACTION: Action = Action::WriteRelease;
    type Plan = Vec<PartPlan>;

    fn subject(&self) -> Subject {
        Subject::Bundle(self.bundle.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        self.mesh.as_ref()
    }

    /// The releases that exist: a failed installation made some of them.
    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        let mut plans = Vec::new();
        for (release, part) in self.parts() {
            match part.plan(console).await {
                Err(Error::Release(::release::Error::NotFound { .. })) => {}
                plan => plans.push((release, plan?)),
            }
        }
        Ok(plans)
    }

    fn audit_target(&self) -> String {
        let BundleRef {
            cluster,
            namespace,
            bundle,
            ..
        } = &self.bundle;
        format!("uninstall {bundle} in {cluster}/{namespace}")
    }

    fn confirmation(&self) -> Option<&str> {
        Some(self.bundle.bundle.as_str())
    }

    fn concerns(parts: &Self::Plan) -> Concerns {
        Concerns::merged(parts.iter().map(|(_, plan)| Uninstall::concerns(plan)))
    }

    fn phases(parts: &Self::Plan) -> Vec<PhaseView> {
        let of_part = |(release, plan): &PartPlan| {
            phases::of_part(release, Uninstall::phases(plan).into_iter())
        };
        parts.iter().flat_map(of_part).collect()
    }

    async fn run(parts: Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        for (release, plan) in parts {
            (context.start_part)(&release);
            Uninstall::run(plan, context).await?;
        }
        Ok(())
    }
}
