//! The parts that [`join`](crate::join), [`rotate`](crate::rotate) and [`leave`](crate::leave) share: the
//! member, its reader and tokens in the remote, and its remote Secret in the primary.
//!
//! [`state`] reads what exists, [`objects`] and [`remote_secret`] decide the steps, [`apply`] and
//! [`tokens`] execute them. Start at [`MemberSpec`].

pub(crate) mod apply;
mod kubeconfig;
pub mod lookup;
pub mod names;
pub(crate) mod objects;
pub(crate) mod progress;
pub(crate) mod remote_secret;
pub(crate) mod state;
pub(crate) mod tokens;

pub use kubeconfig::Kubeconfig;

use crate::{facts::IstioGeneration, istio::reader_rules::ReaderScope};
use cluster::AddressPolicy;
use wire::ClusterId;

/// A remote of a mesh, and the control plane that reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSpec {
    /// The remote's ID in the mesh: the key of its remote Secret.
    pub id: ClusterId,
    /// The generation of the control plane.
    pub generation: IstioGeneration,
    /// Whether the control plane controls remotes: `EXTERNAL_ISTIOD` of its istiod is true.
    pub is_external: bool,
    /// The namespace of the control plane and of the reader.
    pub namespace: String,
    /// The ID that the control plane gives its own cluster.
    pub primary_id: ClusterId,
    /// The addresses that the console may dial.
    pub policy: AddressPolicy,
}

impl MemberSpec {
    /// What the control plane does in the remote; a join names it as the control plane of the remote.
    pub fn scope(&self) -> ReaderScope {
        ReaderScope::new(self.generation, self.is_external)
    }
}
