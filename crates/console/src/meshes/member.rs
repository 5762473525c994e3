//! A remote that has joined: a new token for its reader, and leaving again; both shown first.
//!
//! Each is planned anew before it is carried out as a job.

use super::{ISTIO_NAMESPACE, planned_objects};
use crate::{
    Action, Caller, Console, Error,
    jobs::{JobPlan, JobSpec, MemberConnections, MeshMember},
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
    pub async fn plan_rotation(
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
            Ok(planned_objects::member_plan(
                &who.member,
                &plan.steps,
                notes,
            ))
        })
        .await
    }

    /// Gives a remote's reader a new token, as a job.
    ///
    /// # Errors
    /// As for [`Console::plan_rotation`], and [`Error::Busy`].
    pub async fn rotate(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("rotate the token of {remote} in mesh {mesh}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let work = Box::pin(self.plan_rotation_job(&who)).await?;
            Box::pin(self.start(caller, JobSpec::Rotate(who), work)).await
        })
        .await
    }

    /// What taking a remote out would do.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when it is no remote of that mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn plan_leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let sides = self.sides(&who.member)?;
            let plan = Box::pin(self.leaving(&sides)).await?;
            Ok(planned_objects::member_plan(
                &who.member,
                &plan.steps,
                plan.notes(),
            ))
        })
        .await
    }

    /// Takes a remote out of its mesh, as a job.
    ///
    /// # Errors
    /// As for [`Console::plan_leave`], and [`Error::Busy`].
    pub async fn leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("take {remote} out of mesh {mesh}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let who = self.stored_mesh(mesh)?.remote(remote)?;
            let work = Box::pin(self.plan_leave_job(&who)).await?;
            Box::pin(self.start(caller, JobSpec::Leave(who), work)).await
        })
        .await
    }

    pub(crate) async fn plan_rotation_job(&self, who: &MeshMember) -> Result<JobPlan, Error> {
        let sides = self.sides(&who.member)?;
        let plan = Box::new(Box::pin(self.rotation(&sides)).await?);
        Ok(JobPlan::Rotate { sides, plan })
    }

    pub(crate) async fn plan_leave_job(&self, who: &MeshMember) -> Result<JobPlan, Error> {
        let sides = self.sides(&who.member)?;
        let plan = Box::new(Box::pin(self.leaving(&sides)).await?);
        Ok(JobPlan::Leave { sides, plan })
    }

    async fn rotation(&self, sides: &MemberConnections) -> Result<rotate::Plan, Error> {
        let spec = self.member_spec(sides).await;
        Ok(rotate::plan(&sides.primary.user, &sides.remote.user, &spec).await?)
    }

    async fn leaving(&self, sides: &MemberConnections) -> Result<leave::Plan, Error> {
        let spec = self.member_spec(sides).await;
        Ok(leave::plan(&sides.primary.user, &sides.remote.user, &spec).await?)
    }

    /// The remote under its own name, and the control plane that reads it.
    pub(super) async fn member_spec(&self, sides: &MemberConnections) -> MemberSpec {
        let (generation, primary_id) = control_plane(sides).await;
        MemberSpec {
            id: ClusterId::from(&sides.remote.name),
            generation,
            namespace: ISTIO_NAMESPACE.to_owned(),
            primary_id,
            policy: self.setup.addresses,
        }
    }
}

/// The generation of the control plane and the ID of its cluster; without a control plane those of
/// Istio 1.0.
async fn control_plane(sides: &MemberConnections) -> (IstioGeneration, ClusterId) {
    let found = join::control_plane(&sides.primary.user, ISTIO_NAMESPACE).await;
    found.unwrap_or_else(|_| (IstioGeneration::Mixer, ClusterId::kubernetes()))
}
