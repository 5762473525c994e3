//! The backups of jobs that delete objects: encrypted, since objects may contain secrets.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use wire::JobId;

impl Store {
    /// Saves the backup of a job.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn save_backup(&self, job: &JobId, body: &[u8], now: i64) -> Result<(), Error> {
        let sealed = self.seal().encrypt(&format!("backups/{job}"), body);
        let statement = "INSERT INTO backups (job, body, kept) VALUES (?1, ?2, ?3)";
        self.durable()?
            .execute(statement, (job.as_str(), sealed, now))?;
        Ok(())
    }

    /// The backup of a job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Sealed`].
    pub fn backup(&self, job: &JobId) -> Result<Option<Vec<u8>>, Error> {
        let statement = "SELECT body FROM backups WHERE job = ?1";
        let row: Option<Vec<u8>> = self
            .connection()
            .query_row(statement, [job.as_str()], |row| row.get(0))
            .optional()?;
        let decrypt = |sealed: Vec<u8>| {
            self.seal()
                .decrypt(&format!("backups/{job}"), &sealed)
                .map(|body| body.to_vec())
        };
        row.map(decrypt).transpose()
    }

    /// Deletes the backup of a job, and its size in the job's view; returns whether there was one.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn delete_backup(&self, job: &JobId) -> Result<bool, Error> {
        let statement = "DELETE FROM backups WHERE job = ?1";
        let deleted = self.connection().execute(statement, [job.as_str()])? == 1;
        if let Some(mut job) = self.job(job)?.filter(|job| job.view.backup.is_some()) {
            job.view.backup = None;
            self.save_job(&job.view, job.running)?;
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_stored_encrypted() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let job = JobId::new("one").expect("a name");
        store.save_backup(&job, b"kind: Gateway", 1).expect("saved");
        let saved = store.backup(&job).expect("read");
        assert_eq!(saved.as_deref(), Some(b"kind: Gateway".as_slice()));
        let other = JobId::new("two").expect("a name");
        assert!(store.backup(&other).expect("read").is_none());
        let raw: Vec<u8> = store
            .connection()
            .query_row("SELECT body FROM backups", [], |row| row.get(0))
            .expect("a row");
        let text = String::from_utf8_lossy(&raw).into_owned();
        assert!(!text.contains("Gateway"), "{text}");
    }
}
