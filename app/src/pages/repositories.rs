//! Repositories of charts.

mod add;
pub(crate) mod list;
mod probe;
