//! Clusters: all of them, one of them, and adding some.

mod add;
pub(crate) mod detail;
pub(crate) mod list;
