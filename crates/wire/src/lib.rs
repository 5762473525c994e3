//! The API between browser and server: names, requests and views; of libraries it has serde, thiserror and zeroize
//! only.
//!
//! Names are parsed once, by the same code on both sides. A `…Request` goes to the server, a `…View` comes
//! back, and no view contains a [`Secret`]. Start at [`name`], then at the module of the noun.

pub mod address;
pub mod catalog;
pub mod check;
pub mod cluster;
pub mod comparison;
pub mod decision;
pub mod error_chain;
pub mod helm_version;
pub mod install;
mod io_reason;
pub mod job;
pub mod list;
pub mod live;
pub mod mark_failed;
pub mod mesh;
pub mod name;
pub mod object;
pub mod problem;
pub mod range;
pub mod release;
pub mod repository;
pub mod review;
pub mod rollback;
pub mod sandbox;
pub mod secret;
pub mod session;
pub mod test_result;
pub mod test_run;
pub mod time;
pub mod upgrade;
pub mod values_merge;
pub mod visible;

pub use error_chain::error_chain;
pub use helm_version::{HelmVersion, UnknownHelmVersion};
pub use io_reason::io_reason;
pub use name::{
    BadName, ChartName, ChartRef, ClusterId, ClusterName, DraftId, JobId, MeshName, Namespace,
    ObjectName, ReleaseName, Repository, ReviewId, Revision, ServiceName,
};
pub use problem::{Code, Problem};
pub use review::ReviewRef;
pub use secret::Secret;
pub use time::Time;
