//! What crosses between browser and server: names, requests and views, and nothing but serde.
//!
//! A name is parsed once, by the same code on both sides; a `…Request` travels in, a `…View` travels
//! out, and no [`Secret`] stands in a view. Start at [`name`], then at the noun you need.

pub mod address;
pub mod catalog;
pub mod check;
pub mod cluster;
pub mod error_chain;
pub mod install;
pub mod job;
pub mod live;
pub mod mesh;
pub mod name;
pub mod problem;
pub mod range;
pub mod release;
pub mod repository;
pub mod secret;
pub mod session;

pub use error_chain::error_chain;
pub use name::{
    BadName, ChartName, ChartRef, ClusterName, DraftId, JobId, MeshName, Namespace, ObjectName,
    ReleaseName, Repository, Revision,
};
pub use problem::{Code, Problem};
pub use secret::Secret;
