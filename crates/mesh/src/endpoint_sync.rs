//! Whether each istiod has registered the endpoints that each remote has ready.
//!
//! The EndpointSlices of a remote are compared with the endpoint shards of every istiod on its own: one istiod
//! of several may have lost a remote. A control plane needs a moment for every change, so that a difference
//! counts only when later readings find it again. Start at [`compare`], which is pure; [`EndpointMonitor`]
//! keeps since when endpoints differ, [`observe`] reads both sides now, and [`proof`] waits until they agree
//! after a change; [`prove_member`] does so for a member of a mesh.

mod compare;
mod member_proof;
mod monitor;
mod observe;
pub mod proof;
#[cfg(test)]
mod tests;

pub use compare::{RemoteServices, compare};
pub use member_proof::{Proof, ProofRequest, prove_member};
pub use monitor::EndpointMonitor;
pub use observe::{ObserveRequest, observe};
