//! Jobs: long-running work of the console, which goes on after the page was closed.
//!
//! A kind of job implements [`Job`], in a file of `kinds`. The view of a job is published on a watch
//! channel and written to the store when it changed; one job at a time works on a release, and the
//! cleanup of a cluster excludes every other job there. After a restart a job that was running is shown
//! as interrupted and can be resumed. Start at [`Console::start_reviewed`].

mod differences;
mod hook_logs;
mod job;
mod kinds;
mod leases;
mod list;
mod phases;
mod planned_state;
mod progress;
mod proof;
mod resume;
mod reviewed;
mod run;
mod running;
mod undo;

pub(crate) use job::{Job, JobContext};
pub(crate) use kinds::StoredJob;
pub(crate) use kinds::cleanup::CleanupPlan;
pub(crate) use kinds::install::RenderedPlan;
pub(crate) use kinds::install_bundle::{BundlePart, merged_concerns};
pub(crate) use kinds::join::ProvenJoin;
pub(crate) use kinds::rollback::PlannedRollback;
pub(crate) use kinds::upgrade::basis as basis_of;
pub(crate) use kinds::{
    Adopt, Cleanup, Install, InstallBundle, Join, Leave, MarkFailed, Repair, RestoreToken,
    Rollback, Rotate, Test, UndoAdoption, Uninstall, UninstallBundle, Upgrade,
};
pub(crate) use list::EndedJobs;
pub(crate) use planned_state::Concerns;
pub(crate) use proof::MemberProof;
pub(crate) use running::Jobs;

use crate::{Action, Caller, Console, Error, audit::INTERRUPTED, connections::ClusterConnection};
use parking_lot::Mutex;
use planned_state::PlannedState;
use progress::Progress;
use run::JobRun;
use running::RunningJob;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{JobOrigin, Store};
use tokio::sync::watch;
use tracing::Instrument as _;
use wire::{
    JobId, MeshName,
    job::{JobState, JobView, MemberRef},
};

/// A remote cluster of a mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MeshMember {
    pub(crate) mesh: MeshName,
    pub(crate) member: MemberRef,
}

/// The connections to the two clusters of a mesh member.
#[derive(Clone)]
pub(crate) struct MemberConnections {
    pub(crate) primary: ClusterConnection,
    pub(crate) remote: ClusterConnection,
}

/// Checks that every cluster still has the credentials and the name that it was planned with.
fn ensure_connected<J: Job>(plan: &J::Plan) -> Result<(), Error> {
    let objects = J::concerns(plan).objects.into_iter();
    let changed = objects.filter(|(connection, _)| connection.is_closed());
    let objects: Vec<String> = changed
        .map(|(connection, _)| format!("cluster {}", connection.name))
        .collect();
    if objects.is_empty() {
        return Ok(());
    }
    Err(Error::PlanChanged { objects })
}

/// Marks jobs as interrupted that were running when the previous process ended.
pub(crate) fn mark_interrupted(store: &Store) -> Result<(), Error> {
    for mut job in store.running_jobs()? {
        let (step, steps) = (job.view.completed, job.view.objects);
        job.view.state = JobState::Interrupted { step, steps };
        job.view.blocking = None;
        store.save_job(&job.view, false)?;
    }
    store.interrupt_audit(INTERRUPTED)?;
    Ok(())
}

impl Console {
    /// One job in its current state.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn job(&self, caller: &Caller, id: &JobId) -> Result<JobView, Error> {
        self.permitted(caller, Action::Read, async {
            if let Some(view) = self.jobs.current(id) {
                return Ok(view);
            }
            let stored = self
                .with_store({
                    let id = id.clone();
                    move |store| store.job(&id)
                })
                .await?
                .ok_or_else(|| Error::NoJob(id.clone()))?;
            let age = self.now().as_second() - stored.started;
            Ok(JobView {
                age: u64::try_from(age).unwrap_or(0),
                ..stored.view
            })
        })
        .await
    }

    /// Stops a job; the objects that it applied stay.
    ///
    /// # Errors
    /// [`Error::NoJob`] when it does not run. It is stopped also when the database cannot be written.
    pub async fn stop_job(&self, caller: &Caller, id: &JobId) -> Result<(), Error> {
        let found = async {
            let found = self.jobs.stop_of(id);
            found.ok_or_else(|| Error::NoJob(id.clone()))
        };
        let (action, stop) = self.permitted(caller, Action::Read, found).await?;
        let target = format!("stop {id}");
        let stopped = async {
            stop.cancel();
            Ok(())
        };
        match self.audited(caller, action, &target, stopped).await {
            // A full disk must not keep a job running.
            Err(Error::Store(_)) => {
                tracing::warn!(job = %id, "the job is stopped without a line in the audit");
                stop.cancel();
                Ok(())
            }
            stopped => stopped,
        }
    }

    /// Starts a job that is planned; the job goes on after its id is returned.
    pub(crate) async fn start_planned<J: Job>(
        &self,
        caller: &Caller,
        job: J,
        plan: J::Plan,
        (state, resumes): (PlannedState, Option<JobId>),
    ) -> Result<JobId, Error>
    where
        StoredJob: From<J>,
    {
        let id = JobId::new(self.random_id()).map_err(|source| Error::BadName {
            kind: "job",
            name: String::new(),
            source,
        })?;
        let (operator, clock) = (&caller.operator, self.setup.clock);
        let progress = Progress::new(id.clone(), &job, &plan, operator, clock);
        let first = progress.view();
        let (sender, view) = watch::channel(first.clone());
        let stop = self.jobs.stop.child_token();
        let subject = job.subject();
        let running = RunningJob {
            subject: subject.clone(),
            action: J::ACTION,
            view,
            stop: stop.clone(),
        };
        let registration = self.jobs.register(&id, running)?;
        ensure_connected::<J>(&plan)?;
        self.store_job(first, StoredJob::from(job), (state, resumes))
            .await?;
        registration.keep();
        let run = JobRun {
            console: self.clone(),
            id: id.clone(),
            progress: Arc::new(Mutex::new(progress)),
            sender,
            stop,
        };
        let span = tracing::info_span!(
            parent: None,
            "job",
            %id,
            kind = ?J::KIND,
            operator = %caller.operator,
            cluster = %subject.cluster(),
            subject = subject.name(),
        );
        let supervised = Box::pin(run.supervise::<J>(plan));
        self.jobs.spawn(supervised.instrument(span));
        Ok(id)
    }

    /// Stores a job that starts; the job that it resumes cannot be resumed again.
    async fn store_job(
        &self,
        first: JobView,
        job: StoredJob,
        (state, resumes): (PlannedState, Option<JobId>),
    ) -> Result<(), Error> {
        let now = self.now().as_second();
        let origin = JobOrigin {
            clusters: state.clusters,
            resumes: resumes.clone(),
        };
        let stored = self.with_store(move |store| store.new_job(&first, &job, &origin, now));
        match (stored.await?, resumes) {
            (false, Some(resumed)) => Err(Error::NotResumable(resumed)),
            _ => Ok(()),
        }
    }
}
