//! The pages of releases: the list, one release, and its uninstallation.

pub(crate) mod detail;
pub(crate) mod list;
mod rollback;
mod state;
pub(crate) mod uninstall;
pub(crate) mod upgrade;
