//! A remote that has joined: a new token for its reader, and leaving again; both shown first.
//!
//! Each is planned anew before it is carried out as a job.

use super::{SYSTEM, objects};
use crate::{
    Action, Caller, Console, Error,
    jobs::{Membership, Order, Sides, Work},
};
use ::mesh::{MemberSpec, facts::IstioGeneration, join, leave, rotate};
use wire::{
    ClusterId, ClusterName, JobId, MeshName,
    mesh::{MemberPlanView, PlanNote},
};

impl Console {
    /// What a new token for a remote's reader would change.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when it is no remote of that mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn rotation_plan(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let sides = self.sides(&who.member)?;
            let plan = Box::pin(self.rotation(&sides)).await?;
            let notes = plan.notes.iter().map(PlanNote::from).collect();
            Ok(objects::member_plan(&who.member, &plan.steps, notes))
        })
        .await
    }

    /// Gives a remote's reader a new token, as a job.
    ///
    /// # Errors
    /// As for [`Console::rotation_plan`], and [`Error::Busy`].
    pub async fn rotate(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("rotate the token of {remote} in mesh {mesh}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let work = Box::pin(self.rotation_work(&who)).await?;
            Box::pin(self.start(caller, Order::Rotate(who), work)).await
        })
        .await
    }

    /// What taking a remote out would do.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when it is no remote of that mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn leave_plan(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let sides = self.sides(&who.member)?;
            let plan = Box::pin(self.leaving(&sides)).await?;
            Ok(objects::member_plan(&who.member, &plan.steps, plan.notes()))
        })
        .await
    }

    /// Takes a remote out of its mesh, as a job.
    ///
    /// # Errors
    /// As for [`Console::leave_plan`], and [`Error::Busy`].
    pub async fn leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("take {remote} out of mesh {mesh}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let work = Box::pin(self.leave_work(&who)).await?;
            Box::pin(self.start(caller, Order::Leave(who), work)).await
        })
        .await
    }

    pub(crate) async fn rotation_work(&self, who: &Membership) -> Result<Work, Error> {
        let sides = self.sides(&who.member)?;
        let plan = Box::new(Box::pin(self.rotation(&sides)).await?);
        Ok(Work::Rotate { sides, plan })
    }

    pub(crate) async fn leave_work(&self, who: &Membership) -> Result<Work, Error> {
        let sides = self.sides(&who.member)?;
        let plan = Box::new(Box::pin(self.leaving(&sides)).await?);
        Ok(Work::Leave { sides, plan })
    }

    async fn rotation(&self, sides: &Sides) -> Result<rotate::Plan, Error> {
        let spec = self.member_spec(sides).await;
        Ok(rotate::plan(&sides.primary.user, &sides.remote.user, &spec).await?)
    }

    async fn leaving(&self, sides: &Sides) -> Result<leave::Plan, Error> {
        let spec = self.member_spec(sides).await;
        Ok(leave::plan(&sides.primary.user, &sides.remote.user, &spec).await?)
    }

    /// The remote under its own name, and the control plane that reads it.
    pub(super) async fn member_spec(&self, sides: &Sides) -> MemberSpec {
        let (generation, primary_id) = control_plane(sides).await;
        MemberSpec {
            id: ClusterId::from(&sides.remote.name),
            generation,
            namespace: SYSTEM.to_owned(),
            primary_id,
            policy: self.setup.addresses,
        }
    }
}

/// The generation of the control plane and the ID of its cluster; without a control plane those of
/// Istio 1.0.
async fn control_plane(sides: &Sides) -> (IstioGeneration, ClusterId) {
    let found = join::control_plane(&sides.primary.user, SYSTEM).await;
    found.unwrap_or_else(|_| (IstioGeneration::Mixer, ClusterId::kubernetes()))
}
