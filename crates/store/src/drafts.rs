//! Drafts of installations: encrypted, since values may contain passwords.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};
use wire::DraftId;

impl Store {
    /// Saves a draft.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_draft(&self, id: &DraftId, draft: &impl Serialize, now: i64) -> Result<(), Error> {
        let record = format!("drafts/{id}");
        let sealed = self.seal().encrypt_json(&record, draft)?;
        let statement = "INSERT INTO drafts (id, body, saved) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = ?2, saved = ?3";
        self.connection()
            .execute(statement, (id.as_str(), sealed, now))?;
        Ok(())
    }

    /// A draft, and the time of its last change.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn draft<T: DeserializeOwned>(&self, id: &DraftId) -> Result<Option<(T, i64)>, Error> {
        let record = format!("drafts/{id}");
        let row: Option<(Vec<u8>, i64)> = self
            .connection()
            .query_row(
                "SELECT body, saved FROM drafts WHERE id = ?1",
                [id.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((sealed, saved)) = row else {
            return Ok(None);
        };
        let draft = self.seal().decrypt_json(&record, &sealed)?;
        Ok(Some((draft, saved)))
    }
}
