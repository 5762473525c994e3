//! The catalog and the charts in it.

pub(crate) mod card;
pub(crate) mod detail;
mod facts;
pub(crate) mod filters;
pub(crate) mod list;
pub(crate) mod upload;
