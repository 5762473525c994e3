//! Registered clusters: where they are, in plain; how to log in, sealed.

use crate::{Error, Store};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use wire::{ClusterName, Secret, range::Range};

/// A registered cluster.
#[derive(Clone, Debug)]
pub struct StoredCluster {
    /// Its name.
    pub name: ClusterName,
    /// Its colour, 1 to 8.
    pub colour: u8,
    /// Its API server.
    pub server: String,
    /// Whether it is a sandbox, gone with the process.
    pub sandbox: bool,
    /// How to log in, as JSON.
    pub credentials: Secret<String>,
    /// What a person typed of it.
    pub told: Told,
}

/// What a person typed of a cluster that the cluster does not say itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The name of its network; "" when none was typed.
    pub network: String,
    /// Its pod ranges.
    pub pods: Vec<Range>,
    /// Its Service ranges.
    pub services: Vec<Range>,
    /// Who typed it.
    pub by: String,
}

/// A row of the table.
struct Columns {
    name: String,
    colour: u8,
    server: String,
    sandbox: bool,
    sealed: Vec<u8>,
    told: String,
}

impl Store {
    /// Registers a cluster in the first free colour; whether its name was free.
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
            .close(&row_name(name), credentials.reveal().as_bytes());
        let connection = self.connection();
        let taken: Vec<u8> = connection
            .prepare("SELECT colour FROM clusters")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let free = (1..=8).find(|colour| !taken.contains(colour));
        let colour = free.unwrap_or((taken.len() % 8 + 1) as u8);
        let statement =
            "INSERT OR IGNORE INTO clusters (name, colour, server, sandbox, credentials, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let row = (name.as_str(), colour, server, sandbox, sealed, now);
        Ok(connection.execute(statement, row)? == 1)
    }

    /// All clusters, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Sealed`].
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
        let damaged = || Error::Sealed {
            what: format!("cluster {}", row.name),
        };
        let parsed = ClusterName::new(row.name.clone()).map_err(|_| damaged())?;
        let plain = self.seal().open(&row_name(&parsed), &row.sealed)?;
        let text = String::from_utf8(plain).map_err(|_| damaged())?;
        let told = match row.told.as_str() {
            "" => Told::default(),
            told => serde_json::from_str(told).map_err(|source| shape(&parsed, source))?,
        };
        Ok(StoredCluster {
            name: parsed,
            colour: row.colour,
            server: row.server,
            sandbox: row.sandbox,
            credentials: Secret::new(text),
            told,
        })
    }

    /// Keeps what a person typed of a cluster; whether the cluster was there.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Shape`].
    pub fn tell_cluster(&self, name: &ClusterName, told: &Told) -> Result<bool, Error> {
        let json = serde_json::to_string(told).map_err(|source| shape(name, source))?;
        let statement = "UPDATE clusters SET told = ?2 WHERE name = ?1";
        Ok(self
            .connection()
            .execute(statement, (name.as_str(), json))?
            == 1)
    }

    /// Gives a cluster another name, and seals its credential anew under it; whether the name was free.
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
        let credentials = cluster.credentials.reveal().as_bytes();
        let sealed = self.seal().close(&row_name(new), credentials);
        let statement = "UPDATE clusters SET name = ?2, credentials = ?3 WHERE name = ?1";
        let row = (old.as_str(), new.as_str(), sealed);
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// Keeps another credential of a cluster; whether it was there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn replace_credential(
        &self,
        name: &ClusterName,
        server: &str,
        credentials: &Secret<String>,
    ) -> Result<bool, Error> {
        let text = credentials.reveal().as_bytes();
        let sealed = self.seal().close(&row_name(name), text);
        let statement = "UPDATE clusters SET server = ?2, credentials = ?3 WHERE name = ?1";
        let row = (name.as_str(), server, sealed);
        Ok(self.connection().execute(statement, row)? == 1)
    }

    /// Forgets a cluster; whether it was there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_cluster(&self, name: &ClusterName) -> Result<bool, Error> {
        let statement = "DELETE FROM clusters WHERE name = ?1";
        Ok(self.connection().execute(statement, [name.as_str()])? == 1)
    }

    /// Forgets every sandbox, with its jobs: their state ended with the process that held them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn forget_sandboxes(&self) -> Result<(), Error> {
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
        told: row.get(5)?,
    })
}

fn shape(name: &ClusterName, source: serde_json::Error) -> Error {
    Error::Shape {
        what: format!("cluster {name}"),
        source,
    }
}

fn row_name(name: &ClusterName) -> String {
    format!("clusters/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_on_disk_only_under_its_seal() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = ClusterName::new("east").expect("a name");
        let secret = Secret::new("very-secret-token".to_owned());
        {
            let store = Store::open(folder.path()).expect("a store");
            assert!(
                store
                    .add_cluster(&name, "https://10.0.0.1", false, &secret, 1)
                    .expect("added")
            );
            assert!(
                !store
                    .add_cluster(&name, "https://10.0.0.2", false, &secret, 1)
                    .expect("asked")
            );
        }
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            assert!(!String::from_utf8_lossy(&bytes).contains("very-secret-token"));
        }
        let store = Store::open(folder.path()).expect("a store");
        let found = store.clusters().expect("the clusters");
        assert_eq!(
            found.first().map(|one| one.credentials.reveal().as_str()),
            Some("very-secret-token")
        );
    }

    #[test]
    fn a_renamed_cluster_keeps_its_credential_and_takes_a_new_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let [east, west, taken] =
            ["east", "west", "taken"].map(|name| ClusterName::new(name).expect("a name"));
        let secret = |text: &str| Secret::new(text.to_owned());
        for name in [&east, &taken] {
            store
                .add_cluster(name, "https://x", false, &secret("old"), 1)
                .expect("added");
        }
        assert!(!store.rename_cluster(&east, &taken).expect("asked"));
        assert!(store.rename_cluster(&east, &west).expect("renamed"));
        let held = |store: &Store| {
            let all = store.clusters().expect("read");
            let one = all.into_iter().find(|one| one.name == west).expect("west");
            (one.server, one.credentials.into_inner())
        };
        assert_eq!(held(&store), ("https://x".to_owned(), "old".to_owned()));
        assert!(
            store
                .replace_credential(&west, "https://y", &secret("new"))
                .expect("kept")
        );
        assert_eq!(held(&store), ("https://y".to_owned(), "new".to_owned()));
    }

    #[test]
    fn what_was_typed_stays_with_a_renamed_cluster_and_goes_with_a_forgotten_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let [east, west] = ["east", "west"].map(|name| ClusterName::new(name).expect("a name"));
        let secret = Secret::new("t".to_owned());
        let add = || store.add_cluster(&west, "https://x", false, &secret, 1);
        let told = Told {
            network: "n1".into(),
            pods: wire::range::ranges("10.10.0.0/16 fd00:10::/56").expect("ranges"),
            by: "ann".into(),
            ..Told::default()
        };
        let held = || {
            let all = store.clusters().expect("read");
            all.into_iter().next().map(|one| (one.name, one.told))
        };
        assert!(add().expect("added"));
        assert_eq!(held(), Some((west.clone(), Told::default())));
        assert!(!store.tell_cluster(&east, &told).expect("asked"));
        assert!(store.tell_cluster(&west, &told).expect("kept"));
        assert!(store.rename_cluster(&west, &east).expect("renamed"));
        store
            .replace_credential(&east, "https://y", &secret)
            .expect("replaced");
        assert_eq!(held(), Some((east.clone(), told)));
        assert!(store.remove_cluster(&east).expect("forgotten"));
        assert!(add().expect("added again"));
        assert_eq!(held(), Some((west.clone(), Told::default())));
    }

    #[test]
    fn sandboxes_are_forgotten_and_real_clusters_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        for (name, sandbox) in [("east", false), ("demo", true)] {
            let name = ClusterName::new(name).expect("a name");
            store
                .add_cluster(&name, "https://x", sandbox, &Secret::new("t".into()), 1)
                .expect("added");
        }
        store.forget_sandboxes().expect("forgotten");
        let names: Vec<String> = store
            .clusters()
            .expect("read")
            .into_iter()
            .map(|c| c.name.to_string())
            .collect();
        assert_eq!(names, ["east"]);
    }
}
