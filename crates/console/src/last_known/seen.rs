//! What a page knows of a read.

use jiff::Timestamp;
use std::sync::Arc;
use wire::Problem;

/// A value, and when it was read.
pub(crate) struct Known<T> {
    pub(crate) value: Arc<T>,
    pub(crate) read_at: Timestamp,
}

/// What a page knows after it waited for a read.
pub(crate) struct Seen<T> {
    /// The newest value; none when no read has succeeded.
    pub(crate) value: Option<Known<T>>,
    /// What became of the read.
    pub(crate) outcome: Outcome,
}

/// What became of a read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It succeeded: the value is current.
    Current,
    /// It has not ended yet; the problem of the read before it, if that failed.
    Pending(Option<Problem>),
    /// It failed.
    Failed(Problem),
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            read_at: self.read_at,
        }
    }
}
