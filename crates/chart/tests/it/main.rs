//! The doors of this crate: golden folders, and texts that are wrong.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod golden;
mod hostile;
