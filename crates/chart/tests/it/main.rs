//! Tests of the public API: golden folders, cases, and invalid input.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bundles;
mod cases;
mod certificates;
mod golden;
mod hostile;
mod inputs;
mod lint;
mod schemas;
