//! Chart repositories: addresses in plain, credentials encrypted.

use crate::{Error, Store, seal::secret_text};
use wire::{Repository, Secret};

/// A stored repository.
#[derive(Clone, Debug)]
pub struct StoredRepository {
    /// The name.
    pub name: Repository,
    /// The address: `https://…`, `http://…` or `oci://…`.
    pub url: String,
    /// Whether the registry uses plain HTTP.
    pub plain: bool,
    /// The CA certificates that verify the server, as PEM; "" for those of the system.
    pub ca_bundle: String,
    /// Whether each of its charts needs a provenance file.
    pub provenance: bool,
    /// The credentials, as JSON; none when they cannot be decrypted.
    pub credentials: Option<Secret<String>>,
}

/// A row of the table, with encrypted credentials.
type Row = (String, String, bool, String, bool, Vec<u8>);

impl Store {
    /// Adds a repository; returns whether its name was free.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_repository(&self, repository: &StoredRepository, now: i64) -> Result<bool, Error> {
        let credentials = repository.credentials.as_ref();
        let credentials = credentials.map_or("", |text| text.reveal()).as_bytes();
        let sealed = self
            .seal()
            .encrypt(&row_name(&repository.name), credentials);
        let statement =
            "INSERT OR IGNORE INTO repositories (name, url, plain, authority, provenance, login, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let row = (
            repository.name.as_str(),
            &repository.url,
            repository.plain,
            &repository.ca_bundle,
            repository.provenance,
            sealed,
            now,
        );
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// All repositories, in the order in which they were added. One that cannot be decrypted hides no other.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Sealed`] when a name is no name of a repository.
    pub fn repositories(&self) -> Result<Vec<StoredRepository>, Error> {
        let statement = "SELECT name, url, plain, authority, provenance, login FROM repositories
             ORDER BY added, rowid";
        let columns = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Row> {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        };
        let rows: Vec<Row> = self
            .connection()
            .prepare(statement)?
            .query_map([], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|row| self.repository_of(row))
            .collect()
    }

    fn repository_of(
        &self,
        (name, url, plain, ca_bundle, provenance, sealed): Row,
    ) -> Result<StoredRepository, Error> {
        let damaged = |_| Error::Sealed {
            record: format!("repository {name}"),
        };
        let parsed = Repository::new(name.clone()).map_err(damaged)?;
        let plaintext = self.seal().decrypt(&row_name(&parsed), &sealed).ok();
        Ok(StoredRepository {
            name: parsed,
            url,
            plain,
            ca_bundle,
            provenance,
            credentials: plaintext.and_then(|plaintext| secret_text(&plaintext)),
        })
    }

    /// Deletes a repository; returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_repository(&self, name: &Repository) -> Result<bool, Error> {
        let statement = "DELETE FROM repositories WHERE name = ?1";
        Ok(self.connection().execute(statement, [name.as_str()])? == 1)
    }
}

fn row_name(name: &Repository) -> String {
    format!("repositories/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str) -> StoredRepository {
        StoredRepository {
            name: Repository::new(name).expect("a name"),
            url: "https://charts.example/stable".into(),
            plain: false,
            ca_bundle: "PEM".into(),
            provenance: true,
            credentials: Some(Secret::new("{\"password\":\"never-in-plain\"}".into())),
        }
    }

    #[test]
    fn a_password_is_encrypted_on_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        {
            let store = Store::open(folder.path()).expect("a store");
            assert!(store.add_repository(&repository("a"), 1).expect("added"));
            assert!(!store.add_repository(&repository("a"), 2).expect("no error"));
        }
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let bytes = std::fs::read(path).expect("a file");
                assert!(!String::from_utf8_lossy(&bytes).contains("never-in-plain"));
            }
        }
        let store = Store::open(folder.path()).expect("a store");
        let found = store.repositories().expect("the repositories");
        let stored = found.first().expect("a repository");
        assert_eq!(
            (
                stored.url.as_str(),
                stored.ca_bundle.as_str(),
                stored.provenance
            ),
            ("https://charts.example/stable", "PEM", true)
        );
        let credentials = stored.credentials.as_ref().expect("decrypted");
        assert!(credentials.reveal().contains("never-in-plain"));
    }

    #[test]
    fn credentials_are_decrypted_under_their_own_name_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        store.add_repository(&repository("a"), 1).expect("added");
        store
            .connection()
            .execute("UPDATE repositories SET name = 'b'", [])
            .expect("moved");
        let moved = store.repositories().expect("read").remove(0);
        assert!(moved.credentials.is_none());
    }

    #[test]
    fn a_deleted_repository_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let stored = repository("a");
        store.add_repository(&stored, 1).expect("added");
        assert!(store.remove_repository(&stored.name).expect("deleted"));
        assert!(!store.remove_repository(&stored.name).expect("no error"));
        assert!(store.repositories().expect("read").is_empty());
    }
}
