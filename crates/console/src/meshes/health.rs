//! The health of every mesh: the doctor's word, again and again, and a watch on the addresses that its
//! remotes use.
//!
//! A mesh has one task, which begins with the server or with the first page that follows it. It looks at
//! everything when a job has ended, when somebody asks for it and every two minutes; when a Service or a
//! pod of the control plane changes it looks whether an address has. What is found is published stage by
//! stage. Start at [`Console::follow_health`].

mod watched;

use super::{Mesh, SYSTEM};
use crate::{Action, Caller, Console, Error};
use ::mesh::facts::MeshFacts;
use cluster::Snapshot;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use watched::Watched;
use wire::{MeshName, check::Stage, mesh::HealthView, release::ReleaseRef};

/// How often everything is looked at when nothing happens.
const EVERY: Duration = Duration::from_mins(2);
/// Changes that come so close together are looked at once.
const CALM: Duration = Duration::from_secs(1);

/// All meshes that are looked after.
pub(crate) struct Health {
    stop: CancellationToken,
    tasks: TaskTracker,
    meshes: Mutex<HashMap<MeshName, Arc<Watched>>>,
}

impl Health {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            stop,
            tasks: TaskTracker::new(),
            meshes: Mutex::default(),
        }
    }

    fn meshes(&self) -> MutexGuard<'_, HashMap<MeshName, Arc<Watched>>> {
        self.meshes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a mesh, when it is looked after.
    pub(crate) fn of(&self, mesh: &MeshName) -> Option<HealthView> {
        let watched = self.meshes().get(mesh).cloned();
        watched.map(|watched| watched.seen.borrow().clone())
    }

    /// The mesh of which a release is a remote that points at an address that is good no more.
    pub(crate) fn drifted(&self, at: &ReleaseRef) -> Option<MeshName> {
        let meshes = self.meshes();
        let mut seen = meshes.values().map(|watched| watched.seen.borrow());
        let points = |view: &watch::Ref<'_, HealthView>| {
            let mut drifted = view.drifted.iter();
            drifted.any(|one| one.release == *at)
        };
        seen.find(points).map(|view| view.mesh.clone())
    }

    /// Looks after a mesh no more.
    pub(crate) fn forget(&self, mesh: &MeshName) {
        if let Some(watched) = self.meshes().remove(mesh) {
            watched.stop.cancel();
        }
    }

    /// Waits for the tasks to end, for at most `most`.
    pub(crate) async fn finish(&self, most: Duration) {
        self.tasks.close();
        let _ = tokio::time::timeout(most, self.tasks.wait()).await;
    }
}

impl Console {
    /// Looks after every mesh from now on. The server calls it once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn watch_meshes(&self) -> Result<(), Error> {
        for mesh in self.store.meshes::<Mesh>()? {
            self.watched(&mesh.name);
        }
        Ok(())
    }

    /// Follows the health of a mesh; it is looked after from now on.
    ///
    /// # Errors
    /// [`Error::NoMesh`] or [`Error::NotPermitted`].
    pub async fn follow_health(
        &self,
        caller: &Caller,
        name: &MeshName,
    ) -> Result<watch::Receiver<HealthView>, Error> {
        self.permitted(caller, Action::Read, async {
            self.stored_mesh(name)?;
            Ok(self.watched(name).seen.subscribe())
        })
        .await
    }

    /// Looks at everything of a mesh again, soon; who follows it sees it.
    ///
    /// # Errors
    /// [`Error::NoMesh`] or [`Error::NotPermitted`].
    pub async fn look_again(&self, caller: &Caller, name: &MeshName) -> Result<(), Error> {
        self.permitted(caller, Action::Read, async {
            self.stored_mesh(name)?;
            let watched = self.watched(name);
            watched
                .seen
                .send_modify(|view| view.asking = Some(Stage::Clusters));
            watched.again.notify_one();
            Ok(())
        })
        .await
    }

    /// Tries the ways between the clusters of a mesh from within: a Job on each side dials, and is taken
    /// away again. Everything else is looked at too; who follows the mesh sees it stage by stage.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn try_ways(&self, caller: &Caller, name: &MeshName) -> Result<HealthView, Error> {
        let target = format!("try the ways of mesh {name} from within");
        let work = self.audited(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(name)?;
            let watched = self.watched(name);
            let _turn = watched.turn.lock().await;
            let asking = watched.asks();
            let mut facts = self.checked(&mesh, &watched).await?;
            watched
                .seen
                .send_modify(|view| view.asking = Some(Stage::Connectivity));
            self.try_from_within(&mesh, &mut facts).await?;
            watched.tell_ways(&facts);
            watched.end(facts.now.as_second(), Ok(()));
            drop(asking);
            Ok(watched.seen.borrow().clone())
        });
        Box::pin(work).await
    }

    fn watched(&self, name: &MeshName) -> Arc<Watched> {
        let mut meshes = self.health.meshes();
        if let Some(watched) = meshes.get(name) {
            return watched.clone();
        }
        let stop = self.health.stop.child_token();
        let watched = Arc::new(Watched::new(name.clone(), stop.clone()));
        meshes.insert(name.clone(), watched.clone());
        let look = Box::pin(self.clone().look_after(name.clone(), watched.clone()));
        self.health
            .tasks
            .spawn(stop.run_until_cancelled_owned(look));
        watched
    }

    /// Looks at a mesh until it is forgotten.
    async fn look_after(self, name: MeshName, watched: Arc<Watched>) {
        let mut jobs = self.follow_jobs();
        let mut addresses = Vec::new();
        let mut whole = true;
        while let Ok(mesh) = self.stored_mesh(&name) {
            let moved = self.look(&mesh, &watched, whole).await;
            if moved && !whole {
                // The checks judge the addresses too.
                whole = true;
                continue;
            }
            if addresses.is_empty() {
                addresses = self.addresses_of(&mesh).await;
            }
            whole = tokio::select! {
                () = watched.again.notified() => true,
                () = self.all_jobs_ended(&mut jobs) => true,
                () = sleep(EVERY) => true,
                () = changed(&mut addresses) => false,
            };
            sleep(CALM).await;
        }
        self.health.forget(&name);
    }

    /// Looks at the addresses, or at everything; says whether an address has moved.
    async fn look(&self, mesh: &Mesh, watched: &Watched, whole: bool) -> bool {
        let _turn = watched.turn.lock().await;
        let drifted = async {
            let drifted = self.drifted(mesh).await;
            watched.seen.send_if_modified(|view| {
                let new = view.drifted != drifted;
                view.drifted = drifted;
                new
            })
        };
        if !whole {
            return Box::pin(drifted).await;
        }
        let _asking = watched.asks();
        let checked = async {
            let facts = self.checked(mesh, watched).await;
            watched.end(self.now().as_second(), facts.map(drop));
        };
        tokio::join!(Box::pin(checked), Box::pin(drifted)).1
    }

    /// Gathers what is known of a mesh, and tells the checks of each stage.
    async fn checked(&self, mesh: &Mesh, watched: &Watched) -> Result<MeshFacts, Error> {
        let told = |stage, facts: &MeshFacts| watched.tell(stage, facts);
        Box::pin(self.mesh_facts(mesh, &told)).await
    }

    /// What says that an address of the control plane may have changed.
    async fn addresses_of(&self, mesh: &Mesh) -> Vec<watch::Receiver<Snapshot>> {
        let Ok(link) = self.links.get(&mesh.primary) else {
            return Vec::new();
        };
        let kinds = ["Service", "Pod"].map(|kind| {
            let follow = link.watches.follow("v1", kind, Some(SYSTEM));
            super::standing::within(&link, follow)
        });
        let found = futures::future::join_all(kinds).await.into_iter();
        found.filter_map(|one| one.ok()?.ok()).collect()
    }

    /// Until a job has ended and none runs.
    async fn all_jobs_ended(&self, jobs: &mut watch::Receiver<usize>) {
        while jobs.changed().await.is_ok() {
            if *jobs.borrow_and_update() == 0 {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// Until something of what is followed changes. What has ended is followed no more.
async fn changed(followed: &mut Vec<watch::Receiver<Snapshot>>) {
    if followed.is_empty() {
        return std::future::pending().await;
    }
    let each = followed.iter_mut().map(|one| Box::pin(one.changed()));
    let (outcome, _, _) = futures::future::select_all(each).await;
    if outcome.is_err() {
        followed.clear();
    }
}
