//! The caller of a use case: an operator with a session.

use crate::permit::Role;
use store::SessionId;

/// The caller of a use case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The operator's name.
    pub operator: String,
    /// The operator's role.
    pub role: Role,
    /// When the session ends, in seconds since 1970.
    pub ends: i64,
    /// The session; none on the command line.
    pub session: Option<SessionId>,
}
