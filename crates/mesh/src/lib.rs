//! Istio multi-cluster: knowledge, checks and, later, the steps of a join.
//!
//! What is here knows Istio's names and habits; what is below does not. Start at [`preflight`].

pub mod legacy;
pub mod preflight;

pub use preflight::{Finding, Ground, preflight};
