//! What jobs saved before they deleted it: sealed, for people write into objects what they like.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use wire::JobId;

impl Store {
    /// Keeps what a job saved.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn keep_backup(&self, job: &JobId, body: &[u8], now: i64) -> Result<(), Error> {
        let sealed = self.seal().close(&format!("backups/{job}"), body);
        let statement = "INSERT INTO backups (job, body, kept) VALUES (?1, ?2, ?3)";
        self.connection()
            .execute(statement, (job.as_str(), sealed, now))?;
        Ok(())
    }

    /// What a job saved.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Sealed`].
    pub fn backup(&self, job: &JobId) -> Result<Option<Vec<u8>>, Error> {
        let statement = "SELECT body FROM backups WHERE job = ?1";
        let row: Option<Vec<u8>> = self
            .connection()
            .query_row(statement, [job.as_str()], |row| row.get(0))
            .optional()?;
        let open = |sealed: Vec<u8>| self.seal().open(&format!("backups/{job}"), &sealed);
        row.map(open).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_saved_is_kept_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let job = JobId::new("one").expect("a name");
        store.keep_backup(&job, b"kind: Gateway", 1).expect("kept");
        let kept = store.backup(&job).expect("read");
        assert_eq!(kept.as_deref(), Some(b"kind: Gateway".as_slice()));
        let other = JobId::new("two").expect("a name");
        assert!(store.backup(&other).expect("read").is_none());
        let raw: Vec<u8> = store
            .connection()
            .query_row("SELECT body FROM backups", [], |row| row.get(0))
            .expect("a row");
        let shown = String::from_utf8_lossy(&raw).into_owned();
        assert!(!shown.contains("Gateway"), "{shown}");
    }
}
