//! The errors of the database.

use std::path::PathBuf;

/// The error of a database operation.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory cannot be created or written.
    #[error("could not use the data directory {}", folder.display())]
    Folder {
        /// The directory.
        folder: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The key file cannot be used.
    #[error("could not use the key file {}: {reason}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// The cause.
        reason: String,
    },
    /// An encrypted value cannot be decrypted: the key differs, or the value was changed.
    #[error("{record} cannot be decrypted with this key")]
    Sealed {
        /// The record.
        record: String,
    },
    /// A newer version of the program has migrated the database.
    #[error(
        "the database has schema version {version}, and this version of meshspan supports {supported} at most"
    )]
    NewerDatabase {
        /// The schema version of the database.
        version: u32,
        /// The newest schema version that this program knows.
        supported: u32,
    },
    /// An error of SQLite.
    #[error("the database operation failed")]
    Database(#[from] rusqlite::Error),
    /// A stored record is not valid JSON of its type.
    #[error("{record} is malformed")]
    Malformed {
        /// The record.
        record: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
}
