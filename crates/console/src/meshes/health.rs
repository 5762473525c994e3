//! The health of every mesh: the results of the doctor's checks, and the drift of the primary's addresses.
//!
//! Each mesh has one task, which starts with the server or with the first page that follows the mesh. The
//! task runs all checks when the last job has ended, on request, every two minutes, half a minute after
//! endpoints differed that another reading has to confirm, and every 15 seconds for ten minutes after a result
//! changed to a problem: a remedy shows its effect soon. It runs all checks, too, when what connects the members
//! changes, such as a reader, a token, a remote Secret or a label of a namespace, and when an API server stops
//! answering. When a Service or a pod of the control plane changes, the task compares the addresses only; where a
//! load balancer has a host name, it resolves the name and compares every 15 seconds. Results are published stage
//! by stage. The task reads the clusters as the console; a connectivity test runs as its operator. Start at
//! [`Console::follow_health`].

mod member_watch;
mod monitored;
mod reachability;

use super::{ISTIO_NAMESPACE, Mesh};
use crate::{Action, Caller, Console, Error, connections::RunAs};
use ::mesh::{endpoint_sync::EndpointMonitor, facts::MeshFacts};
use cluster::Snapshot;
use member_watch::MemberWatches;
use monitored::MonitoredMesh;
use parking_lot::{Mutex, MutexGuard};
use reachability::Reachability;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::{MeshName, check::Stage, live::Topic, mesh::HealthView, release::ReleaseRef};

/// The time between two complete checks of a mesh without changes.
const CHECK_INTERVAL: Duration = Duration::from_mins(2);
/// The time until endpoints are read again that differ in the latest reading.
const CONFIRM_INTERVAL: Duration = EndpointMonitor::READ_INTERVAL.saturating_add(DEBOUNCE);
/// How long after the problems of a mesh have changed the shorter interval applies.
const RECOVERY_TIME: Duration = Duration::from_mins(10);
/// How long the shorter interval applies after a change of the control plane: an istiod that does not reach a
/// remote says so after 30 seconds (`PILOT_REMOTE_CLUSTER_TIMEOUT`).
const SETTLE_TIME: Duration = Duration::from_secs(90);
/// Changes within this time are checked together.
const DEBOUNCE: Duration = Duration::from_secs(1);

/// All monitored meshes.
pub(crate) struct Health {
    stop: CancellationToken,
    tasks: TaskTracker,
    meshes: Mutex<HashMap<MeshName, Arc<MonitoredMesh>>>,
}

impl Health {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            stop,
            tasks: TaskTracker::new(),
            meshes: Mutex::default(),
        }
    }

    fn meshes(&self) -> MutexGuard<'_, HashMap<MeshName, Arc<MonitoredMesh>>> {
        self.meshes.lock()
    }

    /// The latest health of a mesh; none when the mesh is not monitored.
    pub(crate) fn of(&self, mesh: &MeshName) -> Option<HealthView> {
        let monitored = self.meshes().get(mesh).cloned();
        monitored.map(|monitored| monitored.seen.borrow().clone())
    }

    /// The mesh in which the release of a remote cluster refers to a stale address.
    pub(crate) fn drifted(&self, at: &ReleaseRef) -> Option<MeshName> {
        let meshes = self.meshes();
        let mut seen = meshes.values().map(|monitored| monitored.seen.borrow());
        let points = |view: &watch::Ref<'_, HealthView>| {
            let mut drifted = view.drifted.iter();
            drifted.any(|address| address.release.as_ref() == Some(at))
        };
        seen.find(points).map(|view| view.mesh.clone())
    }

    /// Ends the monitoring of a mesh.
    pub(crate) fn forget(&self, mesh: &MeshName) {
        if let Some(monitored) = self.meshes().remove(mesh) {
            monitored.stop.cancel();
        }
    }

    /// Waits for the tasks to end, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        self.tasks.close();
        let _ = tokio::time::timeout(timeout, self.tasks.wait()).await;
    }
}

impl Console {
    /// The facts of the last complete checks of a mesh, which is monitored from now on.
    pub(super) fn followed_facts(
        &self,
        name: &MeshName,
    ) -> watch::Receiver<Option<Arc<MeshFacts>>> {
        self.monitored(name).facts.subscribe()
    }

    /// Starts to monitor every mesh, and to sample its pinned Services. The server calls this method once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn watch_meshes(&self) -> Result<(), Error> {
        for mesh in self.stored_meshes().await? {
            self.monitored(&mesh.name);
            self.watch_pinned(&mesh);
        }
        Ok(())
    }

    /// Follows the health of a mesh, which is monitored from now on.
    ///
    /// # Errors
    /// [`Error::NoMesh`] or [`Error::NotPermitted`].
    pub async fn follow_health(
        &self,
        caller: &Caller,
        name: &MeshName,
    ) -> Result<watch::Receiver<HealthView>, Error> {
        self.permitted(caller, Action::Read, async {
            self.stored_mesh(name).await?;
            Ok(self.monitored(name).seen.subscribe())
        })
        .await
    }

    /// Requests a complete check of a mesh; followers of the mesh receive the results.
    ///
    /// # Errors
    /// [`Error::NoMesh`] or [`Error::NotPermitted`].
    pub async fn recheck_mesh(&self, caller: &Caller, name: &MeshName) -> Result<(), Error> {
        self.permitted(caller, Action::Read, async {
            self.stored_mesh(name).await?;
            self.check_again(name);
            Ok(())
        })
        .await
    }

    /// Starts a complete check of a mesh now, with new endpoints of its istiod.
    pub(super) fn check_again(&self, name: &MeshName) {
        self.endpoints.read_again();
        let monitored = self.monitored(name);
        monitored
            .seen
            .send_modify(|view| view.asking = Some(Stage::Clusters));
        monitored.again.notify_one();
    }

    /// Tests the connectivity between the clusters of a mesh with a Job in each cluster, which is deleted
    /// afterwards. All other checks run too; followers of the mesh receive the results stage by stage.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn test_connectivity(
        &self,
        caller: &Caller,
        name: &MeshName,
    ) -> Result<HealthView, Error> {
        let target = format!("test the connectivity of mesh {name}");
        self.audited(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(name).await?;
            let monitored = self.monitored(name);
            let _turn = monitored.turn.lock().await;
            let asking = monitored.asks();
            let mut facts = self.checked(&mesh, &monitored, RunAs::Operator).await?;
            monitored
                .seen
                .send_modify(|view| view.asking = Some(Stage::Connectivity));
            self.probe_connectivity(&mesh, &mut facts).await?;
            monitored.publish_connectivity(&facts);
            monitored.end(facts.now.as_second(), Ok(()));
            drop(asking);
            Ok(monitored.seen.borrow().clone())
        })
        .await
    }

    fn monitored(&self, name: &MeshName) -> Arc<MonitoredMesh> {
        let mut meshes = self.health.meshes();
        if let Some(monitored) = meshes.get(name) {
            return monitored.clone();
        }
        let stop = self.health.stop.child_token();
        let monitored = Arc::new(MonitoredMesh::new(name.clone(), stop.clone()));
        meshes.insert(name.clone(), monitored.clone());
        let refresh = Box::pin(self.clone().monitor(name.clone(), monitored.clone()));
        self.health
            .tasks
            .spawn(stop.run_until_cancelled_owned(refresh));
        monitored
    }

    /// Monitors a mesh until it is removed.
    async fn monitor(self, name: MeshName, monitored: Arc<MonitoredMesh>) {
        let mut jobs = self.jobs.count();
        let mut addresses = Vec::new();
        let mut members = MemberWatches::default();
        let mut reachability = Reachability::default();
        let mut everything = true;
        let mut checked = Instant::now();
        while let Ok(mesh) = self.stored_mesh(&name).await {
            self.complete_member_watches(&mut members, &mesh).await;
            let before = monitored.seen.borrow().row();
            let moved = tokio::select! {
                moved = self.refresh(&mesh, &monitored, everything) => moved,
                // A complete check compares the addresses too, and must not wait for a slow cluster.
                () = monitored.again.notified(), if !everything => true,
            };
            let row = monitored.seen.borrow().row();
            if row != before {
                self.changes.count(&[Topic::Meshes]);
                monitored.follow_problems(row.as_ref());
            }
            if moved && !everything {
                // The checks evaluate the addresses too.
                everything = true;
                continue;
            }
            if everything {
                checked = Instant::now();
            }
            if addresses.is_empty() {
                addresses = self.addresses_of(&mesh).await;
            }
            everything = tokio::select! {
                () = monitored.again.notified() => true,
                () = self.all_jobs_ended(&mut jobs) => true,
                () = sleep_until(checked + monitored.check_interval(self.setup.recovery_interval)) => true,
                () = sleep(self.setup.resolve_interval), if monitored.has_host_names() => false,
                () = members.changed() => true,
                () = reachability.changed(&self, &mesh) => true,
                () = changed(&mut addresses) => {
                    monitored.follow_control_plane();
                    false
                }
            };
            sleep(DEBOUNCE).await;
        }
        self.health.forget(&name);
    }

    /// Compares the addresses, or runs all checks; returns whether an address has changed.
    async fn refresh(&self, mesh: &Mesh, monitored: &MonitoredMesh, everything: bool) -> bool {
        let _turn = monitored.turn.lock().await;
        let drifted = async {
            let report = self.drift_report(mesh, RunAs::Console).await;
            monitored.follow_host_names(report.has_host_names);
            let drifted = report.drifted;
            monitored.seen.send_if_modified(|view| {
                let new = view.drifted != drifted;
                view.drifted = drifted;
                new
            })
        };
        if !everything {
            return drifted.await;
        }
        let _asking = monitored.asks();
        let checked = async {
            let facts = self.checked(mesh, monitored, RunAs::Console).await;
            monitored.end(self.now().as_second(), facts.map(drop));
        };
        tokio::join!(checked, drifted).1
    }

    /// Gathers the facts of a mesh, and publishes the checks of each stage.
    async fn checked(
        &self,
        mesh: &Mesh,
        monitored: &MonitoredMesh,
        run_as: RunAs,
    ) -> Result<MeshFacts, Error> {
        let on_facts = |stage, facts: &MeshFacts| monitored.publish(stage, facts);
        let facts = self.mesh_facts(mesh, run_as, &on_facts).await?;
        monitored.follow_endpoints(&facts);
        monitored.facts.send_replace(Some(Arc::new(facts.clone())));
        self.changes.count(&[Topic::Traffic]);
        Ok(facts)
    }

    /// Watches whose changes may change an address of the control plane.
    async fn addresses_of(&self, mesh: &Mesh) -> Vec<watch::Receiver<Snapshot>> {
        let Ok(connection) = self.connections.get(&mesh.primary) else {
            return Vec::new();
        };
        connection.follow_kinds();
        let kinds = ["Service", "Pod"].map(|kind| {
            let follow = connection
                .watches
                .watch(cluster::Kind::new("v1", kind), Some(ISTIO_NAMESPACE));
            super::step_state::within(&connection, follow)
        });
        let found = futures::future::join_all(kinds).await.into_iter();
        found.filter_map(|outcome| outcome.ok()?.ok()).collect()
    }

    /// Waits until a job has ended and no job runs.
    async fn all_jobs_ended(&self, jobs: &mut watch::Receiver<usize>) {
        while jobs.changed().await.is_ok() {
            if *jobs.borrow_and_update() == 0 {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// Waits until a followed watch changes. Watches that have ended are dropped.
async fn changed(followed: &mut Vec<watch::Receiver<Snapshot>>) {
    if followed.is_empty() {
        return std::future::pending().await;
    }
    let each = followed
        .iter_mut()
        .map(|receiver| Box::pin(receiver.changed()));
    let (outcome, _, _) = futures::future::select_all(each).await;
    if outcome.is_err() {
        followed.clear();
    }
}
