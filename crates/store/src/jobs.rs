//! Jobs: their views in plain, their requests encrypted.

use crate::{Error, Store};
use rusqlite::{OptionalExtension as _, Row};
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
        let malformed = |source| Error::Malformed {
            record: record.clone(),
            source,
        };
        let text = serde_json::to_string(view).map_err(malformed)?;
        let clusters = serde_json::to_string(&origin.clusters).map_err(malformed)?;
        let release = view.subject.release();
        let namespace = release.map_or("", |at| at.namespace.as_str());
        let mut connection = self.connection();
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
             (id, cluster, namespace, release, view, request, running, started, clusters)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8)",
            (
                view.id.as_str(),
                view.subject.cluster().as_str(),
                namespace,
                view.subject.name(),
                text,
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
        let record = format!("jobs/{}", view.id);
        let text =
            serde_json::to_string(view).map_err(|source| Error::Malformed { record, source })?;
        let statement = "UPDATE jobs SET view = ?2, running = ?3 WHERE id = ?1";
        self.connection()
            .execute(statement, (view.id.as_str(), text, running))?;
        Ok(())
    }

    /// A job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn job(&self, id: &JobId) -> Result<Option<StoredJob>, Error> {
        let statement = "SELECT view, running, started FROM jobs WHERE id = ?1";
        let row = self
            .connection()
            .query_row(statement, [id.as_str()], columns)
            .optional()?;
        row.map(parse).transpose()
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
        let clusters = serde_json::from_str(&clusters)
            .map_err(|source| Error::Malformed { record, source })?;
        Ok(Some((clusters, resumed)))
    }

    /// Every job that was running when it was last written.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn running_jobs(&self) -> Result<Vec<StoredJob>, Error> {
        let rows: Vec<(String, bool, i64)> = self
            .connection()
            .prepare("SELECT view, running, started FROM jobs WHERE running = 1")?
            .query_map([], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(parse).collect()
    }

    /// The jobs that started after another one, newest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn jobs_after(&self, id: &JobId) -> Result<Vec<StoredJob>, Error> {
        let statement = "SELECT view, running, started FROM jobs
             WHERE rowid > (SELECT rowid FROM jobs WHERE id = ?1) ORDER BY rowid DESC";
        let rows: Vec<(String, bool, i64)> = self
            .connection()
            .prepare(statement)?
            .query_map([id.as_str()], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(parse).collect()
    }

    /// The newest jobs, newest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn jobs(&self, limit: u32) -> Result<Vec<StoredJob>, Error> {
        let rows: Vec<(String, bool, i64)> = self
            .connection()
            .prepare("SELECT view, running, started FROM jobs ORDER BY started DESC, rowid DESC LIMIT ?1")?
            .query_map([limit], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(parse).collect()
    }
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(String, bool, i64)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn parse((text, running, started): (String, bool, i64)) -> Result<StoredJob, Error> {
    let record = "a job".to_owned();
    let view = serde_json::from_str(&text).map_err(|source| Error::Malformed { record, source })?;
    Ok(StoredJob {
        view,
        running,
        started,
    })
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
}
