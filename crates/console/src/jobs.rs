//! Jobs: long-running work of the console, which goes on after the page was closed.
//!
//! A kind of job implements [`Job`], in a file of `kinds`. The view of a job is published on a watch
//! channel and written to the store when it changed; one job at a time works on a release, and the
//! cleanup of a cluster excludes every other job there. After a restart a job that was running is shown
//! as interrupted and can be resumed. Start at [`Console::start_reviewed`].

mod job;
mod kinds;
mod phases;
mod progress;
mod resume;
mod reviewed;
mod run;

pub(crate) use job::{Job, JobContext};
pub(crate) use kinds::StoredJob;
pub(crate) use kinds::cleanup::CleanupPlan;
pub(crate) use kinds::install::RenderedPlan;
pub(crate) use kinds::{Cleanup, Install, Join, Leave, Rotate, Uninstall, Upgrade};
pub(crate) use reviewed::Concerns;

use crate::{Action, Caller, Console, Error, connections::ClusterConnection};
use parking_lot::{Mutex, MutexGuard};
use progress::Progress;
use reviewed::PlannedState;
use run::JobRun;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::{JobOrigin, Store};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use wire::{
    ClusterName, JobId, MeshName,
    job::{JobRow, JobState, JobView, MemberRef, Subject},
};

/// A remote cluster of a mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MeshMember {
    pub(crate) mesh: MeshName,
    pub(crate) member: MemberRef,
}

/// The connections to the two clusters of a mesh member.
pub(crate) struct MemberConnections {
    pub(crate) primary: ClusterConnection,
    pub(crate) remote: ClusterConnection,
}

/// A job that runs.
struct RunningJob {
    subject: Subject,
    /// The permission that starting and stopping it takes.
    action: Action,
    view: watch::Receiver<JobView>,
    stop: CancellationToken,
}

/// All jobs that run.
pub(crate) struct Jobs {
    stop: CancellationToken,
    running: Mutex<HashMap<JobId, RunningJob>>,
    tasks: Mutex<JoinSet<()>>,
    count: watch::Sender<usize>,
}

impl Jobs {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        let (count, _) = watch::channel(0);
        Self {
            stop,
            running: Mutex::default(),
            tasks: Mutex::default(),
            count,
        }
    }

    fn running_jobs(&self) -> MutexGuard<'_, HashMap<JobId, RunningJob>> {
        self.running.lock()
    }

    pub(crate) fn running(&self) -> usize {
        self.running_jobs().len()
    }

    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// The job that works on a subject.
    pub(crate) fn on_subject(&self, subject: &Subject) -> Option<JobId> {
        let running = self.running_jobs();
        let mut running = running.iter();
        let found = running.find(|(_, job)| job.subject == *subject);
        found.map(|(id, _)| id.clone())
    }

    /// A job that works on something of a cluster.
    pub(crate) fn on_cluster(&self, cluster: &ClusterName) -> Option<JobId> {
        let running = self.running_jobs();
        let mut running = running.iter();
        let found = running.find(|(_, job)| job.subject.touches(cluster));
        found.map(|(id, _)| id.clone())
    }

    pub(crate) fn follow(&self, id: &JobId) -> Option<watch::Receiver<JobView>> {
        self.running_jobs().get(id).map(|job| job.view.clone())
    }

    /// Checks that no running job works on a subject.
    fn ensure_free(&self, subject: &Subject) -> Result<(), Error> {
        clashing(&self.running_jobs(), subject)
    }

    /// Registers a job, unless another one works on its subject.
    fn register(&self, id: &JobId, job: RunningJob) -> Result<Registration<'_>, Error> {
        let mut running = self.running_jobs();
        clashing(&running, &job.subject)?;
        running.insert(id.clone(), job);
        Ok(Registration {
            jobs: self,
            id: id.clone(),
            is_kept: false,
        })
    }

    fn unregister(&self, id: &JobId) {
        self.running_jobs().remove(id);
        self.count.send_replace(self.running());
    }

    /// Spawns a job's task, and reaps the tasks that have ended.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Waits until all tasks have ended, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        let ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(timeout, ended).await.is_err() {
            tracing::warn!(jobs = self.running(), "jobs were aborted at the shutdown");
        }
        tasks.abort_all();
    }
}

/// The error when a running job works on a subject.
fn clashing(running: &HashMap<JobId, RunningJob>, subject: &Subject) -> Result<(), Error> {
    let mut running = running.iter();
    match running.find(|(_, other)| other.subject.clashes(subject)) {
        Some((other, _)) => Err(Error::Busy {
            release: subject.name().to_owned(),
            job: other.clone(),
        }),
        None => Ok(()),
    }
}

/// A registered job that has not started yet; it is unregistered unless it is kept.
struct Registration<'a> {
    jobs: &'a Jobs,
    id: JobId,
    is_kept: bool,
}

impl Registration<'_> {
    /// Leaves the job registered: it runs from now on.
    fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.jobs.unregister(&self.id);
        }
    }
}

/// Marks jobs as interrupted that were running when the previous process ended.
pub(crate) fn mark_interrupted(store: &Store) -> Result<(), Error> {
    for mut job in store.running_jobs()? {
        let (step, steps) = (job.view.completed, job.view.objects);
        job.view.state = JobState::Interrupted { step, steps };
        job.view.blocking = None;
        store.save_job(&job.view, false)?;
    }
    Ok(())
}

impl Console {
    /// The newest jobs.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn jobs(&self, caller: &Caller) -> Result<Vec<JobRow>, Error> {
        self.permitted(caller, Action::Read, async {
            let now = self.now().as_second();
            let stored = self.with_store(|store| store.jobs(100)).await?;
            let rows = stored.into_iter().map(|job| {
                let view = self
                    .jobs
                    .follow(&job.view.id)
                    .map(|live| live.borrow().clone());
                let view = view.unwrap_or(job.view);
                JobRow {
                    id: view.id,
                    kind: view.kind,
                    subject: view.subject,
                    state: view.state,
                    age: u64::try_from(now - job.started).unwrap_or(0),
                    elapsed_ms: view.elapsed_ms,
                }
            });
            Ok(rows.collect())
        })
        .await
    }

    /// One job in its current state.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn job(&self, caller: &Caller, id: &JobId) -> Result<JobView, Error> {
        self.permitted(caller, Action::Read, async {
            if let Some(live) = self.jobs.follow(id) {
                return Ok(live.borrow().clone());
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
    /// [`Error::NoJob`] when it does not run.
    pub async fn stop_job(&self, caller: &Caller, id: &JobId) -> Result<(), Error> {
        let found = async {
            let running = self.jobs.running_jobs();
            let job = running.get(id).ok_or_else(|| Error::NoJob(id.clone()))?;
            Ok((job.action, job.stop.clone()))
        };
        let (action, stop) = self.permitted(caller, Action::Read, found).await?;
        self.audited(caller, action, &format!("stop {id}"), async {
            stop.cancel();
            Ok(())
        })
        .await
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
        self.store_job(first, StoredJob::from(job), (state, resumes))
            .await?;
        registration.keep();
        self.jobs.count.send_replace(self.jobs.running());
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
