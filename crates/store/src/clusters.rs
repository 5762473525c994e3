//! Registered clusters: addresses in plain, credentials encrypted.

use crate::{Error, Store, seal::secret_text};
use rusqlite::{OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};
use wire::{ClusterName, Secret, cluster::ClusterColour, range::Range};

/// A registered cluster.
#[derive(Clone, Debug)]
pub struct StoredCluster {
    /// The name.
    pub name: ClusterName,
    /// The colour, a number of [`wire::cluster::ClusterColour`].
    pub colour: u8,
    /// The URL of the API server.
    pub server: String,
    /// Whether it is a sandbox, which ends with the process.
    pub sandbox: bool,
    /// The credentials, as JSON; none when they cannot be decrypted.
    pub credentials: Option<Secret<String>>,
    /// The network that the operator entered.
    pub network_override: NetworkOverride,
}

/// The operator-provided network of a cluster, for facts that the cluster does not report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkOverride {
    /// The name of the network; "" when none was entered.
    pub network: String,
    /// The pod CIDRs.
    pub pods: Vec<Range>,
    /// The service CIDRs.
    pub services: Vec<Range>,
    /// The operator who entered it.
    pub by: String,
}

/// A row of the table.
struct Columns {
    name: String,
    colour: u8,
    server: String,
    sandbox: bool,
    sealed: Vec<u8>,
    network_override: String,
}

impl Store {
    /// Adds a cluster with the first free colour; returns whether its name was free.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_cluster(
        &self,
        name: &ClusterName,
        server: &str,
        sandbox: bool,
        credentials: &Secret<String>,
        now: i64,
    ) -> Result<bool, Error> {
        let sealed = self
            .seal()
            .encrypt(&row_name(name), credentials.reveal().as_bytes());
        let connection = self.connection();
        let taken: Vec<u8> = connection
            .prepare("SELECT colour FROM clusters")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut all = ClusterColour::all().map(u8::from);
        let free = all.find(|colour| !taken.contains(colour));
        let colour = free.unwrap_or((taken.len() % usize::from(ClusterColour::MAX) + 1) as u8);
        let statement =
            "INSERT OR IGNORE INTO clusters (name, colour, server, sandbox, credentials, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let row = (name.as_str(), colour, server, sandbox, sealed, now);
        Ok(connection.execute(statement, row)? == 1)
    }

    /// All clusters, in the order in which they were added. One that cannot be decrypted hides no other.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn clusters(&self) -> Result<Vec<StoredCluster>, Error> {
        let statement = "SELECT name, colour, server, sandbox, credentials, told FROM clusters
                         ORDER BY added, rowid";
        let rows: Vec<Columns> = self
            .connection()
            .prepare(statement)?
            .query_map([], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(|row| self.cluster_of(row)).collect()
    }

    fn cluster_of(&self, row: Columns) -> Result<StoredCluster, Error> {
        let damaged = |_| Error::Sealed {
            record: format!("cluster {}", row.name),
        };
        let parsed = ClusterName::new(row.name.clone()).map_err(damaged)?;
        let plain = self.seal().decrypt(&row_name(&parsed), &row.sealed).ok();
        let network_override = match row.network_override.as_str() {
            "" => NetworkOverride::default(),
            json => serde_json::from_str(json).map_err(|source| malformed(&parsed, &source))?,
        };
        Ok(StoredCluster {
            name: parsed,
            colour: row.colour,
            server: row.server,
            sandbox: row.sandbox,
            credentials: plain.and_then(|plain| secret_text(&plain)),
            network_override,
        })
    }

    /// Saves the operator-provided network of a cluster; returns whether the cluster exists.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Malformed`].
    pub fn override_cluster_network(
        &self,
        name: &ClusterName,
        network: &NetworkOverride,
    ) -> Result<bool, Error> {
        let json = serde_json::to_string(network).map_err(|source| malformed(name, &source))?;
        let statement = "UPDATE clusters SET told = ?2 WHERE name = ?1";
        Ok(self
            .connection()
            .execute(statement, (name.as_str(), json))?
            == 1)
    }

    /// Renames a cluster and encrypts its credentials for the new name; returns whether the name was free.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Sealed`].
    pub fn rename_cluster(&self, old: &ClusterName, new: &ClusterName) -> Result<bool, Error> {
        let known = self.clusters()?;
        if known.iter().any(|cluster| cluster.name == *new) {
            return Ok(false);
        }
        let Some(cluster) = known.into_iter().find(|cluster| cluster.name == *old) else {
            return Ok(false);
        };
        let damaged = || Error::Sealed {
            record: format!("cluster {old}"),
        };
        let credentials = cluster.credentials.ok_or_else(damaged)?;
        let credentials = credentials.reveal().as_bytes();
        let sealed = self.seal().encrypt(&row_name(new), credentials);
        let statement = "UPDATE clusters SET name = ?2, credentials = ?3 WHERE name = ?1";
        let row = (old.as_str(), new.as_str(), sealed);
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// Gives a cluster another colour; returns whether the cluster exists.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_cluster_colour(
        &self,
        name: &ClusterName,
        colour: ClusterColour,
    ) -> Result<bool, Error> {
        let statement = "UPDATE clusters SET colour = ?2 WHERE name = ?1";
        let row = (name.as_str(), u8::from(colour));
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// Replaces the credentials of a cluster; returns whether the cluster exists.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn replace_credentials(
        &self,
        name: &ClusterName,
        server: &str,
        credentials: &Secret<String>,
    ) -> Result<bool, Error> {
        let text = credentials.reveal().as_bytes();
        let sealed = self.seal().encrypt(&row_name(name), text);
        let statement = "UPDATE clusters SET server = ?2, credentials = ?3 WHERE name = ?1";
        let row = (name.as_str(), server, sealed);
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// The UID of a cluster, once it is known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn cluster_uid(&self, name: &ClusterName) -> Result<Option<String>, Error> {
        let uid: Option<Option<String>> = self
            .connection()
            .query_row(
                "SELECT uid FROM clusters WHERE name = ?1",
                [name.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        Ok(uid.flatten())
    }

    /// Saves the UID of a cluster, unless one is known already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn learn_cluster_uid(&self, name: &ClusterName, uid: &str) -> Result<(), Error> {
        let statement = "UPDATE clusters SET uid = ?2 WHERE name = ?1 AND uid IS NULL";
        self.connection().execute(statement, (name.as_str(), uid))?;
        Ok(())
    }

    /// Deletes a cluster; returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_cluster(&self, name: &ClusterName) -> Result<bool, Error> {
        let statement = "DELETE FROM clusters WHERE name = ?1";
        Ok(self.connection().execute(statement, [name.as_str()])? == 1)
    }

    /// Deletes every sandbox with its jobs: their state ended with the previous process.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn delete_sandboxes(&self) -> Result<(), Error> {
        let connection = self.connection();
        connection.execute(
            "DELETE FROM jobs WHERE cluster IN (SELECT name FROM clusters WHERE sandbox)",
            [],
        )?;
        connection.execute("DELETE FROM clusters WHERE sandbox", [])?;
        Ok(())
    }
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok(Columns {
        name: row.get(0)?,
        colour: row.get(1)?,
        server: row.get(2)?,
        sandbox: row.get(3)?,
        sealed: row.get(4)?,
        network_override: row.get(5)?,
    })
}

fn malformed(name: &ClusterName, source: &serde_json::Error) -> Error {
    Error::malformed(format!("cluster {name}"), source)
}

fn row_name(name: &ClusterName) -> String {
    format!("clusters/{name}")
}

#[cfg(test)]
mod tests;
