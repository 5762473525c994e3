//! The console's database: clusters, repositories, encrypted credentials, uploads, sessions, drafts, jobs
//! with their backups, meshes, and the audit log.
//!
//! One embedded SQLite file in the data directory, in WAL mode, with migrations. Secrets are encrypted
//! before they are written ([`seal`]); tokens are stored as hashes only. Start at [`Store::open`].

mod audit;
mod backups;
mod clusters;
mod drafts;
mod durable;
mod error;
mod job_logs;
mod jobs;
mod meshes;
mod release_inputs;
mod repositories;
mod retention;
mod reviews;
mod rotate;
mod schema;
mod seal;
mod sessions;
mod uploads;

pub use audit::{AuditFilter, AuditLine};
pub use clusters::{NetworkOverride, StoredCluster};
pub use drafts::StoredDraft;
pub use error::{Error, JsonError};
pub use jobs::{ClusterUids, JobOrigin, StoredJob};
pub use repositories::StoredRepository;
pub use retention::Kept;
pub use seal::Seal;
pub use sessions::{NewSession, SessionId, StoredSession, Token, Validity, random, random_bytes};
pub use uploads::StoredUpload;

use parking_lot::{Mutex, MutexGuard};
use rotate::KeyFiles;
use rusqlite::Connection;
use sessions::EndedSessions;
use std::path::{Path, PathBuf};

/// The console's database. Calls are short and blocking.
pub struct Store {
    connection: Mutex<Connection>,
    ended: Mutex<EndedSessions>,
    seal: Seal,
    folder: PathBuf,
}

impl Store {
    /// Opens the database in `folder`, which is created when it does not exist.
    ///
    /// # Errors
    /// [`Error::Folder`], [`Error::Key`], [`Error::NewerDatabase`] or [`Error::Database`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        create_private_folder(folder).map_err(|source| Error::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let file = folder.join("meshspan.db");
        create_private(&file).map_err(|source| Error::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        schema::migrate(&mut connection)?;
        let keys = KeyFiles::new(folder);
        keys.recover(&connection)?;
        let seal = keys.open(&connection)?;
        jobs::seal_views(&mut connection, &seal)?;
        Ok(Self {
            seal,
            connection: Mutex::new(connection),
            ended: Mutex::default(),
            folder: folder.to_owned(),
        })
    }

    /// Calls `hook` before each commit, so that a test of crashes can end the process at any write.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn before_commits(&self, hook: fn()) -> Result<(), Error> {
        let commits = move || {
            hook();
            false
        };
        Ok(self.connection().commit_hook(Some(commits))?)
    }

    /// The id of the console in the clusters: random, and the same as long as the database exists.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn console_id(&self) -> Result<String, Error> {
        let statement = "SELECT id FROM console";
        Ok(self
            .connection()
            .query_row(statement, [], |row| row.get(0))?)
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn seal(&self) -> &Seal {
        &self.seal
    }
}

/// Creates the directory if it does not exist, for this user only. One of another user, such as
/// a mounted volume, keeps its mode.
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
    Ok(())
}

/// Creates the file if it does not exist, with permissions for this user only; SQLite gives its companion
/// files the same mode.
fn create_private(file: &Path) -> std::io::Result<()> {
    let created = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        created.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    drop(created);
    Ok(())
}
