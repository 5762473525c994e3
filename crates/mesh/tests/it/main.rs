//! The doctor over sandbox clusters: facts gathered of a joined mesh, whole and broken in one way.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what failed by where it failed"
)]

mod adopt;
mod broken;
mod cleanup;
mod endpoint_sync;
mod fixture;
mod gather;
mod join;
mod leave;
mod pair;
mod probe;
mod rotate;
mod suite;
mod two_sandboxes;
mod verify;
