//! The logs of the hooks of jobs: encrypted, and deleted with their job.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use wire::{JobId, job::HookLog};

impl Store {
    /// Saves the logs of a job, in place of those that were saved before.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_job_logs(&self, job: &JobId, logs: &[HookLog]) -> Result<(), Error> {
        let sealed = self.seal().encrypt_json(&row_name(job), &logs)?;
        let statement = "INSERT INTO job_logs (job, body) VALUES (?1, ?2)
             ON CONFLICT (job) DO UPDATE SET body = excluded.body";
        self.connection()
            .execute(statement, (job.as_str(), sealed))?;
        Ok(())
    }

    /// The logs of a job; empty when it has none.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn job_logs(&self, job: &JobId) -> Result<Vec<HookLog>, Error> {
        let statement = "SELECT body FROM job_logs WHERE job = ?1";
        let row: Option<Vec<u8>> = self
            .connection()
            .query_row(statement, [job.as_str()], |row| row.get(0))
            .optional()?;
        let read = row.map(|sealed| self.seal().decrypt_json(&row_name(job), &sealed));
        Ok(read.transpose()?.unwrap_or_default())
    }
}

fn row_name(job: &JobId) -> String {
    format!("job_logs/{job}")
}
