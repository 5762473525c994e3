//! Istio multi-cluster: knowledge, checks and the steps of a join.
//!
//! What is here knows Istio's names and habits; what is below does not. Start at [`preflight`] for one
//! chart on one cluster, at [`doctor`] for a mesh, planned or there; [`facts`] is what the latter reads.
//! What is done: [`join`], with the addresses of [`endpoints`], [`rotate`], [`leave`], and [`clear`] when
//! nothing stands any more, each a plan that can be shown first; [`verify`] says whether it is one mesh, [`probe`]
//! whether an address is reachable from within a cluster. Each [`step::Step`] is told as an
//! [`Event`] when it happens.

pub mod cleanup;
pub mod doctor;
pub mod endpoints;
mod error;
mod event;
pub mod facts;
mod finding;
pub mod join;
pub mod leave;
pub mod legacy;
pub mod preflight;
pub mod probe;
mod restart;
pub mod rotate;
pub mod step;
mod stored;
pub mod verify;
pub mod versions;
mod view;

pub use error::{Error, Hint};
pub use event::{Awaited, Event, Outcome};
pub use finding::Finding;
pub use preflight::{PreflightContext, preflight};
pub use restart::restart;
