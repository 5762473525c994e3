//! What is known about a revision that an interrupted operation left pending.

use crate::{
    Action, Caller, Console, Error,
    jobs::{Job as _, MarkFailed},
    releases::key_of,
};
use release::{ResourceStatus, State};
use wire::{
    JobId, Revision,
    job::{JobState, Subject},
    mark_failed::MarkFailedView,
    release::ReleaseRef,
};

/// The jobs among which the interrupted one is looked for.
const MAX_JOBS: u32 = 500;

impl Console {
    /// A revision that is pending: since when, by whom, what exists of it, and how the operation can be completed,
    /// undone or ended.
    ///
    /// # Errors
    /// [`Error::Release`] when no operation is pending, [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn plan_mark_failed(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
    ) -> Result<MarkFailedView, Error> {
        self.permitted(caller, Action::Read, async {
            let job = MarkFailed {
                release: at.clone(),
                mesh: self.mesh_of_release(at).await?,
            };
            let planned = job.plan(self).await?;
            let review = self.store_review(job, &planned, None).await?;
            let connection = self.connections.get(&at.cluster)?;
            let history = release::history(&connection.user, &key_of(at)).await?;
            let deployed = history.iter().rfind(|revision| {
                let state = revision.info.status;
                matches!(state, State::Deployed | State::Superseded)
            });
            let plan = &planned.plan;
            Ok(MarkFailedView {
                review,
                at: at.clone(),
                revision: Revision(plan.release.version),
                state: plan.release.info.status.into(),
                since: plan.release.changed(),
                writer: plan.writer.clone(),
                job: self.interrupted_job(at).await?,
                deployed: deployed.map(|revision| Revision(revision.version)),
                objects: plan.objects.iter().map(ResourceStatus::view).collect(),
            })
        })
        .await
    }

    /// The last job on a release, when it was interrupted.
    async fn interrupted_job(&self, at: &ReleaseRef) -> Result<Option<JobId>, Error> {
        let subject = Subject::Release(at.clone());
        let jobs = self.with_store(|store| store.jobs(MAX_JOBS)).await?;
        let mut jobs = jobs.into_iter().map(|job| job.view);
        let last = jobs.find(|view| view.subject.includes(&subject));
        let interrupted = last.filter(|view| matches!(view.state, JobState::Interrupted { .. }));
        Ok(interrupted.map(|view| view.id))
    }
}
