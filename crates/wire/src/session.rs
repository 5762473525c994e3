//! The sessions of the operator.

use serde::{Deserialize, Serialize};

/// The current session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The name of the operator.
    pub operator: String,
    /// Seconds until the session ends.
    pub ends_in: u32,
    /// Whether the console has sandbox clusters, whose state ends with the process.
    pub sandbox: bool,
}

/// The sessions of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsView {
    /// The sessions, the last used first.
    pub sessions: Vec<SessionRow>,
    /// The seconds after which an unused session ends.
    pub idle_timeout: u64,
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
