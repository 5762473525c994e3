//! The pages of releases: the list, one release, and its uninstallation.

pub(crate) mod detail;
mod interrupted;
mod left_fields;
pub(crate) mod list;
mod rollback;
mod state;
mod test;
pub(crate) mod uninstall;
pub(crate) mod upgrade;
