//! Jobs: all of them, and one while it runs.

pub(crate) mod detail;
pub(crate) mod list;
pub(crate) mod timeline;
