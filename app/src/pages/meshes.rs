//! The pages of meshes: the list, a new mesh, the guided steps of one mesh, and its Services.

mod addresses;
mod checks;
mod context;
pub(crate) mod detail;
mod drawing;
mod health;
mod install;
mod kubeconfig;
mod leftovers;
pub(crate) mod list;
mod map;
pub(crate) mod member;
mod members;
mod networks;
pub(crate) mod new;
mod panel;
mod plan;
mod query;
mod remedy;
mod removal;
mod sample;
pub(crate) mod service;
pub(crate) mod services;
mod setup;
