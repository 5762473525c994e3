//! Jobs: their views and requests encrypted, since both contain what charts and clusters say.

use crate::{Error, Store, seal::Seal};
use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use wire::{ClusterName, JobId, job::JobView};

/// The UID of each cluster that a job was planned on; "" for one that could not be read.
pub type ClusterUids = BTreeMap<ClusterName, String>;

/// What a job starts from.
#[derive(Clone, Debug, Default)]
pub struct JobOrigin {
    /// The clusters that it was planned on.
    pub clusters: ClusterUids,
    /// The job that it resumes, which cannot be resumed again.
    pub resumes: Option<JobId>,
}

/// A stored job.
#[derive(Clone, Debug)]
pub struct StoredJob {
    /// The view of its page.
    pub view: JobView,
    /// Whether it was running when it was last written.
    pub running: bool,
    /// The start time, in seconds since 1970.
    pub started: i64,
}

impl Store {
    /// Adds a job that starts: all of it or nothing. False when the job that it resumes was resumed before.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn new_job(
        &self,
        view: &JobView,
        request: &impl Serialize,
        origin: &JobOrigin,
        now: i64,
    ) -> Result<bool, Error> {
        let record = format!("jobs/{}", view.id);
        let sealed = self.seal().encrypt_json(&record, request)?;
        let sealed_view = self.seal().encrypt_json(&record, view)?;
        let clusters = serde_json::to_string(&origin.clusters)
            .map_err(|source| Error::malformed(record, &source))?;
        let release = view.subject.release();
        let namespace = release.map_or("", |at| at.namespace.as_str());
        let mut connection = self.durable()?;
        let transaction = connection.transaction()?;
        if let Some(resumed) = &origin.resumes {
            let statement = "UPDATE jobs SET resumed_by = ?2 WHERE id = ?1 AND resumed_by IS NULL";
            let changed = transaction.execute(statement, (resumed.as_str(), view.id.as_str()))?;
            if changed == 0 {
                return Ok(false);
            }
        }
        transaction.execute(
            "INSERT INTO jobs
             (id, cluster, namespace, release, view, sealed_view, request, running, started, clusters)
             VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, 1, ?7, ?8)",
            (
                view.id.as_str(),
                view.subject.cluster().as_str(),
                namespace,
                view.subject.name(),
                sealed_view,
                sealed,
                now,
                clusters,
            ),
        )?;
        transaction.commit()?;
        Ok(true)
    }

    /// Saves the view of a job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_job(&self, view: &JobView, running: bool) -> Result<(), Error> {
        let sealed = self
            .seal()
            .encrypt_json(&row_name(view.id.as_str()), view)?;
        let statement = "UPDATE jobs SET sealed_view = ?2, running = ?3 WHERE id = ?1";
        self.connection()
            .execute(statement, (view.id.as_str(), sealed, running))?;
        Ok(())
    }

    /// A job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn job(&self, id: &JobId) -> Result<Option<StoredJob>, Error> {
        let found = self.jobs_where("WHERE id = ?1", [id.as_str()])?;
        found
            .into_iter()
            .next()
            .map(|row| self.parse(&row))
            .transpose()
    }

    /// The request of a job.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn job_request<T: DeserializeOwned>(&self, id: &JobId) -> Result<Option<T>, Error> {
        let record = format!("jobs/{id}");
        let statement = "SELECT request FROM jobs WHERE id = ?1";
        let row: Option<Vec<u8>> = self
            .connection()
            .query_row(statement, [id.as_str()], |row| row.get(0))
            .optional()?;
        let Some(sealed) = row else { return Ok(None) };
        self.seal().decrypt_json(&record, &sealed).map(Some)
    }

    /// The UIDs of the clusters that a job was planned on, and whether the job was resumed.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn job_origin(&self, id: &JobId) -> Result<Option<(ClusterUids, bool)>, Error> {
        let statement = "SELECT clusters, resumed_by IS NOT NULL FROM jobs WHERE id = ?1";
        let row: Option<(String, bool)> = self
            .connection()
            .query_row(statement, [id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((clusters, resumed)) = row else {
            return Ok(None);
        };
        let record = format!("jobs/{id}");
        let clusters =
            serde_json::from_str(&clusters).map_err(|source| Error::malformed(record, &source))?;
        Ok(Some((clusters, resumed)))
    }

    /// Every job that was running when it was last written. One that cannot be read counts as ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn running_jobs(&self) -> Result<Vec<StoredJob>, Error> {
        let mut running = Vec::new();
        for row in self.jobs_where("WHERE running = 1", [])? {
            match self.parse(&row) {
                Ok(job) => running.push(job),
                Err(_) => {
                    let statement = "UPDATE jobs SET running = 0 WHERE id = ?1";
                    self.connection().execute(statement, [&row.id])?;
                }
            }
        }
        Ok(running)
    }

    /// The jobs that started after another one, newest first.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn jobs_after(&self, id: &JobId) -> Result<Vec<StoredJob>, Error> {
        let after = "WHERE rowid > (SELECT rowid FROM jobs WHERE id = ?1) ORDER BY rowid DESC";
        let rows = self.jobs_where(after, [id.as_str()])?;
        rows.iter().map(|row| self.parse(row)).collect()
    }

    /// The newest jobs, newest first. One that cannot be read hides no other.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn jobs(&self, limit: u32) -> Result<Vec<StoredJob>, Error> {
        let rows = self.jobs_where("ORDER BY started DESC, rowid DESC LIMIT ?1", [limit])?;
        Ok(rows.iter().flat_map(|row| self.parse(row)).collect())
    }

    /// The id, the start and whether it is running of every job, newest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn job_index(&self) -> Result<Vec<(JobId, i64, bool)>, Error> {
        let statement = "SELECT id, started, running FROM jobs ORDER BY started DESC, rowid DESC";
        let connection = self.connection();
        let mut statement = connection.prepare(statement)?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
        })?;
        let mut jobs = Vec::new();
        for row in rows {
            let (id, started, running) = row?;
            // A row that an older version damaged hides no other.
            if let Ok(id) = JobId::new(id) {
                jobs.push((id, started, running));
            }
        }
        Ok(jobs)
    }

    fn jobs_where(&self, condition: &str, with: impl Params) -> Result<Vec<Columns>, Error> {
        let statement = format!("SELECT id, sealed_view, running, started FROM jobs {condition}");
        let connection = self.connection();
        let mut statement = connection.prepare(&statement)?;
        let rows = statement.query_map(with, columns)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn parse(&self, row: &Columns) -> Result<StoredJob, Error> {
        Ok(StoredJob {
            view: self
                .seal()
                .decrypt_json(&row_name(&row.id), &row.sealed_view)?,
            running: row.running,
            started: row.started,
        })
    }
}

/// Encrypts the views that an older version stored in plain, and overwrites the pages that had them.
pub(crate) fn seal_views(connection: &mut Connection, seal: &Seal) -> Result<(), Error> {
    let statement = "SELECT id, view FROM jobs WHERE sealed_view IS NULL";
    let plain: Vec<(String, String)> = connection
        .prepare(statement)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    if plain.is_empty() {
        return Ok(());
    }
    connection.pragma_update(None, "secure_delete", "ON")?;
    let transaction = connection.transaction()?;
    for (id, view) in plain {
        let sealed = seal.encrypt(&row_name(&id), view.as_bytes());
        let statement = "UPDATE jobs SET view = '', sealed_view = ?2 WHERE id = ?1";
        transaction.execute(statement, (id, sealed))?;
    }
    transaction.commit()?;
    connection.pragma_update(None, "secure_delete", "OFF")?;
    // Pages that an older version freed have plain views, too. A full disk must not prevent the start.
    let compacted = connection
        .execute("VACUUM", [])
        .and_then(|_| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    compacted.or(Ok(()))
}

/// A row of the table.
struct Columns {
    id: String,
    sealed_view: Vec<u8>,
    running: bool,
    started: i64,
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok(Columns {
        id: row.get(0)?,
        sealed_view: row.get(1)?,
        running: row.get(2)?,
        started: row.get(3)?,
    })
}

fn row_name(id: &str) -> String {
    format!("jobs/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::job::{JobKind, JobState, Subject};

    fn view(id: &str) -> JobView {
        serde_json::from_value(serde_json::json!({
            "id": id, "kind": JobKind::Cleanup, "started_by": "ann",
            "subject": Subject::Cluster(ClusterName::new("east").expect("a name")),
            "state": JobState::Running, "age": 0, "elapsed_ms": 0, "completed": 0, "objects": 0,
            "phases": [], "events": [], "blocking": null,
        }))
        .expect("a view")
    }

    #[test]
    fn a_job_is_resumed_once_and_a_refused_job_leaves_no_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let [first, second, third] = ["first", "second", "third"].map(view);
        let clusters: ClusterUids = [(
            ClusterName::new("east").expect("a name"),
            "uid-1".to_owned(),
        )]
        .into();
        let origin = JobOrigin {
            clusters: clusters.clone(),
            resumes: None,
        };
        assert!(
            store
                .new_job(&first, &"request", &origin, 1)
                .expect("added")
        );
        let known = store.job_origin(&first.id).expect("read");
        assert_eq!(known, Some((clusters, false)));
        let resumes = JobOrigin {
            resumes: Some(first.id.clone()),
            ..JobOrigin::default()
        };
        assert!(
            store
                .new_job(&second, &"request", &resumes, 2)
                .expect("added")
        );
        assert!(
            !store
                .new_job(&third, &"request", &resumes, 3)
                .expect("refused")
        );
        assert!(store.job(&third.id).expect("read").is_none());
        let (_, resumed) = store.job_origin(&first.id).expect("read").expect("a job");
        assert!(resumed);
    }

    #[test]
    fn a_view_is_encrypted_also_when_an_older_version_stored_it_in_plain() {
        let folder = tempfile::tempdir().expect("a folder");
        let job = view("only");
        {
            let store = Store::open(folder.path()).expect("a store");
            let origin = JobOrigin::default();
            store.new_job(&job, &"request", &origin, 1).expect("added");
            let plain = serde_json::to_string(&job).expect("JSON");
            let older = "UPDATE jobs SET view = ?1, sealed_view = NULL";
            store.connection().execute(older, [plain]).expect("older");
        }
        let store = Store::open(folder.path()).expect("a store");
        let found = store.job(&job.id).expect("read").expect("a job");
        assert_eq!(found.view, job);
        drop(store);
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("started_by"), "{}", path.display());
        }
    }

    #[test]
    fn a_damaged_job_hides_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        for id in ["damaged", "fine"] {
            let origin = JobOrigin::default();
            store.new_job(&view(id), &"", &origin, 1).expect("added");
        }
        let damage = "UPDATE jobs SET sealed_view = x'00' WHERE id = 'damaged'";
        store.connection().execute(damage, []).expect("damaged");
        for found in [store.running_jobs(), store.jobs(9)] {
            let found = found.expect("read");
            let ids: Vec<&str> = found.iter().map(|job| job.view.id.as_str()).collect();
            assert_eq!(ids, ["fine"]);
        }
    }
}
