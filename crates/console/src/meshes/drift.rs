//! Drift: the release of a remote refers to a stale address of the primary; one job updates it.
//!
//! The release is upgraded with the current addresses, and workloads with a sidecar are
//! restarted: a sidecar keeps the addresses that it started with.

use super::{ISTIO_NAMESPACE, Mesh, plan::ensure_not_exposed, step_state::within};
use crate::{
    Action, Caller, Console, Error, connections::RunAs, draft::Draft, jobs::Upgrade,
    releases::key_of,
};
use ::mesh::endpoints::{DiscoveredAddress, Drifted, discover, drift};
use chart::{
    Values,
    yaml::{Scalar, edit},
};
use release::{Release, State};
use wire::{
    ClusterName, JobId, MeshName,
    mesh::{DriftView, StepKind},
    release::ReleaseRef,
};

/// The stale addresses of a mesh.
#[derive(Default)]
pub(super) struct DriftReport {
    pub(super) drifted: Vec<DriftView>,
    /// Whether an address is resolved from a host name, which changes without a change of the cluster.
    pub(super) has_host_names: bool,
}

impl Console {
    /// Every stale address that a remote of a mesh uses.
    pub(super) async fn drifted(&self, mesh: &Mesh, run_as: RunAs) -> Vec<DriftView> {
        self.drift_report(mesh, run_as).await.drifted
    }

    /// The same, and whether the addresses have to be resolved again. A cluster that does not respond in time
    /// has none; the state of its steps reports the timeout.
    pub(super) async fn drift_report(&self, mesh: &Mesh, run_as: RunAs) -> DriftReport {
        let Ok(found) = self.discovered(mesh, run_as).await else {
            return DriftReport::default();
        };
        let each = mesh.remotes.iter().map(async |remote| {
            let release = self
                .remote_release(mesh, remote, run_as)
                .await
                .ok()
                .flatten();
            let release = release.filter(|(_, release)| release.info.status == State::Deployed);
            let Some((at, release)) = release else {
                return Vec::new();
            };
            let seed_stored = matches!(self.release_inputs(&at).await, Ok(Some(_)));
            let drifted = drift(&release.config, &found).into_iter();
            drifted
                .map(|address| view(&at, address, seed_stored))
                .collect::<Vec<_>>()
        });
        DriftReport {
            drifted: futures::future::join_all(each).await.concat(),
            has_host_names: found.iter().any(DiscoveredAddress::has_host_name),
        }
    }

    async fn discovered(
        &self,
        mesh: &Mesh,
        run_as: RunAs,
    ) -> Result<Vec<DiscoveredAddress>, Error> {
        let primary = self.connections.get(&mesh.primary)?;
        let found = discover(
            primary.identity(run_as),
            mesh.generation(),
            ISTIO_NAMESPACE,
            self.now(),
            &*self.setup.resolver,
        );
        match within(&primary, found).await {
            Ok(found) => Ok(found?),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// The newest revision of a remote's chart.
    async fn remote_release(
        &self,
        mesh: &Mesh,
        remote: &ClusterName,
        run_as: RunAs,
    ) -> Result<Option<(ReleaseRef, Release)>, Error> {
        let mut steps = mesh.steps().into_iter();
        let step = steps.find(|step| step.kind == StepKind::RemoteChart && step.cluster == *remote);
        let at = step.as_ref().and_then(|step| mesh.release_of(step));
        let at = at.ok_or(Error::NoStep)?;
        let connection = self.connections.get(remote)?;
        let latest = within(
            &connection,
            release::latest(connection.identity(run_as), &key_of(&at)),
        )
        .await;
        match latest {
            Ok(Ok(release)) => Ok(Some((at, release))),
            Ok(Err(release::Error::NotFound { .. })) | Err(_) => Ok(None),
            Ok(Err(error)) => Err(error.into()),
        }
    }

    /// Updates a remote's release to the current addresses, as a job.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when nothing has drifted, [`Error::ExposedAddress`], [`Error::Busy`],
    /// [`Error::Release`] or [`Error::Cluster`].
    pub async fn update_remote_addresses(
        &self,
        caller: &Caller,
        name: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let target = format!("update the addresses of {remote} in mesh {name}");
        self.audited_start(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(name).await?;
            let found = self.discovered(&mesh, RunAs::Operator).await?;
            let release = self.remote_release(&mesh, remote, RunAs::Operator).await?;
            let (at, release) = release.ok_or(Error::NoStep)?;
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
            let mut steps = mesh.steps().into_iter();
            let step =
                steps.find(|step| step.kind == StepKind::RemoteChart && step.cluster == *remote);
            let step = step.ok_or(Error::NoStep)?;
            let draft = self.step_draft(&mesh, &step, &[]).await?;
            let (id, mut draft) = draft.ok_or(Error::NoStep)?;
            let mut part = self.part_of(draft.clone(), &at).await?;
            // What was installed stays, when the text of the operator is not known here.
            let is_own = is_text_of(&part.values, &release);
            if is_own {
                draft.values = pointed(&draft.values, &drifted)?;
            } else {
                part.values = pointed(&crate::mask::yaml(&release.config), &drifted)?;
            }
            // The generated passwords of the installed revision stay, when their seed is known.
            let installed = self.release_inputs(&at).await?;
            let installed = installed.map(|installed| installed.inputs);
            let inputs = installed.unwrap_or_else(|| self.new_render_inputs());
            draft.inputs = Some(inputs.clone());
            part.inputs = Some(inputs);
            if is_own {
                self.save(&id, &draft).await?;
                part = self.part_of(draft, &at).await?;
            } else if !draft.is_bundle() {
                self.save(&id, &part).await?;
            }
            let (job, plan) = Upgrade::rendered(self, at, part).await?;
            let state = self.planned_state(plan.concerns()).await?;
            self.start_planned(caller, job, plan, (state, None)).await
        })
        .await
    }
}

impl Console {
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

fn view(at: &ReleaseRef, address: Drifted, seed_stored: bool) -> DriftView {
    DriftView {
        remote: at.cluster.clone(),
        release: at.clone(),
        key: address.key.to_owned(),
        used: address.used,
        good: address.current.unwrap_or_default(),
        seed_stored,
    }
}

/// Whether a text is the values of a release.
fn is_text_of(text: &str, release: &Release) -> bool {
    Values::parse(text).is_ok_and(|values| values.to_json() == release.config)
}

/// A text of values with the current addresses.
fn pointed(text: &str, drifted: &[Drifted]) -> Result<String, Error> {
    let mut text = text.to_owned();
    for address in drifted {
        let Some(now) = &address.current else {
            continue;
        };
        let path: Vec<&str> = address.key.split('.').collect();
        let set = edit::set(&text, &path, &Scalar::Text(now.clone()));
        text = set.map_err(|source| Error::Edit {
            path: address.key.to_owned(),
            source,
        })?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::mesh::endpoints::Component;

    #[test]
    fn the_operators_text_stays_where_it_says_what_is_installed() {
        let release: Release = serde_json::from_value(serde_json::json!({
            "name": "ack-istio-remote", "namespace": "istio-system", "version": 1,
            "info": {"status": "deployed"},
            "config": {"global": {"remotePilotAddress": "10.0.0.1"}},
        }))
        .expect("a release");
        let drifted = [Drifted {
            component: Component::Pilot,
            key: Component::Pilot.values_key(),
            used: "10.0.0.1".into(),
            current: Some("10.0.0.2".into()),
            addresses: vec!["10.0.0.2".into()],
        }];
        let own = "global:\n  remotePilotAddress: 10.0.0.1 # the gateway\n";
        assert!(is_text_of(own, &release));
        let text = pointed(own, &drifted).expect("pointed");
        assert_eq!(text, own.replace("10.0.0.1", "10.0.0.2"));
        let other = "global: {tag: x} # a draft that was never deployed\n";
        assert!(!is_text_of(other, &release));
        let text = pointed(&crate::mask::yaml(&release.config), &drifted).expect("pointed");
        assert!(text.contains("10.0.0.2") && !text.contains("tag"), "{text}");
    }
}
