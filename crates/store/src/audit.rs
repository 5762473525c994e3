//! The audit log: operator, action, target, time and outcome of each change; never the content.
//!
//! The opening line is written before the action. An action that starts a job has the outcome `started`
//! until the job ends; the end of the job is its outcome.

use crate::{Error, Store};
use rusqlite::Row;
use wire::JobId;

/// The outcome of an action whose job runs.
const STARTED: &str = "started";

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
    /// The job that the action started.
    pub job: Option<String>,
}

/// Which entries of the audit log are read; an absent part selects all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// The operator.
    pub operator: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// A part of the target, in upper or lower case.
    pub target: Option<String>,
    /// The earliest time, in seconds since 1970.
    pub since: Option<i64>,
    /// The outcome.
    pub outcome: Option<String>,
    /// The newest entries, at most this number.
    pub limit: Option<u32>,
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

    /// Notes that an action started a job, whose end will be its outcome.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn start_audit(&self, id: i64, job: &JobId) -> Result<(), Error> {
        let statement = "UPDATE audit SET outcome = ?2, job = ?3 WHERE id = ?1";
        self.connection()
            .execute(statement, (id, STARTED, job.as_str()))?;
        Ok(())
    }

    /// Writes the end of a job as the outcome of the action that started it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn end_job_audit(&self, job: &JobId, outcome: &str) -> Result<(), Error> {
        let statement = "UPDATE audit SET outcome = ?2 WHERE job = ?1 AND outcome = ?3";
        self.connection()
            .execute(statement, (job.as_str(), outcome, STARTED))?;
        Ok(())
    }

    /// Gives the actions and jobs that the end of the process interrupted this outcome.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn interrupt_audit(&self, outcome: &str) -> Result<(), Error> {
        let statement = "UPDATE audit SET outcome = ?1 WHERE outcome IS NULL OR outcome = ?2";
        self.connection().execute(statement, (outcome, STARTED))?;
        Ok(())
    }

    /// The selected entries, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditLine>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT at, operator, action, target, outcome, job FROM audit
             WHERE (?1 IS NULL OR operator = ?1)
               AND (?2 IS NULL OR action = ?2)
               AND (?3 IS NULL OR instr(lower(target), lower(?3)) > 0)
               AND (?4 IS NULL OR at >= ?4)
               AND (?5 IS NULL OR outcome = ?5)
             ORDER BY id DESC LIMIT ?6",
        )?;
        let AuditFilter {
            operator,
            action,
            target,
            since,
            outcome,
            limit,
        } = filter;
        // A negative limit is none.
        let limit = limit.map_or(-1, i64::from);
        let parameters = (operator, action, target, since, outcome, limit);
        let lines = statement.query_map(parameters, line)?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        at: row.get(0)?,
        operator: row.get(1)?,
        action: row.get(2)?,
        target: row.get(3)?,
        outcome: row.get(4)?,
        job: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        (folder, store)
    }

    fn targets(store: &Store, filter: &AuditFilter) -> Vec<String> {
        let lines = store.audit(filter).expect("lines").into_iter();
        lines.map(|line| line.target).collect()
    }

    #[test]
    fn each_part_of_a_filter_selects() {
        let (_folder, store) = store();
        for (at, operator, action, target, outcome) in [
            (1, "ann", "login", "10.0.0.1", "succeeded"),
            (2, "bob", "write-release", "East/shop/web", "failed"),
            (3, "ann", "write-release", "west/shop/web", "succeeded"),
        ] {
            let id = store.begin_audit(operator, action, target, at);
            store
                .end_audit(id.expect("a line"), outcome)
                .expect("ended");
        }
        let all = AuditFilter::default();
        assert_eq!(
            targets(&store, &all),
            ["west/shop/web", "East/shop/web", "10.0.0.1"]
        );
        let some = |text: &str| Some(text.to_owned());
        for (filter, expected) in [
            (
                AuditFilter {
                    operator: some("bob"),
                    ..all.clone()
                },
                "East/shop/web",
            ),
            (
                AuditFilter {
                    action: some("login"),
                    ..all.clone()
                },
                "10.0.0.1",
            ),
            (
                AuditFilter {
                    target: some("EAST/"),
                    ..all.clone()
                },
                "East/shop/web",
            ),
            (
                AuditFilter {
                    since: Some(3),
                    ..all.clone()
                },
                "west/shop/web",
            ),
            (
                AuditFilter {
                    outcome: some("failed"),
                    ..all.clone()
                },
                "East/shop/web",
            ),
            (
                AuditFilter {
                    limit: Some(1),
                    ..all.clone()
                },
                "west/shop/web",
            ),
            (
                AuditFilter {
                    operator: some("ann"),
                    action: some("write-release"),
                    ..all.clone()
                },
                "west/shop/web",
            ),
        ] {
            assert_eq!(targets(&store, &filter), [expected], "{filter:?}");
        }
        let none = AuditFilter {
            target: some("%"),
            ..all
        };
        assert!(targets(&store, &none).is_empty());
    }

    #[test]
    fn the_end_of_a_job_is_the_outcome_of_the_action_that_started_it() {
        let (_folder, store) = store();
        let [first, second] = ["first", "second"].map(|id| JobId::new(id).expect("an id"));
        for job in [&first, &second] {
            let id = store.begin_audit("ann", "write-release", job.as_str(), 1);
            store
                .start_audit(id.expect("a line"), job)
                .expect("started");
        }
        store.end_job_audit(&first, "failed").expect("ended");
        // A late notice does not change the outcome.
        store.end_job_audit(&first, "succeeded").expect("no error");
        let outcomes = || {
            let lines = store.audit(&AuditFilter::default()).expect("lines");
            let outcomes = lines
                .into_iter()
                .map(|line| line.outcome.expect("an outcome"));
            outcomes.collect::<Vec<_>>()
        };
        assert_eq!(outcomes(), ["started", "failed"]);
        store.interrupt_audit("interrupted").expect("interrupted");
        assert_eq!(outcomes(), ["interrupted", "failed"]);
    }
}
