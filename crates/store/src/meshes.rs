//! Meshes: their members and settings, without secrets.

use crate::{Error, Store};
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Serialize, de::DeserializeOwned};
use wire::MeshName;

impl Store {
    /// Adds a mesh; returns whether its name was free.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn add_mesh(
        &self,
        name: &MeshName,
        mesh: &impl Serialize,
        now: i64,
    ) -> Result<bool, Error> {
        let statement = "INSERT OR IGNORE INTO meshes (name, body, added) VALUES (?1, ?2, ?3)";
        let row = (name.as_str(), text(name, mesh)?, now);
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// Changes a mesh in a transaction, so that no concurrent change is lost; none when the mesh does not
    /// exist.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn change_mesh<T: Serialize + DeserializeOwned>(
        &self,
        name: &MeshName,
        change: impl FnOnce(&mut T),
    ) -> Result<Option<T>, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let Some(mut mesh) = find::<T>(&transaction, name)? else {
            return Ok(None);
        };
        change(&mut mesh);
        let statement = "UPDATE meshes SET body = ?2 WHERE name = ?1";
        transaction.execute(statement, (name.as_str(), text(name, &mesh)?))?;
        transaction.commit()?;
        Ok(Some(mesh))
    }

    /// A mesh.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn mesh<T: DeserializeOwned>(&self, name: &MeshName) -> Result<Option<T>, Error> {
        find(&self.connection(), name)
    }

    /// All meshes, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn meshes<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let rows: Vec<(String, String)> = self
            .connection()
            .prepare("SELECT name, body FROM meshes ORDER BY added, rowid")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let rows = rows.iter();
        rows.map(|(name, body)| parse(name, body)).collect()
    }

    /// Deletes a mesh; returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_mesh(&self, name: &MeshName) -> Result<bool, Error> {
        let statement = "DELETE FROM meshes WHERE name = ?1";
        Ok(self.connection().execute(statement, [name.as_str()])? == 1)
    }
}

fn find<T: DeserializeOwned>(connection: &Connection, name: &MeshName) -> Result<Option<T>, Error> {
    let statement = "SELECT body FROM meshes WHERE name = ?1";
    let row: Option<String> = connection
        .query_row(statement, [name.as_str()], |row| row.get(0))
        .optional()?;
    row.map(|body| parse(name.as_str(), &body)).transpose()
}

fn text(name: &MeshName, mesh: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(mesh).map_err(|source| malformed(name.as_str(), &source))
}

fn parse<T: DeserializeOwned>(name: &str, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|source| malformed(name, &source))
}

fn malformed(name: &str, source: &serde_json::Error) -> Error {
    Error::malformed(format!("mesh {name}"), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_changes_are_not_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let name = MeshName::new("shop").expect("a name");
        let none: Vec<u8> = Vec::new();
        assert!(store.add_mesh(&name, &none, 1).expect("added"));
        assert!(!store.add_mesh(&name, &none, 1).expect("no error"));
        std::thread::scope(|scope| {
            for number in 0..8_u8 {
                let (store, name) = (&store, &name);
                scope.spawn(move || {
                    let change = |all: &mut Vec<u8>| all.push(number);
                    assert!(store.change_mesh(name, change).expect("changed").is_some());
                });
            }
        });
        let mut all: Vec<u8> = store.mesh(&name).expect("read").expect("a mesh");
        all.sort_unstable();
        assert_eq!(all, (0..8).collect::<Vec<u8>>());
        assert!(store.remove_mesh(&name).expect("removed"));
        let missing = store
            .change_mesh(&name, |_: &mut Vec<u8>| ())
            .expect("no error");
        assert!(missing.is_none());
    }
}
