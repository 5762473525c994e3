//! Retention: old drafts, jobs and audit lines are deleted, by age and by number.
//!
//! A running job, an interrupted one that can still be resumed, and one with a backup stay. Start at
//! [`Store::delete_old_jobs`].

use crate::{Error, Store, StoredJob};
use wire::{DraftId, JobId, job::JobState};

/// What is kept: the newest rows, if they are not too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Rows of before this time, in seconds since 1970, are deleted.
    pub since: i64,
    /// The number of rows that are kept.
    pub count: u32,
}

impl Store {
    /// Deletes old drafts, but none of `used`; returns their number.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn delete_old_drafts(&self, kept: Kept, used: &[DraftId]) -> Result<usize, Error> {
        let used =
            serde_json::to_string(used).map_err(|source| Error::malformed("drafts", &source))?;
        let statement = "DELETE FROM drafts WHERE id NOT IN (SELECT value FROM json_each(?3))
             AND (saved < ?1 OR rowid NOT IN
                  (SELECT rowid FROM drafts ORDER BY saved DESC, rowid DESC LIMIT ?2))";
        let row = (kept.since, kept.count, used);
        Ok(self.connection().execute(statement, row)?)
    }

    /// Deletes old audit lines; returns their number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn delete_old_audit_lines(&self, kept: Kept) -> Result<usize, Error> {
        let statement = "DELETE FROM audit WHERE at < ?1 OR id NOT IN
             (SELECT id FROM audit ORDER BY id DESC LIMIT ?2)";
        let row = (kept.since, kept.count);
        Ok(self.connection().execute(statement, row)?)
    }

    /// Deletes old jobs; returns their number. An older job on the same subject can no longer be resumed
    /// once a later one is deleted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn delete_old_jobs(&self, kept: Kept) -> Result<usize, Error> {
        let mut deleted = 0;
        let mut staying: Vec<StoredJob> = Vec::new();
        for id in self.old_jobs(kept)? {
            let stored = self.job(&id);
            if let Ok(Some(job)) = &stored
                && self.must_stay(job)?
            {
                staying.push(job.clone());
                continue;
            }
            let closes = |older: &&StoredJob| match &stored {
                Ok(Some(job)) => older.view.subject.clashes(&job.view.subject),
                _ => false,
            };
            for older in staying.iter().filter(closes) {
                let statement =
                    "UPDATE jobs SET resumed_by = coalesce(resumed_by, ?2) WHERE id = ?1";
                let row = (older.view.id.as_str(), id.as_str());
                self.connection().execute(statement, row)?;
            }
            let statement = "DELETE FROM jobs WHERE id = ?1";
            deleted += self.connection().execute(statement, [id.as_str()])?;
        }
        Ok(deleted)
    }

    /// The jobs before the first one that is young enough, and those beyond the number, oldest first.
    fn old_jobs(&self, kept: Kept) -> Result<Vec<JobId>, Error> {
        let statement = "SELECT id FROM jobs
             WHERE rowid < coalesce((SELECT min(rowid) FROM jobs WHERE started >= ?1),
                                    (SELECT max(rowid) + 1 FROM jobs))
                OR rowid NOT IN (SELECT rowid FROM jobs ORDER BY rowid DESC LIMIT ?2)
             ORDER BY rowid";
        let connection = self.connection();
        let mut statement = connection.prepare(statement)?;
        let rows = statement.query_map((kept.since, kept.count), |row| row.get(0))?;
        let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(ids.into_iter().flat_map(JobId::new).collect())
    }

    fn must_stay(&self, job: &StoredJob) -> Result<bool, Error> {
        if job.running || job.view.backup.is_some() {
            return Ok(true);
        }
        if !matches!(job.view.state, JobState::Interrupted { .. }) {
            return Ok(false);
        }
        let resumed = self.job_origin(&job.view.id)?;
        if resumed.is_none_or(|(_, resumed)| resumed) {
            return Ok(false);
        }
        let later = self.jobs_after(&job.view.id)?;
        let subject = &job.view.subject;
        Ok(!later
            .iter()
            .any(|later| later.view.subject.clashes(subject)))
    }
}

#[cfg(test)]
mod tests;
