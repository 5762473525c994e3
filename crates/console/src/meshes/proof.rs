//! Which remotes a job proves at its end: a join, a repoint and an upgrade of a release of a mesh that istiod leads.

use super::{ISTIO_NAMESPACE, Mesh, step_state::within};
use crate::{
    Console,
    connections::RunAs,
    jobs::{MemberConnections, MemberProof},
};
use ::mesh::{facts::IstioGeneration, join};
use wire::{ClusterName, mesh::StepKind, release::ReleaseRef};

impl Console {
    /// The proof of a remote; none where no istiod leads.
    pub(crate) async fn member_proof(
        &self,
        connections: &MemberConnections,
    ) -> Option<MemberProof> {
        let primary = connections.primary.identity(RunAs::Operator);
        let plane = join::control_plane(primary, ISTIO_NAMESPACE);
        let plane = within(&connections.primary, plane).await.ok()?.ok()?;
        let istiod = plane
            .deployment
            .filter(|_| plane.generation == IstioGeneration::Istiod)?;
        Some(MemberProof {
            spec: self.member_spec(connections, RunAs::Operator).await,
            connections: connections.clone(),
            istiod,
        })
    }

    /// The proofs after an upgrade of a release: of all remotes for one of the control plane, of its own remote for
    /// one on a remote, and none for other releases.
    pub(crate) async fn proofs_after(&self, at: &ReleaseRef) -> Vec<MemberProof> {
        let meshes = self.stored_meshes().await.unwrap_or_default();
        let mut proofs = Vec::new();
        for mesh in &meshes {
            for remote in remotes_of(mesh, at) {
                let member = mesh.member(&remote).member;
                if let Ok(connections) = self.member_connections(&member) {
                    proofs.extend(self.member_proof(&connections).await);
                }
            }
        }
        proofs
    }
}

/// The remotes whose endpoints depend on a release of a mesh.
fn remotes_of(mesh: &Mesh, at: &ReleaseRef) -> Vec<ClusterName> {
    let has_release = |kind: StepKind, cluster: &ClusterName| {
        let steps = mesh.steps().into_iter();
        let mut own = steps.filter(|step| step.kind == kind && step.cluster == *cluster);
        own.any(|step| mesh.releases_of(&step).contains(at))
    };
    if has_release(StepKind::ControlPlane, &mesh.primary) {
        return mesh.remotes.clone();
    }
    let remotes = mesh.remotes.iter();
    let own = remotes.filter(|remote| has_release(StepKind::RemoteChart, remote));
    own.cloned().collect()
}
