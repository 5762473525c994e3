//! What the console remembers: clusters, repositories, sealed credentials, uploads, sessions, drafts,
//! jobs and what they saved, meshes, audit.
//!
//! One embedded SQLite file in the data directory, in WAL mode, brought up to date by migrations. What
//! is secret is sealed before it is written ([`seal`]); tokens are kept as hashes only. Start at
//! [`Store::open`].

mod audit;
mod backups;
mod clusters;
mod drafts;
mod error;
mod jobs;
mod meshes;
mod repositories;
mod rotate;
mod schema;
mod seal;
mod sessions;
mod uploads;

pub use audit::AuditLine;
pub use clusters::{StoredCluster, Told};
pub use error::Error;
pub use jobs::StoredJob;
pub use repositories::StoredRepository;
pub use seal::Seal;
pub use sessions::{Token, random_name};
pub use uploads::StoredUpload;

use rotate::Keys;
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The console's memory. Calls are short and blocking.
pub struct Store {
    connection: Mutex<Connection>,
    seal: Seal,
    folder: PathBuf,
}

impl Store {
    /// Opens the memory in `folder`, which is made when it is missing.
    ///
    /// # Errors
    /// [`Error::Folder`], [`Error::Key`] or [`Error::Database`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(|source| Error::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let file = folder.join("meshspan.db");
        keep_private(&file).map_err(|source| Error::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        schema::migrate(&mut connection)?;
        let keys = Keys::of(folder);
        keys.heal(&connection)?;
        Ok(Self {
            seal: Seal::of(&keys.now)?,
            connection: Mutex::new(connection),
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn seal(&self) -> &Seal {
        &self.seal
    }
}

/// Makes the file when it is missing, and lets nobody else read it; SQLite gives its companions the
/// same mode.
fn keep_private(file: &Path) -> std::io::Result<()> {
    let made = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        made.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    drop(made);
    Ok(())
}
