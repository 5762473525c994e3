//! Jobs: all of them, and one while it runs.

pub(crate) mod detail;
pub(crate) mod list;
mod timeline;
