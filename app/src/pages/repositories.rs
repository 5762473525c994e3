//! The page of the repositories, and the dialog that adds one.

mod add;
pub(crate) mod list;
mod probe;
mod skipped;
