//! The plan of a step of a mesh, read from the clusters; nothing on a cluster changes.
//!
//! Start at [`Console::plan_step`].

use super::{Mesh, commands};
use crate::{Action, Caller, Console, Error};
use ::mesh::endpoints::{DiscoveredAddress, discover};
use wire::{
    Code, Problem,
    mesh::{DiscoveredValue, InstallPlanView, MissingAddress, StepKind, StepPlanView, StepRef},
};

impl Console {
    /// The plan of a step. The draft of an installation is created or completed.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`], [`Error::NoCluster`], [`Error::Cluster`],
    /// [`Error::Chart`].
    pub async fn plan_step(&self, caller: &Caller, step: &StepRef) -> Result<StepPlanView, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let mesh = self.mesh_of(step).await?;
            let mut plan = StepPlanView {
                step: step.clone(),
                install: None,
                review: None,
                objects: Vec::new(),
                addresses: Vec::new(),
                networks: None,
                notes: Vec::new(),
                commands: Vec::new(),
                problem: None,
            };
            match step.kind {
                // The page shows the health of the mesh.
                StepKind::Checks => {}
                StepKind::Join => self.plan_join(&mesh, step, &mut plan).await?,
                // The page shows the topology of the mesh.
                StepKind::Verify => {}
                _ => self.plan_install(&mesh, step, &mut plan).await?,
            }
            Ok(plan)
        })
        .await
    }

    /// The mesh of a step, validated.
    pub(super) async fn mesh_of(&self, step: &StepRef) -> Result<Mesh, Error> {
        let mesh = self.stored_mesh(&step.mesh).await?;
        if mesh.steps().contains(step) {
            return Ok(mesh);
        }
        Err(Error::NoStep)
    }

    async fn plan_install(
        &self,
        mesh: &Mesh,
        step: &StepRef,
        plan: &mut StepPlanView,
    ) -> Result<(), Error> {
        if let Err(other) = self.ensure_same_generation(mesh, step).await {
            plan.problem = Some(Problem::from(other));
            return Ok(());
        }
        let found = self.found(mesh, step).await?;
        plan.problem = needed(&found);
        let Some((id, draft)) = self.step_draft(mesh, step, &found).await? else {
            return Err(Error::NoStep);
        };
        let review = match plan.problem {
            None => Some(self.review_of(&id).await?),
            Some(_) => None,
        };
        if let Some(review) = &review {
            plan.problem.clone_from(&review.problem);
            plan.review = Some(review.review.clone());
            let parts = self.part_drafts(&draft).await?;
            plan.commands = commands::install(&step.cluster, (&draft, &parts), &review.command);
        }
        plan.install = Some(InstallPlanView {
            draft: id,
            review,
            found,
        });
        Ok(())
    }
}

impl Console {
    /// The charts for a remote require a control plane of their generation.
    pub(super) async fn ensure_same_generation(
        &self,
        mesh: &Mesh,
        step: &StepRef,
    ) -> Result<(), Error> {
        if step.kind != StepKind::RemoteChart {
            return Ok(());
        }
        match self.control_plane(mesh).await {
            Some((generation, _)) if generation != mesh.generation() => {
                Err(Error::OtherGeneration { generation })
            }
            _ => Ok(()),
        }
    }

    /// The addresses of the primary for remotes, where a step needs them.
    pub(super) async fn found(
        &self,
        mesh: &Mesh,
        step: &StepRef,
    ) -> Result<Vec<DiscoveredValue>, Error> {
        if step.kind != StepKind::RemoteChart {
            return Ok(Vec::new());
        }
        let primary = self.connections.get(&mesh.primary)?;
        let found = discover(
            &primary.user,
            mesh.generation(),
            super::ISTIO_NAMESPACE,
            self.now(),
            &*self.setup.resolver,
        )
        .await?;
        Ok(found.iter().map(DiscoveredAddress::view).collect())
    }
}

/// Checks that no address that remotes would use is public without an allowed source range.
///
/// # Errors
/// [`Error::ExposedAddress`].
pub(super) fn ensure_not_exposed(found: &[DiscoveredValue]) -> Result<(), Error> {
    let exposed = |value: &&DiscoveredValue| !value.exposed.is_empty();
    let Some(value) = found.iter().find(exposed) else {
        return Ok(());
    };
    let object = value.source.clone().ok_or(Error::NoStep)?;
    Err(Error::ExposedAddress {
        object,
        addresses: value.exposed.clone(),
    })
}

/// The problem of the address of the control plane, without which nothing can be installed: it is missing, or
/// every source may dial it.
fn needed(found: &[DiscoveredValue]) -> Option<Problem> {
    let pilot = found
        .iter()
        .find(|value| value.key.ends_with("remotePilotAddress"))?;
    if let Some(MissingAddress::Unresolved {
        service,
        host,
        reason,
    }) = &pilot.missing
    {
        let problem = Problem::new(Code::HostUnresolved).with("object", service);
        return Some(problem.with("host", host).with("reason", reason));
    }
    if pilot.value.is_empty() {
        return Some(Problem::new(Code::NoAddress).with("key", &pilot.key));
    }
    ensure_not_exposed(found).err().map(Problem::from)
}
