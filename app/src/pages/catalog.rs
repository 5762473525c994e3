//! The catalog and the charts in it.

pub(crate) mod detail;
pub(crate) mod list;
