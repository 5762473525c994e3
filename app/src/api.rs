//! All server functions, one file per noun.
//!
//! Each identifies the caller, calls one use case of the console, and returns a view. Each has an explicit
//! endpoint, so that its path does not depend on the folder of the build.

pub mod catalog;
pub mod clusters;
pub mod install;
pub mod jobs;
pub mod json;
pub mod meshes;
pub mod releases;
pub mod repositories;
pub mod session;
