//! Jobs: what each shows, in plain; what it was asked to do, sealed.

use crate::{Error, Store};
use rusqlite::{OptionalExtension as _, Row};
use serde::{Serialize, de::DeserializeOwned};
use wire::{JobId, job::JobView};

/// A job as it was last written.
#[derive(Clone, Debug)]
pub struct StoredJob {
    /// What its page shows.
    pub view: JobView,
    /// Whether the process that wrote it was still at it.
    pub running: bool,
    /// When it was started, in seconds since 1970.
    pub started: i64,
}

impl Store {
    /// Begins a job's row.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn new_job(&self, view: &JobView, request: &impl Serialize, now: i64) -> Result<(), Error> {
        let what = format!("jobs/{}", view.id);
        let shape = |source| Error::Shape {
            what: what.clone(),
            source,
        };
        let sealed = self
            .seal()
            .close(&what, &serde_json::to_vec(request).map_err(shape)?);
        let text = serde_json::to_string(view).map_err(shape)?;
        let release = view.at.release();
        let namespace = release.map_or("", |at| at.namespace.as_str());
        self.connection().execute(
            "INSERT INTO jobs (id, cluster, namespace, release, view, request, running, started)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7)",
            (
                view.id.as_str(),
                view.at.cluster().as_str(),
                namespace,
                view.at.name(),
                text,
                sealed,
                now,
            ),
        )?;
        Ok(())
    }

    /// Writes how a job stands.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn save_job(&self, view: &JobView, running: bool) -> Result<(), Error> {
        let what = format!("jobs/{}", view.id);
        let text = serde_json::to_string(view).map_err(|source| Error::Shape { what, source })?;
        let statement = "UPDATE jobs SET view = ?2, running = ?3 WHERE id = ?1";
        self.connection()
            .execute(statement, (view.id.as_str(), text, running))?;
        Ok(())
    }

    /// A job.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn job(&self, id: &JobId) -> Result<Option<StoredJob>, Error> {
        let statement = "SELECT view, running, started FROM jobs WHERE id = ?1";
        let row = self
            .connection()
            .query_row(statement, [id.as_str()], columns)
            .optional()?;
        row.map(read).transpose()
    }

    /// What a job was asked to do.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Shape`].
    pub fn job_request<T: DeserializeOwned>(&self, id: &JobId) -> Result<Option<T>, Error> {
        let what = format!("jobs/{id}");
        let statement = "SELECT request FROM jobs WHERE id = ?1";
        let row: Option<Vec<u8>> = self
            .connection()
            .query_row(statement, [id.as_str()], |row| row.get(0))
            .optional()?;
        let Some(sealed) = row else { return Ok(None) };
        let json = self.seal().open(&what, &sealed)?;
        serde_json::from_slice(&json)
            .map(Some)
            .map_err(|source| Error::Shape { what, source })
    }

    /// The newest jobs, newest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn jobs(&self, most: u32) -> Result<Vec<StoredJob>, Error> {
        let rows: Vec<(String, bool, i64)> = self
            .connection()
            .prepare("SELECT view, running, started FROM jobs ORDER BY started DESC, rowid DESC LIMIT ?1")?
            .query_map([most], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(read).collect()
    }
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(String, bool, i64)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn read((text, running, started): (String, bool, i64)) -> Result<StoredJob, Error> {
    let what = "a job".to_owned();
    let view = serde_json::from_str(&text).map_err(|source| Error::Shape { what, source })?;
    Ok(StoredJob {
        view,
        running,
        started,
    })
}
