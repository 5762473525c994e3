//! Meshes: who is in them and what was decided. Nothing of it is secret.

use crate::{Error, Store};
use rusqlite::OptionalExtension as _;
use serde::{Serialize, de::DeserializeOwned};
use wire::MeshName;

impl Store {
    /// Begins a mesh; whether its name was free.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
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

    /// Keeps a mesh as it is now.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn save_mesh(&self, name: &MeshName, mesh: &impl Serialize) -> Result<(), Error> {
        let statement = "UPDATE meshes SET body = ?2 WHERE name = ?1";
        let row = (name.as_str(), text(name, mesh)?);
        self.connection().execute(statement, row)?;
        Ok(())
    }

    /// A mesh.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn mesh<T: DeserializeOwned>(&self, name: &MeshName) -> Result<Option<T>, Error> {
        let statement = "SELECT body FROM meshes WHERE name = ?1";
        let row: Option<String> = self
            .connection()
            .query_row(statement, [name.as_str()], |row| row.get(0))
            .optional()?;
        row.map(|body| read(name.as_str(), &body)).transpose()
    }

    /// All meshes, in the order in which they were begun.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn meshes<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let rows: Vec<(String, String)> = self
            .connection()
            .prepare("SELECT name, body FROM meshes ORDER BY added, rowid")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let rows = rows.iter();
        rows.map(|(name, body)| read(name, body)).collect()
    }

    /// Forgets a mesh; whether there was one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_mesh(&self, name: &MeshName) -> Result<bool, Error> {
        let statement = "DELETE FROM meshes WHERE name = ?1";
        Ok(self.connection().execute(statement, [name.as_str()])? == 1)
    }
}

fn text(name: &MeshName, mesh: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(mesh).map_err(|source| shape(name.as_str(), source))
}

fn read<T: DeserializeOwned>(name: &str, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|source| shape(name, source))
}

fn shape(name: &str, source: serde_json::Error) -> Error {
    Error::Shape {
        what: format!("mesh {name}"),
        source,
    }
}
