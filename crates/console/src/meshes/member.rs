//! A remote that has joined: a new token for its reader, and leaving again; both shown first.
//!
//! Each is planned anew before it is carried out as a job.

use super::{SYSTEM, objects};
use crate::{
    Action, Caller, Console, Error,
    jobs::{Membership, Order, Sides, Work},
};
use ::mesh::{
    facts::IstioGeneration,
    join,
    leave::{self, Leaving},
    rotate::{self, Rotation},
};
use std::time::Duration;
use wire::{
    ClusterName, JobId, MeshName,
    mesh::{MemberPlanView, PlanNote},
};

/// How long the control plane may take to follow a remote again.
const SYNC_TIMEOUT: Duration = Duration::from_mins(1);

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
        let (generation, primary_id) = led_by(sides).await;
        let rotation = Rotation {
            name: sides.remote.name.clone(),
            generation,
            namespace: SYSTEM.to_owned(),
            primary_id,
            policy: self.setup.addresses,
            sync_timeout: SYNC_TIMEOUT,
        };
        Ok(rotate::plan(&sides.primary.user, &sides.remote.user, &rotation).await?)
    }

    async fn leaving(&self, sides: &Sides) -> Result<leave::Plan, Error> {
        let (generation, primary_id) = led_by(sides).await;
        let leaving = Leaving {
            name: sides.remote.name.clone(),
            generation,
            namespace: SYSTEM.to_owned(),
            primary_id,
            policy: self.setup.addresses,
        };
        Ok(leave::plan(&sides.primary.user, &sides.remote.user, &leaving).await?)
    }
}

/// Which Istio leads, and under which name it knows its own cluster; without one, as the old line would.
pub(super) async fn led_by(sides: &Sides) -> (IstioGeneration, String) {
    let plane = join::control_plane(&sides.primary.user, SYSTEM).await;
    plane.unwrap_or((IstioGeneration::Mixer, "Kubernetes".into()))
}
