//! Uploaded charts: one row each, and the archive in a file named by its digest.
//!
//! The file is complete before the row is written, so a row always has its file; a file without a row is
//! overwritten by the next upload of the same archive.

use crate::{Error, Store};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;

/// An uploaded chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUpload {
    /// The name of the chart.
    pub chart: String,
    /// The version.
    pub version: String,
    /// The digest of the archive, as `sha256:…`.
    pub digest: String,
    /// The index entry, as JSON.
    pub entry: String,
    /// The file of the archive.
    pub file: PathBuf,
}

impl Store {
    /// Stores an archive; false when that version exists with another archive.
    ///
    /// # Errors
    /// [`Error::Folder`] or [`Error::Database`].
    pub fn add_upload(
        &self,
        chart: &str,
        version: &str,
        entry: &str,
        archive: &[u8],
        now: i64,
    ) -> Result<bool, Error> {
        let digest = sha256_digest(archive);
        if let Some(known) = self
            .uploads()?
            .iter()
            .find(|known| known.chart == chart && known.version == version && known.file.is_file())
        {
            return Ok(known.digest == digest);
        }
        self.write_archive(&digest, archive)?;
        let statement = "INSERT OR REPLACE INTO uploads (chart, version, digest, entry, added)
                         VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = (chart, version, &digest, entry, now);
        self.connection().execute(statement, row)?;
        Ok(true)
    }

    /// All uploaded charts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn uploads(&self) -> Result<Vec<StoredUpload>, Error> {
        let statement = "SELECT chart, version, digest, entry FROM uploads ORDER BY chart, version";
        let connection = self.connection();
        let mut query = connection.prepare(statement)?;
        let rows = query.query_map([], |row| {
            let digest: String = row.get(2)?;
            Ok(StoredUpload {
                chart: row.get(0)?,
                version: row.get(1)?,
                file: self.archive(&digest),
                digest,
                entry: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Deletes an uploaded chart and its archive; returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_upload(&self, chart: &str, version: &str) -> Result<bool, Error> {
        let matches = |upload: &StoredUpload| upload.chart == chart && upload.version == version;
        let Some(upload) = self.uploads()?.into_iter().find(matches) else {
            return Ok(false);
        };
        let statement = "DELETE FROM uploads WHERE chart = ?1 AND version = ?2";
        self.connection().execute(statement, [chart, version])?;
        // A remaining file only wastes space.
        let _ = std::fs::remove_file(upload.file);
        Ok(true)
    }

    fn archive(&self, digest: &str) -> PathBuf {
        let name = digest.trim_start_matches("sha256:");
        self.folder().join("uploads").join(format!("{name}.tgz"))
    }

    fn write_archive(&self, digest: &str, archive: &[u8]) -> Result<(), Error> {
        let file = self.archive(digest);
        let folder = self.folder().join("uploads");
        let failed = |source| Error::Folder {
            folder: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let part = file.with_extension("part");
        std::fs::write(&part, archive).map_err(failed)?;
        crate::create_private(&part).map_err(failed)?;
        std::fs::rename(part, file).map_err(failed)
    }
}

fn sha256_digest(archive: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(archive) {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_its_archive() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let add = |bytes: &[u8]| {
            store
                .add_upload("shop", "1.0.0", "{}", bytes, 1)
                .expect("answered")
        };
        assert!(add(b"one"));
        assert!(add(b"one"), "the same bytes again are no conflict");
        assert!(!add(b"two"));
        let found = store.uploads().expect("read");
        assert_eq!(found.len(), 1);
        let upload = found.first().expect("an upload");
        assert_eq!(std::fs::read(&upload.file).expect("the archive"), b"one");
        assert_eq!(upload.digest, sha256_digest(b"one"));
    }

    #[test]
    fn a_removed_upload_leaves_no_file_and_frees_its_version() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        store
            .add_upload("shop", "1.0.0", "{}", b"one", 1)
            .expect("added");
        let file = store.uploads().expect("read").remove(0).file;
        assert!(store.remove_upload("shop", "1.0.0").expect("removed"));
        assert!(!store.remove_upload("shop", "1.0.0").expect("no error"));
        assert!(!file.exists());
        assert!(
            store
                .add_upload("shop", "1.0.0", "{}", b"two", 1)
                .expect("added")
        );
    }
}
