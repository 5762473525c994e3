//! The errors of the database.

use std::{fmt, path::PathBuf};

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
        source: JsonError,
    },
}

impl Error {
    /// The error of a record whose JSON cannot be read or written.
    pub fn malformed(record: impl Into<String>, source: &serde_json::Error) -> Self {
        Self::Malformed {
            record: record.into(),
            source: JsonError::from(source),
        }
    }
}

/// Where JSON is not what was expected. The text of serde is left out: it repeats values, which are
/// credentials and passwords here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    is_syntax: bool,
    line: usize,
    column: usize,
}

impl From<&serde_json::Error> for JsonError {
    fn from(error: &serde_json::Error) -> Self {
        Self {
            is_syntax: error.is_syntax() || error.is_eof(),
            line: error.line(),
            column: error.column(),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.is_syntax {
            "it is not JSON"
        } else {
            "a field does not have its type"
        };
        write!(out, "line {}, column {}: {reason}", self.line, self.column)
    }
}

impl std::error::Error for JsonError {}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::error_chain;

    #[test]
    fn a_malformed_record_shows_no_value() {
        let error = serde_json::from_str::<Vec<u8>>("\"the-token\"").expect_err("no list");
        assert!(error.to_string().contains("the-token"));
        assert_eq!(
            error_chain(&Error::malformed("cluster east", &error)),
            "cluster east is malformed: line 1, column 11: a field does not have its type"
        );
    }
}
