//! All server functions: the console's public API in one folder, a file a noun.
//!
//! Each is a door: ask who, call one use case, return a view.

pub mod catalog;
pub mod clusters;
pub mod install;
pub mod jobs;
pub mod json;
pub mod meshes;
pub mod releases;
pub mod repositories;
pub mod session;
