//! Repositories of charts: where they are, in plain; how to log in, sealed.

use crate::{Error, Store};
use wire::{Repository, Secret};

/// A repository that somebody added.
#[derive(Clone, Debug)]
pub struct StoredRepository {
    /// Its name.
    pub name: Repository,
    /// Where it is: `https://…`, `http://…` or `oci://…`.
    pub url: String,
    /// Whether the operator said that this registry speaks plain HTTP.
    pub plain: bool,
    /// The authority that its certificate must come from, as PEM; "" for the usual ones.
    pub authority: String,
    /// Whether each of its charts must come with a provenance file.
    pub provenance: bool,
    /// How to log in, as JSON.
    pub login: Secret<String>,
}

/// A row as the table has it: the login is under its seal.
type Row = (String, String, bool, String, bool, Vec<u8>);

impl Store {
    /// Keeps a repository; whether its name was free.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_repository(&self, one: &StoredRepository, now: i64) -> Result<bool, Error> {
        let login = one.login.reveal().as_bytes();
        let sealed = self.seal().close(&row_name(&one.name), login);
        let statement =
            "INSERT OR IGNORE INTO repositories (name, url, plain, authority, provenance, login, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let row = (
            one.name.as_str(),
            &one.url,
            one.plain,
            &one.authority,
            one.provenance,
            sealed,
            now,
        );
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// All repositories, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Sealed`].
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
        (name, url, plain, authority, provenance, sealed): Row,
    ) -> Result<StoredRepository, Error> {
        let damaged = || Error::Sealed {
            what: format!("repository {name}"),
        };
        let parsed = Repository::new(name.clone()).map_err(|_| damaged())?;
        let login = self.seal().open(&row_name(&parsed), &sealed)?;
        let login = String::from_utf8(login).map_err(|_| damaged())?;
        Ok(StoredRepository {
            name: parsed,
            url,
            plain,
            authority,
            provenance,
            login: Secret::new(login),
        })
    }

    /// Forgets a repository; whether it was there.
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
            authority: "PEM".into(),
            provenance: true,
            login: Secret::new("{\"password\":\"never-in-plain\"}".into()),
        }
    }

    #[test]
    fn a_password_is_on_disk_only_under_its_seal() {
        let folder = tempfile::tempdir().expect("a folder");
        {
            let store = Store::open(folder.path()).expect("a store");
            assert!(store.add_repository(&repository("a"), 1).expect("added"));
            assert!(!store.add_repository(&repository("a"), 2).expect("asked"));
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
        let one = found.first().expect("one");
        assert_eq!(
            (one.url.as_str(), one.authority.as_str(), one.provenance),
            ("https://charts.example/stable", "PEM", true)
        );
        assert!(one.login.reveal().contains("never-in-plain"));
    }

    #[test]
    fn a_sealed_login_opens_under_its_own_name_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        store.add_repository(&repository("a"), 1).expect("added");
        store
            .connection()
            .execute("UPDATE repositories SET name = 'b'", [])
            .expect("moved");
        assert!(store.repositories().is_err());
    }

    #[test]
    fn a_repository_that_is_forgotten_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let one = repository("a");
        store.add_repository(&one, 1).expect("added");
        assert!(store.remove_repository(&one.name).expect("forgotten"));
        assert!(!store.remove_repository(&one.name).expect("asked"));
        assert!(store.repositories().expect("read").is_empty());
    }
}
