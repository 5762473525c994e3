//! The session of the operator.

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
