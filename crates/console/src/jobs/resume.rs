//! Resuming a job that was interrupted or failed: always a new plan, which is shown before it starts.

use super::{Job, kinds::StoredJob, planned_state::Concerns};
use crate::{Action, Caller, Console, Error};
use std::collections::BTreeMap;
use wire::{
    ClusterName, Code, JobId,
    job::{JobState, JobView, ResumeView},
};

impl Console {
    /// Plans what is left of a job that was interrupted or failed; the plan is started by its review.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::NotResumable`] when it succeeded, was resumed, or a later job worked on the
    /// same subject, [`Error::PlanChanged`] when the cluster of that name is another one now, and the
    /// errors of planning.
    pub async fn plan_resume(&self, caller: &Caller, id: &JobId) -> Result<ResumeView, Error> {
        self.permitted(caller, Action::Read, async {
            let wanted = id.clone();
            let stored = self.with_store(move |store| {
                Ok((
                    store.job(&wanted)?,
                    store.job_request::<StoredJob>(&wanted)?,
                    store.job_origin(&wanted)?,
                    store.jobs_after(&wanted)?,
                ))
            });
            let (Some(job), Some(request), Some((clusters, is_resumed)), later) = stored.await?
            else {
                return Err(Error::NoJob(id.clone()));
            };
            let view = self.jobs.follow(id).map(|live| live.borrow().clone());
            let view = view.unwrap_or(job.view);
            let clashes = later
                .iter()
                .any(|job| job.view.subject.clashes(&view.subject));
            if !is_resumable(&view) || is_resumed || clashes {
                return Err(Error::NotResumable(id.clone()));
            }
            request.plan_resume(self, (id, &clusters)).await
        })
        .await
    }

    /// The plan of one kind of job that goes on after another one, as it is shown and stored.
    pub(super) async fn resume_view<J: Job>(
        &self,
        job: J,
        (id, clusters): (&JobId, &BTreeMap<ClusterName, String>),
    ) -> Result<ResumeView, Error>
    where
        StoredJob: From<J>,
    {
        self.planned_view(job, Some(id), clusters).await
    }

    /// The plan of one kind of job, as it is shown and stored; `resumes` is the job that it goes on with.
    pub(crate) async fn planned_view<J: Job>(
        &self,
        job: J,
        resumes: Option<&JobId>,
        clusters: &BTreeMap<ClusterName, String>,
    ) -> Result<ResumeView, Error>
    where
        StoredJob: From<J>,
    {
        let plan = match resumes {
            Some(_) => job.resume(self).await?,
            None => job.plan(self).await?,
        };
        let concerns: Concerns = J::concerns(&plan);
        let state = self.planned_state(concerns).await?;
        for (cluster, uid) in clusters {
            if state.clusters.get(cluster).is_some_and(|now| now != uid) {
                let objects = vec![format!("{cluster}: Namespace kube-system")];
                return Err(Error::PlanChanged { objects });
            }
        }
        let (subject, phases) = (job.subject(), J::phases(&plan));
        let review = self.store_reviewed(job, state, resumes.cloned()).await?;
        Ok(ResumeView {
            review,
            kind: J::KIND,
            subject,
            phases,
        })
    }
}

/// Whether a job ended without its goal.
fn is_resumable(view: &JobView) -> bool {
    match &view.state {
        // It changed nothing, and the job of the other console may have made another plan of it.
        JobState::Failed(problem) => problem.code != Code::LeaseHeld,
        JobState::Interrupted { .. } => true,
        JobState::Running | JobState::Succeeded => false,
    }
}
