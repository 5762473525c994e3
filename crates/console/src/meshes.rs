//! Meshes: their clusters, and the progress of each.
//!
//! The console stores the clusters and decisions of a mesh; the state of a step is read from the clusters
//! each time (`step_state`), so the two cannot disagree. A step is planned in `plan` and executed in
//! `execute`; what is left after all steps are undone is deleted in `cleanup`. `services` shows its Services,
//! `traffic` samples the proxies of those that are open or pinned (`pins`), and `mesh_traffic` sums them.

mod addresses;
mod adoption;
mod candidates;
mod cleanup;
mod commands;
mod drift;
mod execute;
mod facts;
mod health;
mod member;
mod mesh_traffic;
mod networks;
mod pins;
mod plan;
mod planned_objects;
mod prometheus;
mod proof;
mod repair;
mod reveal;
mod services;
mod step_draft;
mod step_duration;
mod step_state;
mod step_undo;
mod traffic;
mod verification;

pub(crate) use health::Health;
pub(crate) use pins::PinnedService;
pub(crate) use prometheus::MeshPrometheus;
pub(crate) use traffic::Traffic;

use crate::{
    Action, Caller, Console, Error,
    connections::RunAs,
    last_known::{LastKnown, Read},
};
use ::mesh::facts::IstioGeneration;
use futures::FutureExt as _;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use store::Store;
use wire::{
    ClusterName, DraftId, MeshName,
    live::Topic,
    mesh::{HealthRow, MeshRow, MeshView, NewMeshRequest, StepKind, StepRef, StepView},
    release::ReleaseRef,
};

/// The namespace of every control plane that the console installs or reads.
pub(crate) use ::mesh::istio::SYSTEM_NAMESPACE as ISTIO_NAMESPACE;
/// The namespace of the sample.
pub(crate) const SAMPLE_NAMESPACE: &str = "bookinfo";

/// A mesh as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mesh {
    pub(crate) name: MeshName,
    pub(crate) primary: ClusterName,
    pub(crate) remotes: Vec<ClusterName>,
    /// The version of Istio whose bundle the console installs; none for the charts of Istio 1.0.
    #[serde(default)]
    pub(crate) istio: Option<String>,
    /// When the checks were accepted, in seconds since 1970.
    pub(crate) checked: Option<i64>,
    /// When it was last verified.
    pub(crate) verified: Option<i64>,
    /// The addresses that the operator chose for remotes' API servers.
    #[serde(default)]
    pub(crate) servers: BTreeMap<ClusterName, String>,
    /// The Services whose proxies are sampled without an open page.
    #[serde(default)]
    pub(crate) pinned: Vec<PinnedService>,
    /// The Prometheus server that is asked for the traffic.
    #[serde(default)]
    pub(crate) prometheus: Option<MeshPrometheus>,
    /// The drafts of its installations, each with its step.
    pub(crate) drafts: Vec<(StepKind, ClusterName, DraftId)>,
}

impl Mesh {
    /// Its steps, in order.
    fn steps(&self) -> Vec<StepRef> {
        let step = |kind, cluster: &ClusterName| StepRef {
            mesh: self.name.clone(),
            kind,
            cluster: cluster.clone(),
        };
        let mut steps = vec![
            step(StepKind::Checks, &self.primary),
            step(StepKind::ControlPlane, &self.primary),
        ];
        // The charts of current Istio own the reader that a join adopts; Istio 1.0 needs the join first.
        let member = match self.istio {
            Some(_) => [StepKind::RemoteChart, StepKind::Join],
            None => [StepKind::Join, StepKind::RemoteChart],
        };
        for remote in &self.remotes {
            steps.extend(member.map(|kind| step(kind, remote)));
        }
        steps.push(step(StepKind::Sample, &self.primary));
        let first = self.remotes.iter().take(1);
        steps.extend(first.map(|remote| step(StepKind::Details, remote)));
        steps.push(step(StepKind::Verify, &self.primary));
        steps
    }

    /// The generation of the control plane that the console installs.
    pub(crate) fn generation(&self) -> IstioGeneration {
        match self.istio {
            Some(_) => IstioGeneration::Istiod,
            None => IstioGeneration::Mixer,
        }
    }

    /// Renames a cluster of this mesh.
    pub(crate) fn rename(&mut self, old: &ClusterName, new: &ClusterName) {
        // What was drafted for the old name is drafted again.
        self.drafts.retain(|(_, cluster, _)| cluster != old);
        let all = std::iter::once(&mut self.primary).chain(&mut self.remotes);
        for cluster in all.filter(|cluster| *cluster == old) {
            cluster.clone_from(new);
        }
        if let Some(server) = self.servers.remove(old) {
            self.servers.insert(new.clone(), server);
        }
        let prometheus = self.prometheus.as_mut();
        if let Some(prometheus) = prometheus.filter(|own| own.at.cluster == *old) {
            prometheus.at.cluster.clone_from(new);
        }
    }

    /// Its row; `done` is the number of complete steps, once the clusters have answered.
    fn row(&self, done: Option<u32>, health: Option<HealthRow>) -> MeshRow {
        MeshRow {
            name: self.name.clone(),
            primary: self.primary.clone(),
            remotes: self.remotes.clone(),
            done,
            steps: u32::try_from(self.steps().len()).unwrap_or(u32::MAX),
            health,
        }
    }

    /// Every cluster of it, the primary first.
    pub(crate) fn clusters(&self) -> Vec<ClusterName> {
        let primary = std::iter::once(&self.primary);
        primary.chain(&self.remotes).cloned().collect()
    }
}

/// The number of complete steps.
fn complete(steps: &[StepView]) -> u32 {
    let done = steps.iter().filter(|step| step.state.is_complete());
    u32::try_from(done.count()).unwrap_or(u32::MAX)
}

/// The last known number of complete steps of each mesh.
#[derive(Default)]
pub(crate) struct MeshRows(Mutex<HashMap<MeshName, Arc<LastKnown<u32>>>>);

impl MeshRows {
    fn of(&self, mesh: &MeshName) -> Arc<LastKnown<u32>> {
        self.0.lock().entry(mesh.clone()).or_default().clone()
    }

    fn forget(&self, mesh: &MeshName) {
        self.0.lock().remove(mesh);
    }
}

impl Console {
    /// All meshes, with the progress of each.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn meshes(&self, caller: &Caller) -> Result<Vec<MeshRow>, Error> {
        self.permitted(caller, Action::Read, async {
            let meshes = self.stored_meshes().await?;
            let rows = meshes.iter().map(|mesh| self.mesh_row(mesh));
            Ok(futures::future::join_all(rows).await)
        })
        .await
    }

    /// One mesh with its steps.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh(&self, caller: &Caller, name: &MeshName) -> Result<MeshView, Error> {
        self.permitted(caller, Action::Read, async {
            let mesh = self.stored_mesh(name).await?;
            Ok(self.mesh_view(&mesh).await)
        })
        .await
    }

    /// Creates a mesh. Nothing on a cluster changes.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::NoCluster`], [`Error::UnusableCluster`], [`Error::MeshExists`],
    /// [`Error::BadMesh`] when the primary is also a remote, a remote is named twice or there is none,
    /// [`Error::Catalog`] when the charts of the chosen Istio are not known, or
    /// [`Error::MeshWarnings`] when the operator did not accept the warnings.
    pub async fn new_mesh(
        &self,
        caller: &Caller,
        request: NewMeshRequest,
    ) -> Result<MeshName, Error> {
        let target = format!("new mesh {}", request.name);
        self.audited(caller, Action::WriteMesh, &target, async {
            let bad = |source| Error::BadName {
                kind: "mesh",
                name: request.name.clone(),
                source,
            };
            let name = MeshName::new(request.name.trim()).map_err(bad)?;
            self.refuse_findings(&request).await?;
            let mesh = Mesh {
                name: name.clone(),
                istio: self.chosen_istio(request.istio.as_deref()).await?,
                primary: request.primary,
                remotes: request.remotes,
                checked: None,
                verified: None,
                servers: BTreeMap::new(),
                pinned: Vec::new(),
                prometheus: None,
                drafts: Vec::new(),
            };
            let (new, now) = (name.clone(), self.now().as_second());
            let add = move |store: &Store| store.add_mesh(&new, &mesh, now);
            if !self.with_store(add).await? {
                return Err(Error::MeshExists(name));
            }
            self.changes.count(&[Topic::Meshes]);
            Ok(name)
        })
        .await
    }

    /// Removes a mesh from the console. Nothing on a cluster changes.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn forget_mesh(&self, caller: &Caller, name: &MeshName) -> Result<(), Error> {
        let target = format!("forget mesh {name}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let forgotten = name.clone();
            let remove = move |store: &Store| store.remove_mesh(&forgotten);
            if self.with_store(remove).await? {
                self.health.forget(name);
                self.mesh_rows.forget(name);
                self.changes.count(&[Topic::Meshes]);
                return Ok(());
            }
            Err(Error::NoMesh(name.clone()))
        })
        .await
    }

    /// Stores that the operator accepts the checks.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn accept_checks(&self, caller: &Caller, name: &MeshName) -> Result<MeshView, Error> {
        let target = format!("accept the checks of mesh {name}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let now = self.now().as_second();
            let accept = move |mesh: &mut Mesh| mesh.checked = Some(now);
            let mesh = self.change_mesh(name, accept).await?;
            Ok(self.mesh_view(&mesh).await)
        })
        .await
    }

    /// The mesh of which a release is a step.
    pub(crate) async fn mesh_of_release(&self, at: &ReleaseRef) -> Result<Option<MeshName>, Error> {
        let mut meshes = self.stored_meshes().await?.into_iter();
        let has = |mesh: &Mesh| {
            let mut steps = mesh.steps().into_iter();
            steps.any(|step| mesh.releases_of(&step).contains(at))
        };
        Ok(meshes.find(has).map(|mesh| mesh.name))
    }

    pub(crate) async fn stored_meshes(&self) -> Result<Vec<Mesh>, Error> {
        self.with_store(Store::meshes).await
    }

    pub(crate) async fn stored_mesh(&self, name: &MeshName) -> Result<Mesh, Error> {
        let wanted = name.clone();
        let found = self.with_store(move |store| store.mesh(&wanted)).await?;
        found.ok_or_else(|| Error::NoMesh(name.clone()))
    }

    pub(crate) async fn change_mesh(
        &self,
        name: &MeshName,
        change: impl FnOnce(&mut Mesh) + Send + 'static,
    ) -> Result<Mesh, Error> {
        let wanted = name.clone();
        let changed = self
            .with_store(move |store| store.change_mesh(&wanted, change))
            .await?;
        self.changes.count(&[Topic::Meshes]);
        changed.ok_or_else(|| Error::NoMesh(name.clone()))
    }

    /// The row of a mesh, with the last known progress when its clusters do not answer soon.
    async fn mesh_row(&self, mesh: &Mesh) -> MeshRow {
        let progress = self.mesh_rows.of(&mesh.name);
        let (console, read) = (self.clone(), mesh.clone());
        let work = async move { Ok(complete(&console.step_states(&read).await)) };
        let changes = self.changes.clone();
        let read = Read {
            stop: self.setup.stop.clone(),
            clock: self.setup.clock,
            limit: None,
            changed: Box::new(move || changes.count(&[Topic::Meshes])),
            work: work.boxed(),
        };
        let seen = progress.read(read).await;
        let health = self.health.of(&mesh.name).and_then(|health| health.row());
        mesh.row(seen.value.map(|known| *known.value), health)
    }

    async fn mesh_view(&self, mesh: &Mesh) -> MeshView {
        let (steps, drifted) =
            tokio::join!(self.step_states(mesh), self.drifted(mesh, RunAs::Operator));
        MeshView {
            row: mesh.row(
                Some(complete(&steps)),
                self.health.of(&mesh.name).and_then(|health| health.row()),
            ),
            drifted,
            steps,
        }
    }
}
