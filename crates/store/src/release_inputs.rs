//! The inputs of the renderings of installed releases: encrypted, since passwords are derived from them.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};

impl Store {
    /// Saves the inputs of a release, which is named `cluster/namespace/name`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_release_inputs(
        &self,
        release: &str,
        inputs: &impl Serialize,
        now: i64,
    ) -> Result<(), Error> {
        let record = format!("release_inputs/{release}");
        let sealed = self.seal().encrypt_json(&record, inputs)?;
        let statement = "INSERT INTO release_inputs (release, body, saved) VALUES (?1, ?2, ?3)
             ON CONFLICT (release) DO UPDATE SET body = ?2, saved = ?3";
        self.connection()
            .execute(statement, (release, sealed, now))?;
        Ok(())
    }

    /// The inputs of a release; none when another tool or an older version installed it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn release_inputs<T: DeserializeOwned>(&self, release: &str) -> Result<Option<T>, Error> {
        let record = format!("release_inputs/{release}");
        let sealed: Option<Vec<u8>> = self
            .connection()
            .query_row(
                "SELECT body FROM release_inputs WHERE release = ?1",
                [release],
                |row| row.get(0),
            )
            .optional()?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let inputs = self.seal().decrypt_json(&record, &sealed)?;
        Ok(Some(inputs))
    }

    /// Deletes the inputs of a release that was uninstalled.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn delete_release_inputs(&self, release: &str) -> Result<(), Error> {
        self.connection()
            .execute("DELETE FROM release_inputs WHERE release = ?1", [release])?;
        Ok(())
    }
}
