//! Why the console could not remember something.

use std::path::PathBuf;

/// Why the console could not remember something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory cannot be made or written.
    #[error("could not use the data directory {}", folder.display())]
    Folder {
        /// The directory.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key file cannot be used.
    #[error("could not use the key file {}: {reason}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// Something sealed does not open: another key, or it was changed.
    #[error("{what} does not open with this key")]
    Sealed {
        /// What it is.
        what: String,
    },
    /// SQLite.
    #[error("the database did not do it")]
    Database(#[from] rusqlite::Error),
    /// Something stored cannot be read as what it should be.
    #[error("{what} cannot be read")]
    Shape {
        /// What it is.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}
