//! Plans that operators were shown: encrypted, since manifests contain secrets.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};
use wire::ReviewId;

/// The reviews that are kept; older ones have to be shown again.
const MAX_REVIEWS: u32 = 200;

impl Store {
    /// Saves a review, and deletes those before `oldest` and the oldest of too many.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_review(
        &self,
        id: &ReviewId,
        review: &impl Serialize,
        now: i64,
        oldest: i64,
    ) -> Result<(), Error> {
        let record = format!("reviews/{id}");
        let sealed = self.seal().encrypt_json(&record, review)?;
        let connection = self.connection();
        connection.execute(
            "INSERT INTO reviews (id, body, saved) VALUES (?1, ?2, ?3)",
            (id.as_str(), sealed, now),
        )?;
        connection.execute(
            "DELETE FROM reviews WHERE saved < ?1 OR rowid NOT IN
             (SELECT rowid FROM reviews ORDER BY saved DESC, rowid DESC LIMIT ?2)",
            (oldest, MAX_REVIEWS),
        )?;
        Ok(())
    }

    /// A review.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn review<T: DeserializeOwned>(&self, id: &ReviewId) -> Result<Option<T>, Error> {
        let record = format!("reviews/{id}");
        let sealed: Option<Vec<u8>> = self
            .connection()
            .query_row(
                "SELECT body FROM reviews WHERE id = ?1",
                [id.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let review = self.seal().decrypt_json(&record, &sealed)?;
        Ok(Some(review))
    }
}
