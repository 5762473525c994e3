//! The doctor over sandbox clusters: facts gathered of a joined mesh, whole and broken in one way.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what failed by where it failed"
)]

mod article;
mod broken;
mod clearing;
mod fixture;
mod gathered;
mod joining;
mod leaving;
mod pair;
mod probing;
mod rotating;
mod suite;
mod verifying;
