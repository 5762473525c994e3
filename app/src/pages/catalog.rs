//! The pages of the catalog: its charts, and one chart.

pub(crate) mod card;
pub(crate) mod detail;
pub(crate) mod facts;
pub(crate) mod filters;
pub(crate) mod list;
pub(crate) mod upload;
