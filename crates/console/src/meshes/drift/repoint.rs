//! The job that updates the release of a remote to the current addresses.

use super::{holder::AddressHolder, pointed::pointed};
use crate::{
    Action, Caller, Console, Error,
    connections::RunAs,
    draft::Draft,
    jobs::Upgrade,
    meshes::{Mesh, plan::ensure_not_exposed},
    values_text::is_text_of,
};
use ::mesh::endpoints::{DiscoveredAddress, Drifted, drift};
use release::Release;
use wire::{
    ClusterName, DraftId, JobId, MeshName,
    mesh::{StepKind, StepRef},
    release::ReleaseRef,
};

impl Console {
    /// Updates a remote's release to the current addresses, as a job. Its chart keeps its version.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when nothing has drifted or no release holds the addresses,
    /// [`Error::ExposedAddress`], [`Error::Busy`], [`Error::Release`] or [`Error::Cluster`].
    pub async fn update_remote_addresses(
        &self,
        caller: &Caller,
        name: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("update the addresses of {remote} in mesh {name}");
        self.audited_start(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(name).await?;
            let run_as = RunAs::Operator;
            let generation = self.leading_generation(&mesh, run_as).await;
            let found = self.discovered(&mesh, generation, run_as).await?;
            let holder = self.address_holder(&mesh, remote, generation, run_as);
            let AddressHolder::Release(at, release) = holder.await? else {
                return Err(Error::NoStep);
            };
            let drifted = drift(&release.config, &found);
            if drifted.is_empty() {
                return Err(Error::NoStep);
            }
            let mut values = found
                .iter()
                .map(DiscoveredAddress::view)
                .collect::<Vec<_>>();
            values.retain(|value| drifted.iter().any(|drifted| drifted.key == value.key));
            ensure_not_exposed(&values)?;
            let part = self.repointed(&mesh, &at, &release, &drifted).await?;
            let (mut job, mut plan) = Upgrade::rendered(self, at, part).await?;
            plan.decisions = self.decided_without_review(&plan).await?;
            job.draft.decisions = plan.decisions.clone();
            let state = self.planned_state(plan.concerns()).await?;
            self.start_planned(caller, job, plan, (state, None)).await
        })
        .await
    }

    /// The draft of a release with the current addresses.
    async fn repointed(
        &self,
        mesh: &Mesh,
        at: &ReleaseRef,
        release: &Release,
        drifted: &[Drifted],
    ) -> Result<Draft, Error> {
        let (id, mut draft) = self.draft_of_release(mesh, at, release).await?;
        let mut part = self.part_of(draft.clone(), at).await?;
        // What was installed stays, when the text of the operator is not known here.
        let is_own = is_text_of(&part.values, release);
        if is_own {
            draft.values = pointed(&draft.values, drifted)?;
        } else {
            part.values = pointed(&crate::mask::yaml(&release.config), drifted)?;
        }
        // The generated passwords of the installed revision stay, when their seed is known.
        let installed = self.release_inputs(at).await?;
        let installed = installed.map(|installed| installed.inputs);
        let inputs = installed.unwrap_or_else(|| self.new_render_inputs());
        draft.inputs = Some(inputs.clone());
        part.inputs = Some(inputs);
        if is_own {
            self.save(&id, &draft).await?;
            part = self.part_of(draft, at).await?;
        } else if !draft.is_bundle() {
            self.save(&id, &part).await?;
        }
        Ok(part)
    }

    /// The draft of the step of a release; for a release of another version of Istio than that of the mesh, a draft of
    /// its own, so that the chart keeps its version.
    async fn draft_of_release(
        &self,
        mesh: &Mesh,
        at: &ReleaseRef,
        release: &Release,
    ) -> Result<(DraftId, Draft), Error> {
        let step = StepRef {
            mesh: mesh.name.clone(),
            kind: StepKind::RemoteChart,
            cluster: at.cluster.clone(),
        };
        let version = release.chart.metadata("version");
        let is_of_step = mesh.release_of(&step).as_ref() == Some(at);
        let is_same_version = mesh.istio.as_deref().is_none_or(|istio| istio == version);
        if is_of_step && is_same_version {
            let draft = self.step_draft(mesh, &step, &[]).await?;
            return draft.ok_or(Error::NoStep);
        }
        let installed = Mesh {
            istio: Some(version.to_owned()),
            ..mesh.clone()
        };
        let draft = self.unkept_step_draft(&installed, &step).await?;
        Ok((self.new_draft_id()?, draft))
    }

    /// The part of a bundle with this release; any other draft itself.
    async fn part_of(&self, draft: Draft, at: &ReleaseRef) -> Result<Draft, Error> {
        if !draft.is_bundle() {
            return Ok(draft);
        }
        let mut parts = self.part_drafts(&draft).await?.into_iter();
        let part = parts.find(|part| part.draft.release == at.release.as_str());
        Ok(part.ok_or(Error::NoStep)?.draft)
    }
}
