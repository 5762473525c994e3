//! The pages of meshes: the list, a new mesh, and the guided steps of one mesh.

mod addresses;
mod checks;
pub(crate) mod detail;
mod drawing;
mod health;
mod install;
mod left;
pub(crate) mod list;
mod member;
mod networks;
pub(crate) mod new;
mod objects;
mod picture;
mod plan;
mod removal;
mod reveal;
mod step;
