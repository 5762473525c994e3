//! Reveals the kubeconfig with which a primary reads a remote cluster: the only response with a secret.
//!
//! The audit entry is written before anything is read.

use crate::{Action, Caller, Console, Error, connections::RunAs};
use ::mesh::join;
use wire::{ClusterName, MeshName, mesh::Revealed};

impl Console {
    /// The kubeconfig in the remote Secret on the primary of a mesh.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when it is no remote of that mesh, [`Error::NoCluster`], or
    /// [`Error::Mesh`] when it has not joined.
    pub async fn reveal_kubeconfig(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<Revealed, Error> {
        let target = format!("show the kubeconfig of {remote} in mesh {mesh}");
        self.audited(caller, Action::Reveal, &target, async {
            let mesh = self.stored_mesh(mesh).await?;
            let connections = self.member_connections(&mesh.remote(remote)?.member)?;
            let (spec, _) = self.join_spec(&mesh, &connections, RunAs::Operator).await;
            let plan =
                join::plan(&connections.primary.user, &connections.remote.user, &spec).await?;
            let kubeconfig = join::stored(&connections.primary.user, &plan).await?;
            Ok(Revealed { kubeconfig })
        })
        .await
    }
}
