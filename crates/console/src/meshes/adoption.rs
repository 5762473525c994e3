//! The adoption of a join that another tool made, and its undo: each a plan first.

use super::planned_objects;
use crate::{
    Action, Caller, Console, Error,
    connections::RunAs,
    jobs::{Adopt, MemberConnections, UndoAdoption},
};
use ::mesh::adopt;
use wire::{
    ClusterName, MeshName,
    mesh::{MemberPlanView, PlanNote},
};

impl Console {
    /// The plan of adopting the join of a remote; only labels and annotations of its objects change.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is not a remote of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`], such as for a join that is not clear.
    pub async fn plan_adoption(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let member = self.stored_mesh(mesh).await?.remote(remote)?;
            let connections = self.member_connections(&member.member)?;
            let plan = Box::new(self.adoption(&connections).await?);
            let notes = vec![PlanNote::AdoptsMarksOnly(plan.tool)];
            let view = planned_objects::member_plan(&member.member, &plan.steps, notes);
            let planned = (connections, plan);
            let review = self.store_review(Adopt(member), &planned, None).await?;
            Ok(MemberPlanView {
                review: Some(review),
                ..view
            })
        })
        .await
    }

    /// The plan of removing the marks that the adoption of a join added.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is not a remote of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`], such as for a join that was not adopted.
    pub async fn plan_adoption_undo(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let member = self.stored_mesh(mesh).await?.remote(remote)?;
            let connections = self.member_connections(&member.member)?;
            let plan = Box::new(self.undone_adoption(&connections).await?);
            let view = planned_objects::member_plan(&member.member, &plan.steps, Vec::new());
            let planned = (connections, plan);
            let review = self.store_review(UndoAdoption(member), &planned, None);
            Ok(MemberPlanView {
                review: Some(review.await?),
                ..view
            })
        })
        .await
    }

    pub(crate) async fn adoption(
        &self,
        connections: &MemberConnections,
    ) -> Result<adopt::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        Ok(adopt::plan(primary, remote, &spec, &connections.remote.server).await?)
    }

    pub(crate) async fn undone_adoption(
        &self,
        connections: &MemberConnections,
    ) -> Result<adopt::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        Ok(adopt::plan_undo(primary, remote, &spec, &connections.remote.server).await?)
    }

    /// The plan of an undo that was interrupted; it may have nothing left to do.
    pub(crate) async fn undone_adoption_again(
        &self,
        connections: &MemberConnections,
    ) -> Result<adopt::Plan, Error> {
        let spec = self.member_spec(connections, RunAs::Operator).await;
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        let server = &connections.remote.server;
        Ok(adopt::plan_undo_resumed(primary, remote, &spec, server).await?)
    }
}
