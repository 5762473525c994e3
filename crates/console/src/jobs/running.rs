//! The jobs that run: one at a time on a subject, and none on a cluster whose registration changes.
//!
//! A job is registered before it starts, and unregistered when its end is stored. A change of a cluster's
//! credential or name holds the cluster by [`Jobs::hold`], so that no job loses its connection.

use crate::{Action, Error};
use parking_lot::Mutex;
use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
    time::Duration,
};
use store::Store;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use wire::{
    ClusterName, JobId, Time,
    job::{JobView, Subject},
    live::EndedJob,
};

/// The number of ended jobs that every page knows.
const MAX_ENDED: usize = 10;

fn ended_job(view: &JobView, ended: Time) -> EndedJob {
    EndedJob {
        id: view.id.clone(),
        kind: view.kind,
        subject: view.subject.clone(),
        state: view.state.clone(),
        ended,
    }
}

/// A job that runs.
pub(super) struct RunningJob {
    pub(super) subject: Subject,
    /// The permission that starting and stopping it takes.
    pub(super) action: Action,
    pub(super) view: watch::Receiver<JobView>,
    pub(super) stop: CancellationToken,
}

/// The jobs that run, and the clusters that jobs must not start on.
#[derive(Default)]
struct Running {
    jobs: HashMap<JobId, RunningJob>,
    held: Vec<ClusterName>,
}

impl Running {
    /// The error when no job may start on a subject.
    fn ensure_free(&self, subject: &Subject) -> Result<(), Error> {
        let mut jobs = self.jobs.iter();
        if let Some((other, _)) = jobs.find(|(_, other)| other.subject.clashes(subject)) {
            return Err(Error::Busy {
                release: subject.name().to_owned(),
                job: other.clone(),
            });
        }
        match self.held.iter().find(|cluster| subject.touches(cluster)) {
            Some(cluster) => Err(Error::PlanChanged {
                objects: vec![format!("cluster {cluster}")],
            }),
            None => Ok(()),
        }
    }
}

/// All jobs that run.
pub(crate) struct Jobs {
    pub(super) stop: CancellationToken,
    running: Mutex<Running>,
    /// The views of jobs whose end is not stored yet.
    unsaved: Mutex<HashMap<JobId, JobView>>,
    /// The jobs that ended last, the newest first.
    ended: Mutex<VecDeque<EndedJob>>,
    tasks: Mutex<JoinSet<()>>,
    count: watch::Sender<usize>,
}

impl Jobs {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        let (count, _) = watch::channel(0);
        Self {
            stop,
            running: Mutex::default(),
            unsaved: Mutex::default(),
            ended: Mutex::default(),
            tasks: Mutex::default(),
            count,
        }
    }

    pub(crate) fn running(&self) -> usize {
        self.running.lock().jobs.len()
    }

    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// The job that works on a subject, or on a bundle with that release.
    pub(crate) fn on_subject(&self, subject: &Subject) -> Option<JobId> {
        let running = self.running.lock();
        let mut jobs = running.jobs.iter();
        let found = jobs.find(|(_, job)| job.subject.includes(subject));
        found.map(|(id, _)| id.clone())
    }

    /// Keeps jobs off a cluster until the result is dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] when a job works on something of the cluster.
    pub(crate) fn hold(&self, cluster: &ClusterName) -> Result<HeldCluster<'_>, Error> {
        let mut running = self.running.lock();
        let mut jobs = running.jobs.iter();
        if let Some((id, _)) = jobs.find(|(_, job)| job.subject.touches(cluster)) {
            return Err(Error::Busy {
                release: cluster.to_string(),
                job: id.clone(),
            });
        }
        running.held.push(cluster.clone());
        Ok(HeldCluster {
            jobs: self,
            cluster: cluster.clone(),
        })
    }

    pub(crate) fn follow(&self, id: &JobId) -> Option<watch::Receiver<JobView>> {
        let running = self.running.lock();
        running.jobs.get(id).map(|job| job.view.clone())
    }

    /// The view of a job that runs, or whose end is not stored yet.
    pub(super) fn current(&self, id: &JobId) -> Option<JobView> {
        let live = self.follow(id).map(|view| view.borrow().clone());
        live.or_else(|| self.unsaved.lock().get(id).cloned())
    }

    /// Keeps the view of a job that ended until its end is stored.
    pub(super) fn keep_unsaved(&self, view: JobView) {
        self.unsaved.lock().insert(view.id.clone(), view);
    }

    /// The jobs that ended last, the newest first.
    pub(crate) fn ended(&self) -> Vec<EndedJob> {
        self.ended.lock().iter().cloned().collect()
    }

    /// Notes the end of a job for the pages that are open.
    pub(super) fn note_end(&self, view: &JobView, ended: Time) {
        let mut jobs = self.ended.lock();
        jobs.push_front(ended_job(view, ended));
        jobs.truncate(MAX_ENDED);
    }

    /// Notes the last jobs that ended before the console started. A job that cannot be read hides no other.
    ///
    /// # Errors
    /// [`store::Error::Database`].
    pub(crate) fn restore_ended(&self, store: &Store) -> Result<(), store::Error> {
        let index = store.job_index()?.into_iter();
        let read = index.filter_map(|(id, started, _)| {
            let view = store.job(&id).ok()??.view;
            let seconds = i64::try_from(view.elapsed_ms / 1000).unwrap_or(0);
            Some(ended_job(&view, Time(started.saturating_add(seconds))))
        });
        let mut jobs: Vec<EndedJob> = read.take(MAX_ENDED).collect();
        jobs.sort_by_key(|job| Reverse(job.ended.0));
        *self.ended.lock() = jobs.into();
        Ok(())
    }

    /// Forgets the view of a job whose end is stored.
    pub(super) fn saved(&self, id: &JobId) {
        self.unsaved.lock().remove(id);
    }

    /// The permission that stopping a job takes, and what stops it.
    pub(super) fn stop_of(&self, id: &JobId) -> Option<(Action, CancellationToken)> {
        let running = self.running.lock();
        let job = running.jobs.get(id)?;
        Some((job.action, job.stop.clone()))
    }

    /// Checks that no running job works on a subject.
    pub(super) fn ensure_free(&self, subject: &Subject) -> Result<(), Error> {
        self.running.lock().ensure_free(subject)
    }

    /// Registers a job, unless another one works on its subject.
    pub(super) fn register(&self, id: &JobId, job: RunningJob) -> Result<Registration<'_>, Error> {
        let mut running = self.running.lock();
        running.ensure_free(&job.subject)?;
        running.jobs.insert(id.clone(), job);
        Ok(Registration {
            jobs: self,
            id: id.clone(),
            is_kept: false,
        })
    }

    pub(super) fn unregister(&self, id: &JobId) {
        self.running.lock().jobs.remove(id);
        self.publish_count();
    }

    fn publish_count(&self) {
        self.count.send_replace(self.running());
    }

    /// Spawns a job's task, and reaps the tasks that have ended.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
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

/// A cluster whose registration changes; jobs may work on it again when this is dropped.
pub(crate) struct HeldCluster<'a> {
    jobs: &'a Jobs,
    cluster: ClusterName,
}

impl Drop for HeldCluster<'_> {
    fn drop(&mut self) {
        let mut running = self.jobs.running.lock();
        let place = running.held.iter().position(|held| *held == self.cluster);
        if let Some(place) = place {
            running.held.swap_remove(place);
        }
    }
}

/// A registered job that has not started yet; it is unregistered unless it is kept.
pub(super) struct Registration<'a> {
    jobs: &'a Jobs,
    id: JobId,
    is_kept: bool,
}

impl Registration<'_> {
    /// Leaves the job registered: it runs from now on.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
        self.jobs.publish_count();
    }
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.jobs.unregister(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_job_starts_on_a_cluster_while_it_is_held() {
        let jobs = Jobs::new(CancellationToken::new());
        let east = ClusterName::new("east").expect("a name");
        let subject = Subject::Cluster(east.clone());
        let held = jobs.hold(&east).expect("no job runs");
        let refused = jobs.ensure_free(&subject);
        assert!(
            matches!(refused, Err(Error::PlanChanged { .. })),
            "{refused:?}"
        );
        drop(held);
        jobs.ensure_free(&subject).expect("free again");
    }
}
