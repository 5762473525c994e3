//! Jobs: what the console carries out by itself, after the page was closed too.
//!
//! A job's view is published on a watch channel and written to the store; one job at a time works on a
//! release, and one that clears a cluster is alone there. After a restart what was running is shown as interrupted. Start at [`Console::start`].

mod phases;
mod progress;
mod work;

pub(crate) use work::{JobPlan, JobSpec, MemberConnections, MeshMember};

use crate::{Action, Caller, Console, Error, error::error_chain};
use progress::Progress;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::Store;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use wire::{
    ClusterName, JobId,
    job::{JobRow, JobState, JobView, Subject},
};

/// A job that runs.
struct RunningJob {
    at: Subject,
    view: watch::Receiver<JobView>,
    stop: CancellationToken,
}

/// All jobs that run.
pub(crate) struct Jobs {
    stop: CancellationToken,
    running: Arc<Mutex<HashMap<JobId, RunningJob>>>,
    tasks: tokio::sync::Mutex<JoinSet<()>>,
    count: watch::Sender<usize>,
}

impl Jobs {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        let (count, _) = watch::channel(0);
        Self {
            stop,
            running: Arc::default(),
            tasks: tokio::sync::Mutex::default(),
            count,
        }
    }

    fn running_jobs(&self) -> MutexGuard<'_, HashMap<JobId, RunningJob>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn running(&self) -> usize {
        self.running_jobs().len()
    }

    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// The job that works on a release, or on a cluster's place in a mesh.
    pub(crate) fn at(&self, at: &Subject) -> Option<JobId> {
        let running = self.running_jobs();
        running
            .iter()
            .find(|(_, job)| job.at == *at)
            .map(|(id, _)| id.clone())
    }

    /// A job that works on something of a cluster.
    pub(crate) fn on(&self, cluster: &ClusterName) -> Option<JobId> {
        let running = self.running_jobs();
        let mut running = running.iter();
        let found = running.find(|(_, job)| job.at.touches(cluster));
        found.map(|(id, _)| id.clone())
    }

    pub(crate) fn follow(&self, id: &JobId) -> Option<watch::Receiver<JobView>> {
        self.running_jobs().get(id).map(|job| job.view.clone())
    }

    /// Waits for the tasks to end, for at most `most`.
    pub(crate) async fn finish(&self, most: Duration) {
        let mut tasks = self.tasks.lock().await;
        let _ =
            tokio::time::timeout(most, async { while tasks.join_next().await.is_some() {} }).await;
        tasks.abort_all();
    }
}

/// Jobs that were running when the process before this one ended are interrupted.
pub(crate) fn mark_interrupted(store: &Store) -> Result<(), Error> {
    for mut job in store.jobs(200)?.into_iter().filter(|job| job.running) {
        let (step, steps) = (job.view.in_place, job.view.objects);
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
            let stored = self.store.jobs(100)?;
            let rows = stored.into_iter().map(|job| {
                let view = self
                    .jobs
                    .follow(&job.view.id)
                    .map(|live| live.borrow().clone());
                let view = view.unwrap_or(job.view);
                JobRow {
                    id: view.id,
                    kind: view.kind,
                    at: view.at,
                    state: view.state,
                    age: u64::try_from(now - job.started).unwrap_or(0),
                    took: view.took,
                }
            });
            Ok(rows.collect())
        })
        .await
    }

    /// One job, as it stands.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn job(&self, caller: &Caller, id: &JobId) -> Result<JobView, Error> {
        self.permitted(caller, Action::Read, async {
            if let Some(live) = self.jobs.follow(id) {
                return Ok(live.borrow().clone());
            }
            let stored = self
                .store
                .job(id)?
                .ok_or_else(|| Error::NoJob(id.clone()))?;
            let age = self.now().as_second() - stored.started;
            Ok(JobView {
                age: u64::try_from(age).unwrap_or(0),
                ..stored.view
            })
        })
        .await
    }

    /// Asks a job to end; what is in place stays.
    ///
    /// # Errors
    /// [`Error::NoJob`] when it does not run.
    pub async fn stop_job(&self, caller: &Caller, id: &JobId) -> Result<(), Error> {
        self.audited(caller, Action::WriteRelease, &format!("stop {id}"), async {
            let running = self.jobs.running_jobs();
            let job = running.get(id).ok_or_else(|| Error::NoJob(id.clone()))?;
            job.stop.cancel();
            Ok(())
        })
        .await
    }

    /// Starts a job and gives its name at once.
    pub(crate) async fn start(
        &self,
        caller: &Caller,
        order: JobSpec,
        work: JobPlan,
    ) -> Result<JobId, Error> {
        let at = order.subject();
        let bad = |source| Error::BadName {
            what: "job",
            name: String::new(),
            source,
        };
        let id = JobId::new(store::random_id()).map_err(bad)?;
        let progress = Progress::new(
            id.clone(),
            &order,
            &work,
            &caller.operator,
            self.setup.clock,
        );
        let stop = self.jobs.stop.child_token();
        let (sender, view) = watch::channel(progress.view());
        {
            let mut running = self.jobs.running_jobs();
            if let Some((job, _)) = running.iter().find(|(_, job)| job.at.clashes(&at)) {
                let release = at.name().to_owned();
                return Err(Error::Busy {
                    release,
                    job: job.clone(),
                });
            }
            running.insert(
                id.clone(),
                RunningJob {
                    at,
                    view,
                    stop: stop.clone(),
                },
            );
        }
        if let Err(error) = self
            .store
            .new_job(&progress.view(), &order, self.now().as_second())
        {
            self.jobs.running_jobs().remove(&id);
            return Err(error.into());
        }
        self.jobs.count.send_replace(self.jobs.running());
        let progress = Arc::new(Mutex::new(progress));
        let task = Box::pin(self.clone().run(work, progress, sender, stop));
        self.jobs.tasks.lock().await.spawn(task);
        Ok(id)
    }

    async fn run(
        self,
        work: JobPlan,
        progress: Arc<Mutex<Progress>>,
        sender: watch::Sender<JobView>,
        stop: CancellationToken,
    ) {
        let publish = {
            let (progress, store) = (progress.clone(), self.store.clone());
            move |event| {
                let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
                let save = progress.take(event);
                let view = progress.view();
                if save && let Err(error) = store.save_job(&view, true) {
                    tracing::warn!(%error, "a job's progress could not be written");
                }
                sender.send_replace(view);
            }
        };
        let keep = |text: &str| {
            let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            self.save_backup(&progress.view().id, text)
        };
        let ticking = tick(&publish, &stop);
        let outcome = tokio::select! {
            outcome = work.run(&publish, &keep, stop.clone(), self.setup.job_timeout) => outcome,
            never = ticking => match never {},
        };
        let shutting_down = self.setup.stop.is_cancelled();
        let view = {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.end(outcome.as_ref().err(), shutting_down);
            progress.view()
        };
        if let Err(error) = &outcome {
            tracing::warn!(job = %view.id, chain = error_chain(error), "a job failed");
        }
        if let Err(error) = self.store.save_job(&view, false) {
            tracing::warn!(%error, "a job's end could not be written");
        }
        self.installed.forget();
        publish(None);
        self.jobs.running_jobs().remove(&view.id);
        self.jobs.count.send_replace(self.jobs.running());
    }
}

enum Never {}

/// Lets the clock of the page go on while nothing happens.
async fn tick(publish: &impl Fn(Option<work::Told>), stop: &CancellationToken) -> Never {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => publish(None),
            () = stop.cancelled() => std::future::pending::<()>().await,
        }
    }
}
