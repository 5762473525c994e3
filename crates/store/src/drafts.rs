//! Drafts of installations: sealed, for values hold passwords.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};
use wire::DraftId;

impl Store {
    /// Keeps a draft as it is.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn save_draft(&self, id: &DraftId, draft: &impl Serialize, now: i64) -> Result<(), Error> {
        let what = format!("drafts/{id}");
        let json = serde_json::to_vec(draft).map_err(|source| Error::Shape {
            what: what.clone(),
            source,
        })?;
        let sealed = self.seal().close(&what, &json);
        let statement = "INSERT INTO drafts (id, body, saved) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = ?2, saved = ?3";
        self.connection()
            .execute(statement, (id.as_str(), sealed, now))?;
        Ok(())
    }

    /// A draft, and when it was saved.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Shape`].
    pub fn draft<T: DeserializeOwned>(&self, id: &DraftId) -> Result<Option<(T, i64)>, Error> {
        let what = format!("drafts/{id}");
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
        let json = self.seal().open(&what, &sealed)?;
        let draft =
            serde_json::from_slice(&json).map_err(|source| Error::Shape { what, source })?;
        Ok(Some((draft, saved)))
    }

    /// Forgets drafts that were not touched since `before`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn forget_drafts(&self, before: i64) -> Result<(), Error> {
        self.connection()
            .execute("DELETE FROM drafts WHERE saved < ?1", [before])?;
        Ok(())
    }
}
