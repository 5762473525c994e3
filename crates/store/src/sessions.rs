//! Console logins: one-time tickets and sessions, stored as hashes only.

use crate::{Error, Store, seal::fill};
use rusqlite::OptionalExtension as _;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A random secret that is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn new() -> Self {
        let mut bytes = [0; 32];
        fill(&mut bytes);
        Self(hex(&bytes))
    }

    /// The secret; callers keep it out of logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("••••")
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// 32 random bytes of the operating system.
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    fill(&mut bytes);
    bytes
}

/// A random number of the operating system.
pub fn random() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

impl Store {
    /// Creates a ticket for one login, valid until `ends` (seconds since 1970).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new_ticket(&self, ends: i64) -> Result<Token, Error> {
        let token = Token::new();
        let statement = "INSERT INTO tickets (hash, ends) VALUES (?1, ?2)";
        self.connection()
            .execute(statement, (hash(token.reveal()), ends))?;
        Ok(token)
    }

    /// Consumes a ticket; returns whether it was valid at `now`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn use_ticket(&self, token: &str, now: i64) -> Result<bool, Error> {
        let connection = self.connection();
        connection.execute("DELETE FROM tickets WHERE ends <= ?1", [now])?;
        Ok(connection.execute("DELETE FROM tickets WHERE hash = ?1", [hash(token)])? == 1)
    }

    /// Creates a session.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new_session(&self, operator: &str, ends: i64) -> Result<Token, Error> {
        let token = Token::new();
        let statement = "INSERT INTO sessions (hash, operator, ends) VALUES (?1, ?2, ?3)";
        self.connection()
            .execute(statement, (hash(token.reveal()), operator, ends))?;
        Ok(token)
    }

    /// The operator and the end of a session that is valid at `now`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn session(&self, token: &str, now: i64) -> Result<Option<(String, i64)>, Error> {
        let statement = "SELECT operator, ends FROM sessions WHERE hash = ?1 AND ends > ?2";
        let connection = self.connection();
        let row = connection.query_row(statement, (hash(token), now), |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        Ok(row.optional()?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn end_session(&self, token: &str, now: i64) -> Result<(), Error> {
        let statement = "DELETE FROM sessions WHERE hash = ?1 OR ends <= ?2";
        self.connection().execute(statement, (hash(token), now))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        (folder, store)
    }

    #[test]
    fn a_ticket_is_valid_once() {
        let (_folder, store) = store();
        let ticket = store.new_ticket(100).expect("a ticket");
        assert!(store.use_ticket(ticket.reveal(), 50).expect("no error"));
        assert!(!store.use_ticket(ticket.reveal(), 50).expect("no error"));
    }

    #[test]
    fn a_ticket_expires() {
        let (_folder, store) = store();
        let ticket = store.new_ticket(100).expect("a ticket");
        assert!(!store.use_ticket(ticket.reveal(), 100).expect("no error"));
    }

    #[test]
    fn a_session_ends_by_logout_or_expiry() {
        let (_folder, store) = store();
        let session = store.new_session("operator", 100).expect("a session");
        assert!(
            store
                .session(session.reveal(), 99)
                .expect("no error")
                .is_some()
        );
        assert!(
            store
                .session(session.reveal(), 100)
                .expect("no error")
                .is_none()
        );
        store.end_session(session.reveal(), 0).expect("ended");
        assert!(
            store
                .session(session.reveal(), 99)
                .expect("no error")
                .is_none()
        );
    }

    #[test]
    fn the_database_contains_no_token() {
        let (folder, store) = store();
        let session = store.new_session("operator", 100).expect("a session");
        drop(store);
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(session.reveal()));
        }
    }
}
