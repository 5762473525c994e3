//! What the control plane and the sample's page say of a mesh, as a page shows it.
//!
//! All requests run concurrently, each with a timeout; the view names the reason for each missing part.
//! Start at [`Console::verify_mesh`].

use super::{ISTIO_NAMESPACE, Mesh, SAMPLE_NAMESPACE, step_state::within};
use crate::{
    Action, Caller, Console, Error,
    connections::{ClusterConnection, RunAs},
    permit::may,
};
use ::mesh::{
    facts::IstioGeneration,
    gather::ShardQuery,
    join,
    verify::{self, VerifyRequest},
};
use cluster::Identity;
use wire::{
    ClusterId, MeshName,
    mesh::{StepKind, StepState, VerificationView},
};

impl Console {
    /// What the control plane and the product page say, asked now. Whether the mesh is verified is stored for
    /// a caller who may change the mesh.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`]. Who does
    /// not answer is no error: the verdict says so.
    pub async fn verify_mesh(
        &self,
        caller: &Caller,
        name: &MeshName,
    ) -> Result<VerificationView, Error> {
        self.permitted(caller, Action::Read, async {
            let mesh = self.stored_mesh(name).await?;
            let (verdict, verified) = self.verdict(&mesh).await?;
            if may(caller.role, Action::WriteMesh) {
                self.store_verified(&mesh, verified).await?;
            }
            Ok(verdict)
        })
        .await
    }

    /// The answers, and when they showed that the mesh is verified.
    async fn verdict(&self, mesh: &Mesh) -> Result<(VerificationView, Option<i64>), Error> {
        let primary = self.connections.get(&mesh.primary)?;
        let remotes = mesh.remotes.iter().map(|name| self.connections.get(name));
        let remotes: Vec<ClusterConnection> = remotes.collect::<Result<_, _>>()?;
        let ids = remotes.iter().map(|remote| id_of(&primary, remote));
        let ids = futures::future::join_all(ids).await.into_iter();
        let identities = remotes
            .iter()
            .map(|connection| connection.identity(RunAs::Operator));
        let named: Vec<(ClusterId, &dyn Identity)> = ids.zip(identities).collect();
        let plane = join::control_plane(&primary.user, ISTIO_NAMESPACE).await;
        let question = VerifyRequest {
            primary: &primary.user,
            remotes: &named,
            generation: plane.map_or(IstioGeneration::Mixer, |plane| plane.generation),
            namespace: ISTIO_NAMESPACE,
            sample: self.has_sample(mesh).await.then_some(SAMPLE_NAMESPACE),
            policy: self.setup.addresses,
            timeouts: verify::Timeouts::default(),
            shards: ShardQuery::Now,
            now: self.setup.clock,
        };
        let verdict = verify::verify(&question).await;
        let verified = verdict.is_healthy().then(|| self.now().as_second());
        Ok((verdict.view(), verified))
    }

    /// Stores whether a mesh is verified, when that changed.
    async fn store_verified(&self, mesh: &Mesh, verified: Option<i64>) -> Result<(), Error> {
        if verified.is_some() == mesh.verified.is_some() {
            return Ok(());
        }
        self.change_mesh(&mesh.name, move |mesh| mesh.verified = verified)
            .await?;
        // The checks saw the mesh before it changed; the verdict is made of both.
        self.check_again(&mesh.name);
        Ok(())
    }

    /// Whether the sample's page is installed on the primary.
    async fn has_sample(&self, mesh: &Mesh) -> bool {
        let mut steps = mesh.steps().into_iter();
        let step = steps.find(|step| step.kind == StepKind::Sample);
        match step.as_ref().and_then(|step| mesh.release_of(step)) {
            Some(release) => self.is_installed(&release).await == StepState::Done,
            None => false,
        }
    }
}

/// The ID of a remote in the mesh: that of its remote Secret, else its name.
async fn id_of(primary: &ClusterConnection, remote: &ClusterConnection) -> ClusterId {
    let name = ClusterId::from(&remote.name);
    let joined = join::joined_as(&primary.user, &remote.user, ISTIO_NAMESPACE, &name);
    match within(primary, joined).await {
        Ok(Ok(Some(id))) => id,
        _ => name,
    }
}
