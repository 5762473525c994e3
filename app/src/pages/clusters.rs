//! Clusters: all of them, one of them, and adding some.

mod add;
mod admission;
mod change;
pub(crate) mod detail;
pub(crate) mod list;
mod mounted;
mod network;
mod probe;
