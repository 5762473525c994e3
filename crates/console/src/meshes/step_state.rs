//! The state of each step of a mesh, read from the clusters concurrently, within a timeout.
//!
//! A completed step is done whatever precedes it; of the others the first is due and the rest come
//! later. Start at [`Console::step_states`].

use super::{Mesh, step_duration};
use crate::{Console, Error, connections::ClusterConnection};
use ::mesh::facts::IstioGeneration;
use release::State;
use std::time::Duration;
use store::StoredJob;
use wire::{
    ClusterName, Code, JobId, Problem,
    job::{JobState, MemberRef, Subject},
    mesh::{StepKind, StepRef, StepState, StepView},
    release::ReleaseRef,
};

/// The number of jobs in which the latest attempt of a step is searched.
const MAX_JOBS: u32 = 200;
/// How long a page waits for one cluster.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);

impl Console {
    /// Each step of a mesh with its state.
    pub(super) async fn step_states(&self, mesh: &Mesh) -> Vec<StepView> {
        let steps = mesh.steps();
        let states = steps.iter().map(|step| self.state_of(mesh, step));
        let states = futures::future::join_all(states).await;
        let jobs = self.with_store(|store| store.jobs(MAX_JOBS)).await;
        let jobs = jobs.unwrap_or_default();
        let mut views: Vec<StepView> = steps
            .into_iter()
            .zip(states)
            .map(|(step, state)| StepView {
                is_bundle: mesh.is_bundle(step.kind),
                may_precede: false,
                optional: matches!(step.kind, StepKind::Sample | StepKind::Details),
                release: mesh
                    .release_of(&step)
                    .filter(|_| !matches!(state, StepState::Existing(_))),
                failed: match state {
                    StepState::NextStep | StepState::Drifted(_) => {
                        failure(&jobs, &subject(mesh, &step))
                    }
                    _ => None,
                },
                duration: step_duration::of(&jobs, mesh, &step, &state),
                state,
                step,
            })
            .collect();
        in_order(&mut views);
        views
    }

    /// The state of one step, regardless of the other steps.
    pub(super) async fn state_of(&self, mesh: &Mesh, step: &StepRef) -> StepState {
        if let Some(job) = self.jobs.on_subject(&subject(mesh, step)) {
            return StepState::Running(job);
        }
        let at = |at: Option<i64>| at.map_or(StepState::NextStep, |_| StepState::Done);
        match step.kind {
            StepKind::Checks => at(mesh.checked),
            StepKind::Verify => at(mesh.verified),
            StepKind::Join => self.is_joined(mesh, step).await,
            _ => match mesh.release_of(step) {
                Some(release) => match self.are_installed(mesh, step, &release).await {
                    StepState::NextStep => self.installed_by_others(mesh, step).await,
                    state => state,
                },
                None => StepState::NextStep,
            },
        }
    }

    /// The state of a step without a release: due, unless the component was installed by other means.
    async fn installed_by_others(&self, mesh: &Mesh, step: &StepRef) -> StepState {
        let plane = self.control_plane(mesh).await;
        match (step.kind, plane) {
            (StepKind::ControlPlane, Some((_, name))) => StepState::Existing(name),
            (StepKind::RemoteChart, Some((IstioGeneration::Istiod, _))) => {
                let injector = self.injector(&step.cluster).await;
                injector.map_or(StepState::NextStep, StepState::Existing)
            }
            _ => StepState::NextStep,
        }
    }

    /// The generation and the Deployment of a mesh's control plane; none when the primary does not respond
    /// in time.
    pub(super) async fn control_plane(&self, mesh: &Mesh) -> Option<(IstioGeneration, String)> {
        let primary = self.connections.get(&mesh.primary).ok()?;
        let asked = ::mesh::join::control_plane(&primary.user, super::ISTIO_NAMESPACE);
        let generation = within(&primary, asked).await.ok()?.ok()?.generation;
        let name = match generation {
            IstioGeneration::Mixer => "Deployment istio-pilot",
            IstioGeneration::Istiod => "Deployment istiod",
        };
        Some((generation, name.to_owned()))
    }

    async fn injector(&self, cluster: &ClusterName) -> Option<String> {
        let connection = self.connections.get(cluster).ok()?;
        let asked = ::mesh::join::injector(&connection.user);
        within(&connection, asked).await.ok()?.ok()?
    }

    /// Whether the release of a step is installed, and of a bundle all releases that its draft selects.
    async fn are_installed(&self, mesh: &Mesh, step: &StepRef, leading: &ReleaseRef) -> StepState {
        let parts = match self.selected_releases(mesh, step).await {
            Ok(parts) => parts,
            Err(error) => return StepState::Unknown(Problem::from(error)),
        };
        if parts.is_empty() {
            return self.is_installed(leading).await;
        }
        let states = parts.iter().map(|part| self.is_installed(part));
        let states = futures::future::join_all(states).await;
        of_parts(states)
    }

    pub(super) async fn is_installed(&self, at: &ReleaseRef) -> StepState {
        let connection = match self.connections.get(&at.cluster) {
            Ok(connection) => connection,
            Err(error) => return StepState::Unknown(Problem::from(error)),
        };
        let key = crate::releases::key_of(at);
        let latest = within(&connection, release::latest(&connection.user, &key)).await;
        match latest {
            Err(problem) => StepState::Unknown(problem),
            Ok(Err(release::Error::NotFound { .. })) => StepState::NextStep,
            Ok(Err(error)) => StepState::Unknown(Problem::from(Error::from(error))),
            Ok(Ok(release)) => match release.info.status {
                State::Deployed => StepState::Done,
                State::Uninstalled => StepState::NextStep,
                _ => StepState::Drifted(
                    Problem::new(Code::ReleaseUnfinished)
                        .with("release", &at.release)
                        .detail(&release.info.description),
                ),
            },
        }
    }

    async fn is_joined(&self, mesh: &Mesh, step: &StepRef) -> StepState {
        let asked = async {
            let connections = (
                self.connections.get(&mesh.primary)?,
                self.connections.get(&step.cluster)?,
            );
            let id = wire::ClusterId::from(&step.cluster);
            let (primary, remote) = (&connections.0.user, &connections.1.user);
            let known = within(
                &connections.0,
                ::mesh::join::joined_as(primary, remote, super::ISTIO_NAMESPACE, &id),
            );
            Ok::<_, Error>(known.await)
        };
        match asked.await {
            Err(error) => StepState::Unknown(Problem::from(error)),
            Ok(Err(problem)) => StepState::Unknown(problem),
            Ok(Ok(Err(error))) => StepState::Unknown(Problem::from(Error::from(error))),
            Ok(Ok(Ok(Some(_)))) => StepState::Done,
            Ok(Ok(Ok(None))) => StepState::NextStep,
        }
    }
}

/// The state of a bundle: complete when all its releases are; the plan of a step has those that are missing.
fn of_parts(states: Vec<StepState>) -> StepState {
    let is_open = |state: &StepState| *state == StepState::NextStep;
    let unfinished = |state: &&StepState| !is_open(state) && !state.is_complete();
    if let Some(state) = states.iter().find(unfinished) {
        return state.clone();
    }
    if states.iter().any(is_open) {
        StepState::NextStep
    } else {
        StepState::Done
    }
}

/// The newest job on a subject, when it failed or was interrupted.
fn failure(jobs: &[StoredJob], subject: &Subject) -> Option<(JobId, Problem)> {
    let newest = jobs.iter().find(|job| job.view.subject.includes(subject))?;
    let problem = match &newest.view.state {
        JobState::Failed(problem) => problem.clone(),
        JobState::Interrupted { step, steps } => Problem::new(Code::Interrupted)
            .with("step", step)
            .with("steps", steps),
        JobState::Running | JobState::Succeeded => return None,
    };
    Some((newest.view.id.clone(), problem))
}

/// Awaits a response of a cluster for at most [`CLUSTER_TIMEOUT`].
pub(super) async fn within<T>(
    connection: &ClusterConnection,
    asked: impl Future<Output = T>,
) -> Result<T, Problem> {
    tokio::time::timeout(CLUSTER_TIMEOUT, asked)
        .await
        .map_err(|_| {
            Problem::from(&cluster::Error::TimedOut {
                cluster: connection.name.clone(),
                verb: cluster::Verb::Get,
                object: "the objects of the mesh".into(),
                after: CLUSTER_TIMEOUT,
            })
        })
}

/// The subject of a step's job.
pub(super) fn subject(mesh: &Mesh, step: &StepRef) -> Subject {
    match mesh.release_of(step) {
        Some(release) => Subject::Release(release),
        None => Subject::Member(MemberRef {
            primary: mesh.primary.clone(),
            remote: step.cluster.clone(),
        }),
    }
}

/// Only the first due step stays due; a join may precede the charts of its remote, which adopt its reader. The sample is optional, its details follow the sample, and a
/// verification is valid only while all earlier steps are complete.
fn in_order(views: &mut [StepView]) {
    let (mut open, mut page) = (false, false);
    let mut charts = None;
    for view in views {
        let follows = view.step.kind == StepKind::Details && !page;
        let stale = view.step.kind == StepKind::Verify && open;
        if (open || follows) && (view.state == StepState::NextStep || stale) {
            view.state = StepState::Pending;
            view.may_precede =
                view.step.kind == StepKind::Join && charts.as_ref() == Some(&view.step.cluster);
        }
        // The charts of a remote that are the first open step.
        let is_first = !open && view.step.kind == StepKind::RemoteChart;
        charts = (is_first && view.state == StepState::NextStep).then(|| view.step.cluster.clone());
        let done = view.state.is_complete();
        page |= view.step.kind == StepKind::Sample && done;
        open |= !done && !view.optional;
    }
}
