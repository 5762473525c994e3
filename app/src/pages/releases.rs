//! Releases: over all clusters, one of them, and taking one away.

pub(crate) mod detail;
pub(crate) mod list;
mod state;
pub(crate) mod uninstall;
