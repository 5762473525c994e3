//! Drafts of installations: encrypted, since values may contain passwords.
//!
//! A draft has a revision, which counts its changes: [`Store::replace_draft`] changes it only at the revision
//! that its author has seen.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};
use wire::DraftId;

/// A stored draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft<T> {
    /// The draft.
    pub draft: T,
    /// The time of its last change, in seconds since 1970.
    pub saved: i64,
    /// The number of its changes.
    pub revision: u64,
}

impl Store {
    /// Saves a draft, whatever its revision is.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn save_draft(&self, id: &DraftId, draft: &impl Serialize, now: i64) -> Result<(), Error> {
        let sealed = self.seal().encrypt_json(&record(id), draft)?;
        let statement = "INSERT INTO drafts (id, body, saved) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = ?2, saved = ?3, revision = revision + 1";
        self.connection()
            .execute(statement, (id.as_str(), sealed, now))?;
        Ok(())
    }

    /// Saves a draft that has this revision; returns whether it had.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn replace_draft(
        &self,
        id: &DraftId,
        draft: &impl Serialize,
        now: i64,
        revision: u64,
    ) -> Result<bool, Error> {
        let sealed = self.seal().encrypt_json(&record(id), draft)?;
        let statement = "UPDATE drafts SET body = ?2, saved = ?3, revision = revision + 1
             WHERE id = ?1 AND revision = ?4";
        let revision = i64::try_from(revision).unwrap_or(i64::MAX);
        let changed = self
            .connection()
            .execute(statement, (id.as_str(), sealed, now, revision))?;
        Ok(changed == 1)
    }

    /// A draft, with its revision and the time of its last change.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Sealed`] or [`Error::Malformed`].
    pub fn draft<T: DeserializeOwned>(
        &self,
        id: &DraftId,
    ) -> Result<Option<StoredDraft<T>>, Error> {
        let row: Option<(Vec<u8>, i64, i64)> = self
            .connection()
            .query_row(
                "SELECT body, saved, revision FROM drafts WHERE id = ?1",
                [id.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((sealed, saved, revision)) = row else {
            return Ok(None);
        };
        Ok(Some(StoredDraft {
            draft: self.seal().decrypt_json(&record(id), &sealed)?,
            saved,
            revision: u64::try_from(revision).unwrap_or_default(),
        }))
    }
}

fn record(id: &DraftId) -> String {
    format!("drafts/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_replaced_only_at_the_revision_that_was_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a database");
        let id = DraftId::new("draft").expect("an id");
        let read = || {
            let stored = store.draft::<String>(&id).expect("read");
            let stored = stored.expect("a draft");
            (stored.draft, stored.saved, stored.revision)
        };
        store.save_draft(&id, &"first", 1).expect("saved");
        assert_eq!(read(), ("first".to_owned(), 1, 0));

        assert!(store.replace_draft(&id, &"mine", 2, 0).expect("saved"));
        assert_eq!(read(), ("mine".to_owned(), 2, 1));
        assert!(!store.replace_draft(&id, &"theirs", 3, 0).expect("read"));
        assert_eq!(read(), ("mine".to_owned(), 2, 1));

        store.save_draft(&id, &"the console's", 4).expect("saved");
        assert_eq!(read().2, 2, "a change without a revision counts too");
        let missing = DraftId::new("missing").expect("an id");
        assert!(!store.replace_draft(&missing, &"", 5, 0).expect("read"));
    }
}
