//! Undoing the installation of a bundle: the removal of the releases that it made, planned and shown before it
//! starts.

use super::{InstallBundle, UninstallBundle, kinds::StoredJob};
use crate::{Action, Caller, Console, Error};
use std::collections::BTreeMap;
use wire::{JobId, job::ResumeView};

impl Console {
    /// Plans the removal of what a job installed; the plan is started by its review.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::NotResumable`] when the job runs or installed no bundle, and the errors of
    /// planning.
    pub async fn plan_undo(&self, caller: &Caller, id: &JobId) -> Result<ResumeView, Error> {
        self.permitted(caller, Action::Read, async {
            let wanted = id.clone();
            let request = self
                .with_store(move |store| store.job_request::<StoredJob>(&wanted))
                .await?
                .ok_or_else(|| Error::NoJob(id.clone()))?;
            let StoredJob::InstallBundle(InstallBundle { bundle, draft, .. }) = request else {
                return Err(Error::NotResumable(id.clone()));
            };
            if self.jobs.follow(id).is_some() {
                return Err(Error::NotResumable(id.clone()));
            }
            let undo = UninstallBundle {
                bundle,
                mesh: draft.mesh,
            };
            self.planned_view(undo, None, &BTreeMap::new()).await
        })
        .await
    }
}
