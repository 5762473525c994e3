//! Who is logged in, and until when.

use serde::{Deserialize, Serialize};

/// The session behind the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The operator's name.
    pub operator: String,
    /// Seconds until the session ends.
    pub ends_in: u32,
    /// Whether the console carries sandbox clusters, whose state ends with the process.
    pub sandbox: bool,
}
