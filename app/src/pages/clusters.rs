//! The pages of clusters: the list, one cluster, and the dialogs that add and change clusters.

mod add;
mod change;
mod colour;
mod contexts;
pub(crate) mod detail;
mod faults;
mod in_cluster;
pub(crate) mod list;
mod network;
mod probe;
mod service_account;
pub(crate) mod state;
