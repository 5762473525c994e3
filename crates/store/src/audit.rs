//! The audit log: operator, action, target, time and outcome of each change; never the content.

use crate::{Error, Store};

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The time, in seconds since 1970.
    pub at: i64,
    /// The operator.
    pub operator: String,
    /// The action.
    pub action: String,
    /// The target.
    pub target: String,
    /// The outcome; none while the action runs.
    pub outcome: Option<String>,
}

impl Store {
    /// Writes the opening entry; without it the action must not start.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn begin_audit(
        &self,
        operator: &str,
        action: &str,
        target: &str,
        now: i64,
    ) -> Result<i64, Error> {
        let connection = self.durable()?;
        let statement = "INSERT INTO audit (at, operator, action, target) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(statement, (now, operator, action, target))?;
        Ok(connection.last_insert_rowid())
    }

    /// Writes the outcome of an action.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn end_audit(&self, id: i64, outcome: &str) -> Result<(), Error> {
        let statement = "UPDATE audit SET outcome = ?2 WHERE id = ?1";
        self.connection().execute(statement, (id, outcome))?;
        Ok(())
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn audit(&self, limit: u32) -> Result<Vec<AuditLine>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT at, operator, action, target, outcome FROM audit ORDER BY id DESC LIMIT ?1",
        )?;
        let lines = statement.query_map([limit], |row| {
            Ok(AuditLine {
                at: row.get(0)?,
                operator: row.get(1)?,
                action: row.get(2)?,
                target: row.get(3)?,
                outcome: row.get(4)?,
            })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}
