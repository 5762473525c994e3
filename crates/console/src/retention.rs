//! Retention: a background task deletes old drafts, jobs and audit lines, by age and by number.
//!
//! Drafts of the steps of a mesh stay with the mesh. Backups are deleted by an operator only. Start at
//! [`Console::watch_retention`].

use crate::{Action, Caller, Console, Error, log_text::log_text};
use std::time::Duration;
use store::{Kept, Store};
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::{DraftId, JobId};

/// The time between two deletions.
const INTERVAL: Duration = Duration::from_hours(1);
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// How long rows of one table are kept, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The age in days.
    pub days: u32,
    /// The number.
    pub count: u32,
}

/// What the console keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Drafts, by their last change.
    pub drafts: Limit,
    /// Jobs that ended, by their start.
    pub jobs: Limit,
    /// Lines of the audit log.
    pub audit: Limit,
}

impl Default for Retention {
    /// Drafts for 30 days, jobs for a year, the audit log for two years.
    fn default() -> Self {
        let limit = |days, count| Limit { days, count };
        Self {
            drafts: limit(30, 500),
            jobs: limit(365, 2_000),
            audit: limit(730, 100_000),
        }
    }
}

impl Limit {
    fn at(self, now: i64) -> Kept {
        Kept {
            since: now - i64::from(self.days) * SECONDS_PER_DAY,
            count: self.count,
        }
    }
}

/// The task of the retention.
#[derive(Default)]
pub(crate) struct RetentionTask(TaskTracker);

impl RetentionTask {
    /// Waits until the task has ended, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        self.0.close();
        let _ = tokio::time::timeout(timeout, self.0.wait()).await;
    }
}

impl Console {
    /// Deletes what is too old, now and every hour, until the console closes. The server calls this method
    /// once.
    pub fn watch_retention(&self) {
        let console = self.clone();
        let stop: CancellationToken = self.setup.stop.clone();
        self.retention.0.spawn(async move {
            loop {
                if let Err(error) = console.delete_old().await {
                    tracing::warn!(chain = log_text(&error), "old rows could not be deleted");
                }
                tokio::select! {
                    () = sleep(INTERVAL) => {}
                    () = stop.cancelled() => return,
                }
            }
        });
    }

    /// Deletes old drafts, jobs and audit lines.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delete_old(&self) -> Result<(), Error> {
        let meshes = self.stored_meshes().await?.into_iter();
        let drafts = meshes.flat_map(|mesh| mesh.drafts);
        let used: Vec<DraftId> = drafts.map(|(_, _, draft)| draft).collect();
        let (kept, now) = (self.setup.retention, self.now().as_second());
        let deleted = self.with_store(move |store: &Store| {
            Ok((
                store.delete_old_drafts(kept.drafts.at(now), &used)?,
                store.delete_old_jobs(kept.jobs.at(now))?,
                store.delete_old_audit_lines(kept.audit.at(now))?,
            ))
        });
        let (drafts, jobs, audit_lines) = deleted.await?;
        if drafts + jobs + audit_lines > 0 {
            tracing::info!(drafts, jobs, audit_lines, "old rows were deleted");
        }
        Ok(())
    }

    /// Deletes the backup of a job, which is kept until then.
    ///
    /// # Errors
    /// [`Error::NoBackup`], [`Error::Busy`] while the job runs, [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn delete_backup(&self, caller: &Caller, job: &JobId) -> Result<(), Error> {
        let target = format!("delete the backup of job {job}");
        self.audited(caller, Action::WriteMesh, &target, async {
            if self.jobs.follow(job).is_some() {
                let release = job.to_string();
                let job = job.clone();
                return Err(Error::Busy { release, job });
            }
            let id = job.clone();
            let deleted = self.with_store(move |store| store.delete_backup(&id));
            if !deleted.await? {
                return Err(Error::NoBackup(job.clone()));
            }
            Ok(())
        })
        .await
    }
}
