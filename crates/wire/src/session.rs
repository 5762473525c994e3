//! The sessions of the operator.

use crate::Time;
use serde::{Deserialize, Serialize};

/// The current session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The name of the operator.
    pub operator: String,
    /// The role of the operator.
    pub role: SessionRole,
    /// When the session ends at the latest.
    pub ends: Time,
    /// Whether the console has sandbox clusters, whose state ends with the process.
    pub sandbox: bool,
}

/// The role of a caller with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionRole {
    /// The local operator, who may do everything.
    Operator,
}

/// The sessions of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsView {
    /// The sessions, the last used first.
    pub sessions: Vec<SessionRow>,
    /// The seconds after which an unused session ends.
    pub idle_timeout: u64,
    /// Whether sessions that ended would be valid again after a restart, because the database cannot be
    /// written.
    #[serde(default)]
    pub unsaved: bool,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionEnd {
    /// Its end is in the database.
    Saved,
    /// The database cannot be written: until it can, a restart of the console makes the session valid again.
    Unsaved,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The id.
    pub id: String,
    /// The client that logged in: browser and address.
    pub client: String,
    /// Seconds since the login.
    pub age: u64,
    /// Seconds since the last request.
    pub unused: u64,
    /// Seconds until it ends at the latest.
    pub ends_in: u64,
    /// Whether it is the session of the request.
    pub current: bool,
}
