//! Istio multi-cluster: the facts about a mesh, the checks over them, and the operations on its members.
//!
//! [`istio`] has Istio's names, [`facts`] the plain data, and [`gather`] reads clusters into facts;
//! [`inspect`] adds the answers of control planes and the sample. The [`doctor`] checks the facts of a
//! mesh, [`preflight()`] one chart on one cluster. The operations [`join`], [`adopt`], [`rotate`], [`leave`]
//! and [`cleanup`] are plans that can be shown first; each [`step::Step`] emits [`Event`]s when it is
//! executed. [`verify`] checks whether the clusters are one mesh, [`probe`] whether an address is
//! reachable from inside a cluster.
//!
//! What a public function may do is in its argument: [`cluster::AsUser`] where an operator asks or something
//! changes, `&dyn` [`cluster::Identity`] for reads that the console also repeats in the background. The
//! private functions below take the `&Cluster` of the identity that a public function was given.

pub mod adopt;
pub mod chart_annotations;
pub mod cleanup;
pub mod doctor;
pub mod endpoint_sync;
pub mod endpoints;
mod error;
pub mod facts;
mod finding;
pub mod gather;
mod injection;
pub mod inspect;
pub mod istio;
pub mod istio_releases;
pub mod join;
pub mod leave;
pub mod membership;
pub mod preflight;
pub mod probe;
mod problem;
pub mod repair;
mod restart;
pub mod rotate;
pub mod services;
pub mod step;
pub mod traffic;
pub mod verify;
pub mod versions;
mod view;

pub use error::Error;
pub use finding::Finding;
pub use injection::wait_until_injecting;
pub use membership::MemberSpec;
pub use preflight::{PreflightContext, preflight};
pub use release::{Event, Outcome, WaitReason};
pub use restart::restart;
