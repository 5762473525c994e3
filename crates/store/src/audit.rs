//! Who changed what, when, and how it ended. Fields by a list, never bodies.

use crate::{Error, Store};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub operator: String,
    /// What.
    pub action: String,
    /// On what.
    pub target: String,
    /// How it ended; none while it runs.
    pub outcome: Option<String>,
}

impl Store {
    /// Writes the opening line; without it nothing may be done.
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
        let connection = self.connection();
        let statement = "INSERT INTO audit (at, operator, action, target) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(statement, (now, operator, action, target))?;
        Ok(connection.last_insert_rowid())
    }

    /// Writes how it ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn end_audit(&self, id: i64, outcome: &str) -> Result<(), Error> {
        let statement = "UPDATE audit SET outcome = ?2 WHERE id = ?1";
        self.connection().execute(statement, (id, outcome))?;
        Ok(())
    }

    /// The newest lines, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn audit(&self, most: u32) -> Result<Vec<AuditLine>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT at, operator, action, target, outcome FROM audit ORDER BY id DESC LIMIT ?1",
        )?;
        let lines = statement.query_map([most], |row| {
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
