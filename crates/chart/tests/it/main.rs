//! The doors of this crate: golden folders, cases, and texts that are wrong.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bundles;
mod cases;
mod golden;
mod hostile;
