//! Undoing a step that installs a bundle: its releases are uninstalled by one job.

use super::step_draft::card_of;
use crate::{Action, Caller, Console, Error, jobs::UninstallBundle};
use std::collections::BTreeMap;
use wire::{
    job::{BundleRef, ResumeView},
    mesh::StepRef,
};

impl Console {
    /// Plans the removal of the releases of a bundle, the last one first; the plan is started by its review.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] for a step that installs no bundle, and the errors of planning.
    pub async fn plan_step_undo(
        &self,
        caller: &Caller,
        step: &StepRef,
    ) -> Result<ResumeView, Error> {
        self.permitted(caller, Action::Read, async {
            let mesh = self.mesh_of(step).await?;
            let (bundle, leading) = card_of(step.kind)?
                .filter(|_| mesh.is_bundle(step.kind))
                .zip(mesh.release_of(step))
                .ok_or(Error::NoStep)?;
            let releases = mesh.releases_of(step).into_iter();
            let undo = UninstallBundle {
                bundle: BundleRef {
                    cluster: leading.cluster,
                    namespace: leading.namespace,
                    bundle,
                    releases: releases.map(|at| at.release).collect(),
                },
                mesh: Some(mesh.name.clone()),
            };
            self.planned_view(undo, None, &BTreeMap::new()).await
        })
        .await
    }
}
