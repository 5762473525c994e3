//! Meshes: the list, a new one, and the guided path of one.

mod addresses;
mod checks;
pub(crate) mod detail;
mod install;
pub(crate) mod list;
pub(crate) mod new;
mod objects;
mod plan;
mod step;
