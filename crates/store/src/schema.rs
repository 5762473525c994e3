//! The schema migrations: each file runs once, in order, in a transaction; `user_version` counts them.

use crate::Error;
use rusqlite::Connection;

const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
    include_str!("schema/0010.sql"),
    include_str!("schema/0011.sql"),
    include_str!("schema/0012.sql"),
    include_str!("schema/0013.sql"),
];

/// Runs the migrations that have not run yet.
///
/// # Errors
/// [`Error::NewerDatabase`] when a newer version has migrated the database, else [`Error::Database`].
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let done: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if done as usize > MIGRATIONS.len() {
        return Err(Error::NewerDatabase {
            version: done,
            supported: MIGRATIONS.len() as u32,
        });
    }
    for (number, migration) in (1_u32..).zip(MIGRATIONS).skip(done as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
        let mut connection = Connection::open_in_memory().expect("SQLite");
        migrate(&mut connection).expect("migrated");
        let newer = MIGRATIONS.len() as u32 + 1;
        connection
            .pragma_update(None, "user_version", newer)
            .expect("written");
        let error = migrate(&mut connection).expect_err("refused");
        assert_eq!(
            error.to_string(),
            format!(
                "the database has schema version {newer}, and this version of meshspan supports {} at most",
                newer - 1
            )
        );
        let version: u32 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .expect("read");
        assert_eq!(version, newer);
    }
}
