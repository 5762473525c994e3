//! Who asks: somebody with a session.

use crate::permit::Role;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The operator's name.
    pub operator: String,
    /// What they may do.
    pub role: Role,
    /// When their session ends, in seconds since 1970.
    pub ends: i64,
}
