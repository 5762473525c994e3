//! The pages: data and arrangement, one folder per noun.

pub(crate) mod catalog;
pub(crate) mod changed_plan;
pub(crate) mod clusters;
#[cfg(any(debug_assertions, feature = "design"))]
pub(crate) mod design;
pub(crate) mod frame;
pub(crate) mod install;
pub(crate) mod jobs;
pub(crate) mod login;
pub(crate) mod meshes;
pub(crate) mod missing;
mod notifications;
pub(crate) mod overview;
pub(crate) mod releases;
pub(crate) mod repositories;
pub(crate) mod sessions;
pub(crate) mod start;
