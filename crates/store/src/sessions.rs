//! Console logins: one-time tickets and sessions, stored as hashes only.
//!
//! A session ends in memory first, so that a full disk keeps none valid.

mod ended;

pub(crate) use ended::EndedSessions;

use crate::{Error, Store, seal::fill};
use rusqlite::{OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};
use std::fmt;
use wire::Secret;
use zeroize::Zeroizing;

/// A random secret that is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret<String>);

impl Token {
    fn new() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill(bytes.as_mut_slice());
        Self(Secret::new(hex(bytes.as_slice())))
    }

    /// The secret; callers keep it out of logs.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

/// The id of a session, which is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    fn new() -> Self {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        Self(hex(&bytes))
    }

    /// The id of a request; it may name no session.
    pub fn from_request(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// The operator who logs in.
    pub operator: &'a str,
    /// The client: browser and address.
    pub client: &'a str,
    /// When it ends at the latest, in seconds since 1970.
    pub ends: i64,
}

/// A stored session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The id.
    pub id: SessionId,
    /// The operator.
    pub operator: String,
    /// The client: browser and address.
    pub client: String,
    /// The time of the login, in seconds since 1970.
    pub created: i64,
    /// The time of the last use, in seconds since 1970.
    pub used: i64,
    /// When it ends at the latest, in seconds since 1970.
    pub ends: i64,
}

/// When a session is valid.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// The current time, in seconds since 1970.
    pub now: i64,
    /// How long a session may be unused, in seconds.
    pub idle: i64,
}

impl Validity {
    /// The time after which a valid session was used.
    fn used_after(self) -> i64 {
        self.now.saturating_sub(self.idle)
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
        self.save_ended_tickets()?;
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
        self.save_ended_tickets()?;
        let connection = self.connection();
        connection.execute("DELETE FROM tickets WHERE ends <= ?1", [now])?;
        Ok(connection.execute("DELETE FROM tickets WHERE hash = ?1", [hash(token)])? == 1)
    }

    /// Creates a session at `now`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new_session(&self, new: &NewSession<'_>, now: i64) -> Result<Token, Error> {
        let (token, id) = (Token::new(), SessionId::new());
        let statement = "INSERT INTO sessions (hash, id, operator, client, created, used, ends)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)";
        let row = (
            hash(token.reveal()),
            id.as_str(),
            new.operator,
            new.client,
            now,
            new.ends,
        );
        self.connection().execute(statement, row)?;
        Ok(token)
    }

    /// The session of a token, when it is valid.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn session(&self, token: &str, valid: Validity) -> Result<Option<StoredSession>, Error> {
        let statement = format!("{SELECT} WHERE hash = ?1 AND ends > ?2 AND used > ?3");
        let row = (hash(token), valid.now, valid.used_after());
        let connection = self.connection();
        let session = connection.query_row(&statement, row, session).optional()?;
        drop(connection);
        Ok(session.filter(|session| !self.ended.lock().contain(session)))
    }

    /// Notes that a session is used at `now`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn touch_session(&self, id: &SessionId, now: i64) -> Result<(), Error> {
        let statement = "UPDATE sessions SET used = ?2 WHERE id = ?1 AND used < ?2";
        self.connection().execute(statement, (id.as_str(), now))?;
        Ok(())
    }

    /// The valid sessions of an operator, the last used first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn sessions(&self, operator: &str, valid: Validity) -> Result<Vec<StoredSession>, Error> {
        let statement = format!(
            "{SELECT} WHERE operator = ?1 AND ends > ?2 AND used > ?3 ORDER BY used DESC, created DESC"
        );
        let connection = self.connection();
        let mut statement = connection.prepare(&statement)?;
        let rows = statement.query_map((operator, valid.now, valid.used_after()), session)?;
        let mut sessions: Vec<StoredSession> = rows.collect::<Result<_, _>>()?;
        let ended = self.ended.lock().clone();
        sessions.retain(|session| !ended.contain(session));
        Ok(sessions)
    }

    /// Deletes the login links that were invalidated, before others are used or created.
    fn save_ended_tickets(&self) -> Result<(), Error> {
        let have_ended = self.ended.lock().have_tickets();
        if have_ended { self.save_ends() } else { Ok(()) }
    }

    /// Ends a session of an operator; returns whether there was one. Sessions that are no longer valid are
    /// deleted.
    ///
    /// # Errors
    /// [`Error::Database`]; then the session has ended in memory, until [`Store::save_ends`] succeeds.
    pub fn end_session(
        &self,
        operator: &str,
        id: &SessionId,
        valid: Validity,
    ) -> Result<bool, Error> {
        self.ended.lock().mark(operator, id);
        let statement = "SELECT EXISTS (SELECT 1 FROM sessions WHERE operator = ?1 AND id = ?2)";
        let row = (operator, id.as_str());
        let is_there = self
            .connection()
            .query_row(statement, row, |row| row.get(0))?;
        self.save_ends()?;
        let connection = self.connection();
        let statement = "DELETE FROM sessions WHERE ends <= ?1 OR used <= ?2";
        connection.execute(statement, (valid.now, valid.used_after()))?;
        Ok(is_there)
    }

    /// Ends all sessions of an operator, and deletes all login tickets; returns the number of sessions.
    ///
    /// # Errors
    /// [`Error::Database`]; then they have ended in memory, until [`Store::save_ends`] succeeds.
    pub fn end_sessions(&self, operator: &str) -> Result<u32, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT id FROM sessions WHERE operator = ?1")?;
        let rows = statement.query_map([operator], |row| row.get(0))?;
        let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
        drop(statement);
        drop(connection);
        let mut ended = self.ended.lock();
        for id in &ids {
            ended.mark(operator, &SessionId(id.clone()));
        }
        ended.mark_tickets();
        drop(ended);
        self.save_ends()?;
        Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
    }
}

const SELECT: &str = "SELECT id, operator, client, created, used, ends FROM sessions";

fn session(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    Ok(StoredSession {
        id: SessionId(row.get(0)?),
        operator: row.get(1)?,
        client: row.get(2)?,
        created: row.get(3)?,
        used: row.get(4)?,
        ends: row.get(5)?,
    })
}

#[cfg(test)]
mod tests;
