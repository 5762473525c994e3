//! Deploys a draft as a new release.

use crate::{
    Caller, Console, Error,
    jobs::{Install, Job as _},
};
use wire::{DraftId, JobId, release::ReleaseRef};

impl Console {
    /// Deploys a draft; the id of the job is returned at once.
    ///
    /// # Errors
    /// [`Error::NoTarget`], [`Error::Yaml`], [`Error::Chart`], [`Error::Busy`], [`Error::Release`] when a
    /// release of that name exists, [`Error::Cluster`].
    pub async fn deploy(&self, caller: &Caller, id: &DraftId) -> Result<JobId, Error> {
        // The audit entry names the release of the draft, so a permitted caller's draft is read first.
        let stored = self.stored(id);
        let (draft, _) = self.permitted(caller, Install::ACTION, stored).await?;
        let key = draft.release_key()?;
        let release = ReleaseRef {
            cluster: draft.cluster()?.clone(),
            namespace: key.namespace,
            release: key.release,
        };
        let target = format!(
            "install {} as {}/{}/{}",
            draft.chart, release.cluster, release.namespace, release.release
        );
        let draft = Box::new(draft);
        let job = self.start(caller, Install { release, draft });
        self.audited(caller, Install::ACTION, &target, job).await
    }
}
