//! Jobs: their views in plain, their requests encrypted.

use crate::{Error, Store};
use rusqlite::{OptionalExtension as _, Row};
use serde::{Serialize, de::DeserializeOwned};
use wire::{JobId, job::JobView};

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
    /// Adds a job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn new_job(&self, view: &JobView, request: &impl Serialize, now: i64) -> Result<(), Error> {
        let record = format!("jobs/{}", view.id);
        let malformed = |source| Error::Malformed {
            record: record.clone(),
            source,
        };
        let sealed = self
            .seal()
            .encrypt(&record, &serde_json::to_vec(request).map_err(malformed)?);
        let text = serde_json::to_string(view).map_err(malformed)?;
        let release = view.subject.release();
        let namespace = release.map_or("", |at| at.namespace.as_str());
        self.connection().execute(
            "INSERT INTO jobs (id, cluster, namespace, release, view, request, running, started)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7)",
            (
                view.id.as_str(),
                view.subject.cluster().as_str(),
                namespace,
                view.subject.name(),
                text,
                sealed,
                now,
            ),
        )?;
        Ok(())
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
        let json = self.seal().decrypt(&record, &sealed)?;
        serde_json::from_slice(&json)
            .map(Some)
            .map_err(|source| Error::Malformed { record, source })
    }

    /// Stores the UIDs of the clusters that a job was planned on, as JSON.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_job_clusters(&self, id: &JobId, clusters: &str) -> Result<(), Error> {
        let statement = "UPDATE jobs SET clusters = ?2 WHERE id = ?1";
        self.connection()
            .execute(statement, (id.as_str(), clusters))?;
        Ok(())
    }

    /// The UIDs of the clusters that a job was planned on, as JSON, and the job that resumed it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn job_origin(&self, id: &JobId) -> Result<Option<(String, Option<String>)>, Error> {
        let statement = "SELECT clusters, resumed_by FROM jobs WHERE id = ?1";
        let connection = self.connection();
        let row = connection.query_row(statement, [id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        Ok(row.optional()?)
    }

    /// Records which job resumed another one, once: false when that was done already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_resumed_by(&self, id: &JobId, by: &JobId) -> Result<bool, Error> {
        let statement = "UPDATE jobs SET resumed_by = ?2 WHERE id = ?1 AND resumed_by IS NULL";
        let changed = self
            .connection()
            .execute(statement, (id.as_str(), by.as_str()))?;
        Ok(changed == 1)
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
