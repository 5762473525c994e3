//! Istio multi-cluster: knowledge, checks and, later, the steps of a join.
//!
//! What is here knows Istio's names and habits; what is below does not. Start at [`preflight`] for one
//! chart on one cluster, at [`doctor`] for a mesh, planned or there; [`facts`] is what the latter reads.

pub mod doctor;
pub mod facts;
mod finding;
pub mod legacy;
pub mod preflight;
pub mod versions;

pub use finding::Finding;
pub use preflight::{Ground, preflight};
