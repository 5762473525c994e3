//! The operations on a joined remote: token rotation and leaving, each with a plan.
//!
//! Each plan is stored as it is shown, and started by the id of its review.

use super::{ISTIO_NAMESPACE, planned_objects};
use crate::{
    Action, Caller, Console, Error,
    connections::RunAs,
    jobs::{Leave, MemberConnections, RestoreToken, Rotate},
};
use ::mesh::{
    MemberSpec,
    facts::IstioGeneration,
    join::{self, ControlPlane},
    leave, rotate,
};
use wire::{
    ClusterId, ClusterName, MeshName,
    mesh::{MemberPlanView, PlanNote},
};

impl Console {
    /// The plan of a token rotation.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is not a remote of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn plan_rotation(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let member = self.stored_mesh(mesh).await?.remote(remote)?;
            let connections = self.member_connections(&member.member)?;
            let plan = Box::new(self.rotation(&connections, None).await?);
            let mut notes: Vec<PlanNote> = plan.notes.iter().map(PlanNote::from).collect();
            if plan.effect == rotate::Effect::Lost {
                notes.push(PlanNote::RestartsIstiod);
            }
            let view = planned_objects::member_plan(&member.member, &plan.steps, notes);
            let planned = (connections, plan);
            let rotate = Rotate::planned(member, &planned.1);
            let review = self.store_review(rotate, &planned, None).await?;
            Ok(MemberPlanView {
                review: Some(review),
                ..view
            })
        })
        .await
    }

    /// The plan of putting the token back that a remote had before its last rotation.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is not a remote of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn plan_token_restoration(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let member = self.stored_mesh(mesh).await?.remote(remote)?;
            let connections = self.member_connections(&member.member)?;
            let plan = Box::new(self.restoration(&connections).await?);
            let notes = plan
                .istiod
                .iter()
                .map(|_| PlanNote::RestartsIstiod)
                .collect();
            let view = planned_objects::member_plan(&member.member, &plan.steps, notes);
            let planned = (connections, plan);
            let review = self
                .store_review(RestoreToken(member), &planned, None)
                .await?;
            Ok(MemberPlanView {
                review: Some(review),
                ..view
            })
        })
        .await
    }

    /// The plan of removing a remote from its mesh.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is not a remote of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn plan_leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let member = self.stored_mesh(mesh).await?.remote(remote)?;
            let connections = self.member_connections(&member.member)?;
            let plan = Box::new(self.leaving(&connections).await?);
            let view = planned_objects::member_plan(&member.member, &plan.steps, plan.notes());
            let planned = (connections, plan);
            let review = self.store_review(Leave(member), &planned, None).await?;
            Ok(MemberPlanView {
                review: Some(review),
                ..view
            })
        })
        .await
    }

    /// `kept` describes the remote Secret, which an interrupted rotation may have deleted.
    pub(crate) async fn rotation(
        &self,
        connections: &MemberConnections,
        kept: Option<&rotate::RemoteServer>,
    ) -> Result<rotate::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        Ok(rotate::plan_resumed(
            &connections.primary.user,
            &connections.remote.user,
            &spec,
            kept,
        )
        .await?)
    }

    pub(crate) async fn restoration(
        &self,
        connections: &MemberConnections,
    ) -> Result<rotate::restore::RestorePlan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        Ok(rotate::restore::plan(primary, remote, &spec).await?)
    }

    /// The plan of a leave that was interrupted; it may have nothing left to do.
    pub(crate) async fn leaving_again(
        &self,
        connections: &MemberConnections,
    ) -> Result<leave::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        Ok(leave::plan_resumed(&connections.primary.user, &connections.remote.user, &spec).await?)
    }

    pub(crate) async fn leaving(
        &self,
        connections: &MemberConnections,
    ) -> Result<leave::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        Ok(leave::plan(&connections.primary.user, &connections.remote.user, &spec).await?)
    }

    /// The remote with its own name, and its control plane.
    pub(super) async fn member_spec(
        &self,
        connections: &MemberConnections,
        run_as: RunAs,
    ) -> MemberSpec {
        let plane = control_plane(connections, run_as).await;
        MemberSpec {
            id: ClusterId::from(&connections.remote.name),
            generation: plane.generation,
            is_external: plane.is_external,
            namespace: ISTIO_NAMESPACE.to_owned(),
            primary_id: plane.id,
            policy: self.setup.addresses,
        }
    }
}

/// The control plane; without one that of Istio 1.0.
async fn control_plane(connections: &MemberConnections, run_as: RunAs) -> ControlPlane {
    let found = join::control_plane(connections.primary.identity(run_as), ISTIO_NAMESPACE).await;
    found.unwrap_or_else(|_| ControlPlane {
        generation: IstioGeneration::Mixer,
        id: ClusterId::kubernetes(),
        is_external: false,
        deployment: None,
    })
}
