//! Writes that must be on the disk before anything is deleted: opening audit lines, jobs and backups.
//!
//! The database is in WAL mode with `synchronous = NORMAL`, in which a power failure may lose the last
//! commits. A durable write waits until its commit is on the disk. Start at [`Store::durable`].

use crate::{Error, Store};
use parking_lot::MutexGuard;
use rusqlite::Connection;
use std::ops::{Deref, DerefMut};

/// The connection, whose commits wait for the disk until it is dropped.
pub(crate) struct Durable<'a>(MutexGuard<'a, Connection>);

impl Store {
    /// The connection for writes that must be on the disk when they return.
    pub(crate) fn durable(&self) -> Result<Durable<'_>, Error> {
        let connection = self.connection();
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Durable(connection))
    }
}

impl Deref for Durable<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Durable<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

impl Drop for Durable<'_> {
    fn drop(&mut self) {
        // Without it, later writes are slower.
        let _ = self.0.pragma_update(None, "synchronous", "NORMAL");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::JobOrigin;
    use serde_json::json;
    use wire::{
        ClusterName, JobId,
        job::{JobKind, JobState, JobView, Subject},
    };

    /// What SQLite calls `FULL` and `NORMAL`.
    const FULL: i64 = 2;
    const NORMAL: i64 = 1;

    /// Notes the mode of each insert into a table.
    const OBSERVER: &str = "CREATE TEMP TABLE IF NOT EXISTS observed (name TEXT, mode INTEGER);
        CREATE TEMP TRIGGER observe_{table} AFTER INSERT ON main.{table} BEGIN
            INSERT INTO observed SELECT '{table}', synchronous FROM pragma_synchronous;
        END;";

    #[test]
    fn what_must_survive_a_power_failure_waits_for_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        for table in ["audit", "backups", "jobs", "meshes"] {
            let observer = OBSERVER.replace("{table}", table);
            store.connection().execute_batch(&observer).expect(table);
        }
        let subject = Subject::Cluster(ClusterName::new("east").expect("a name"));
        let view: JobView = serde_json::from_value(json!({
            "id": "j", "kind": JobKind::Cleanup, "started_by": "ann", "subject": subject,
            "state": JobState::Running, "age": 0, "elapsed_ms": 0, "completed": 0, "objects": 0,
            "phases": [], "events": [], "blocking": null,
        }))
        .expect("a view");
        store.begin_audit("ann", "x", "y", 1).expect("audited");
        store
            .new_job(&view, &"", &JobOrigin::default(), 1)
            .expect("added");
        let id = JobId::new("j").expect("an id");
        store.save_backup(&id, b"kind: Gateway", 1).expect("saved");
        let mesh = wire::MeshName::new("article").expect("a name");
        store.add_mesh(&mesh, &json!({}), 1).expect("added");

        let connection = store.connection();
        let mut observed = connection
            .prepare("SELECT name, mode FROM observed")
            .expect("a statement");
        let rows = observed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Vec<(String, i64)> = rows.expect("rows").collect::<Result<_, _>>().expect("rows");
        let expected = [
            ("audit", FULL),
            ("jobs", FULL),
            ("backups", FULL),
            ("meshes", NORMAL),
        ];
        let expected = expected.map(|(name, mode)| (name.to_owned(), mode));
        assert_eq!(rows, expected);
    }
}
