//! The steps of a mesh over two sandboxes, in the order of an operator.

use crate::support::Operate as _;
use crate::support::{EAST, cluster_of, operator, setup, succeeded};
use cluster::Cluster;
use console::{Console, Error, Setup};
use sandbox::{HttpsServer, Network, Sandbox};
use std::time::Duration;
use tempfile::TempDir;
use wire::{
    ClusterName, MeshName,
    job::JobView,
    mesh::{
        HealthView, MeshView, NewMeshRequest, PageContent, PlanNote, PlannedChange, StepDuration,
        StepKind, StepRef, StepState, StepView, VerificationView,
    },
    release::Health,
};

/// The name of the other sandbox.
pub(crate) const WEST: &str = "istio-remote1";

/// A console with two sandboxes on one network, and a mesh of them that was begun.
pub(crate) struct Pair {
    pub(crate) console: Console,
    pub(crate) mesh: MeshName,
    pub(crate) west: Sandbox,
    held: (TempDir, Sandbox, [HttpsServer; 2]),
}

impl Pair {
    pub(crate) async fn new() -> Self {
        Self::of(setup(), request("article")).await
    }

    /// A mesh that is requested like this, in a console with this setup.
    pub(crate) async fn of(setup: Setup, request: NewMeshRequest) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let console = Console::open(folder.path(), setup).unwrap();
        let network = Network::new();
        let [east, west] = [sandbox_istio::control_plane(), sandbox_istio::remote()]
            .map(|config| Sandbox::with_config(config).on_network(&network));
        let mut held = Vec::new();
        for sandbox in [&east, &west] {
            let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
            console.add_sandbox(&listening.kubeconfig()).await.unwrap();
            held.push(listening);
        }
        let mesh = console.new_mesh(&operator(), request).await;
        Self {
            mesh: mesh.unwrap(),
            console,
            west,
            held: (folder, east, held.try_into().unwrap()),
        }
    }

    /// Both clusters in one kubeconfig, as a shell wants it.
    pub(crate) fn kubeconfig(&self) -> String {
        let both: Vec<&HttpsServer> = self.held.2.iter().collect();
        sandbox::kubeconfig(&both)
    }

    /// The primary, asked beside the console by its administrator.
    pub(crate) fn east(&self) -> Cluster {
        cluster_of(&self.held.2[0])
    }

    /// The console's memory, opened beside it.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("meshspan.db")).unwrap()
    }

    /// The folder of the console.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.held.0.path()
    }

    pub(crate) async fn view(&self) -> MeshView {
        self.console.mesh(&operator(), &self.mesh).await.unwrap()
    }

    pub(crate) async fn step(&self, kind: StepKind) -> StepView {
        let steps = self.view().await.steps;
        steps
            .into_iter()
            .find(|view| view.step.kind == kind)
            .unwrap()
    }

    pub(crate) async fn accept(&self) {
        let accepted = self.console.accept_checks(&operator(), &self.mesh).await;
        assert_eq!(accepted.unwrap().steps[0].state, StepState::Done);
    }

    /// Its health, once it is like that.
    pub(crate) async fn health_that(&self, like: impl FnMut(&HealthView) -> bool) -> HealthView {
        let followed = self.console.follow_health(&operator(), &self.mesh).await;
        let mut followed = followed.unwrap();
        let within = Duration::from_secs(30);
        let seen = tokio::time::timeout(within, followed.wait_for(like)).await;
        let seen = seen.map(|seen| seen.unwrap().clone());
        seen.unwrap_or_else(|_| panic!("its health is {:#?}", *followed.borrow()))
    }

    /// The remote, asked beside the console by its administrator.
    pub(crate) fn west(&self) -> Cluster {
        cluster_of(&self.held.2[1])
    }

    /// The remote becomes unreachable.
    pub(crate) async fn lose_west(&mut self) {
        let other = Sandbox::with_config(sandbox_istio::remote())
            .listen("127.0.0.1:0")
            .await;
        self.held.2[1] = other.unwrap();
    }

    /// The API server of the remote accepts connections and never answers.
    pub(crate) async fn silence_west(&mut self) -> std::net::TcpListener {
        let address = self.held.2[1].address;
        self.lose_west().await;
        let end = tokio::time::Instant::now() + Duration::from_secs(10);
        loop {
            match std::net::TcpListener::bind(address) {
                Ok(listener) => return listener,
                Err(error) if tokio::time::Instant::now() > end => panic!("{address}: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Asks until the verdict is like that.
    pub(crate) async fn verdict_that(
        &self,
        like: impl Fn(&VerificationView) -> bool,
    ) -> VerificationView {
        let end = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let asked = self.console.verify_mesh(&operator(), &self.mesh).await;
            let verdict = asked.unwrap();
            if like(&verdict) {
                return verdict;
            }
            assert!(tokio::time::Instant::now() < end, "{verdict:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Runs a due step, and expects success.
    pub(crate) async fn run_step(&self, kind: StepKind) -> JobView {
        let step = self.step(kind).await;
        assert_eq!(step.state, StepState::NextStep, "{kind:?}");
        let plan = self.console.plan_step(&operator(), &step.step).await;
        assert_eq!(plan.unwrap().problem, None, "{kind:?}");
        let job = self.console.run_step(&operator(), &step.step).await;
        let view = succeeded(&self.console, &job.unwrap()).await;
        assert_eq!(self.step(kind).await.state, StepState::Done, "{kind:?}");
        view
    }
}

pub(crate) fn request(name: &str) -> NewMeshRequest {
    NewMeshRequest {
        istio: None,
        name: name.to_owned(),
        primary: ClusterName::new(EAST).unwrap(),
        remotes: vec![ClusterName::new(WEST).unwrap()],
        accepted: true,
    }
}

#[tokio::test]
async fn every_step_of_a_mesh_completes_in_order() {
    let pair = Pair::new().await;
    let first = pair.view().await;
    assert_eq!((first.row.done, first.row.steps), (Some(0), 7));
    let later = first.steps.iter().skip(1);
    assert!(later.clone().all(|step| step.state == StepState::Pending));
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    let joined = pair.run_step(StepKind::Join).await;
    // The page shows how long a step took; nothing is known of a step that no job has done.
    let durations = pair.view().await.steps.into_iter();
    let durations: Vec<_> = durations.map(|step| step.duration).collect();
    let own = Some(StepDuration::Measured(joined.elapsed_ms));
    assert!(
        matches!(
            durations[..],
            [None, Some(StepDuration::Measured(_)), join, None, None, None, None] if join == own
        ),
        "{durations:?}"
    );
    // Both clusters have a namespace of that name, each in its own phase.
    let objects = joined.phases.iter().flat_map(|phase| &phase.objects);
    assert!(
        objects
            .clone()
            .all(|object| object.health == Some(Health::Ready)),
        "{joined:#?}"
    );
    assert_eq!(
        (joined.completed, joined.objects as usize),
        (7, objects.count())
    );
    pair.run_step(StepKind::RemoteChart).await;
    pair.run_step(StepKind::Sample).await;
    let half = pair
        .verdict_that(|verdict| verdict.page.says.is_some())
        .await;
    assert_eq!(half.page.says, Some(PageContent::NoDetails));
    assert_eq!(half.diagnosis.missing, Some(StepKind::Details));
    pair.run_step(StepKind::Details).await;
    let whole = pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    assert_eq!(whole.page.status, Some(200));
    assert_eq!(whole.page.says, Some(PageContent::Details));
    assert_eq!(pair.view().await.row.done, Some(7));

    // A second plan of a complete join has no changes.
    let join = pair.step(StepKind::Join).await.step;
    let plan = pair.console.plan_step(&operator(), &join).await.unwrap();
    assert!(!plan.objects.is_empty());
    let kept = |change| change == PlannedChange::Keep;
    assert!(
        plan.objects.iter().all(|object| kept(object.change)),
        "{plan:#?}"
    );

    // A mesh that is removed and created again finds its complete steps.
    pair.console
        .forget_mesh(&operator(), &pair.mesh)
        .await
        .unwrap();
    pair.console
        .new_mesh(&operator(), request("article"))
        .await
        .unwrap();
    assert_eq!(pair.view().await.row.done, Some(5));
}

#[tokio::test]
async fn a_token_is_rotated_a_remote_leaves_and_joins_again() {
    let pair = Pair::new().await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::Join).await;
    pair.run_step(StepKind::RemoteChart).await;

    let console = &pair.console;
    let plan = console
        .plan_rotation(&ann, &pair.mesh, &west)
        .await
        .unwrap();
    assert!(plan.notes.contains(&PlanNote::Gap), "{:?}", plan.notes);
    let job = console.rotate(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::Done);

    let plan = console.plan_leave(&ann, &pair.mesh, &west).await.unwrap();
    let goes = plan
        .objects
        .iter()
        .filter(|object| object.change == PlannedChange::Delete);
    assert!(goes.count() >= 4, "{plan:#?}");
    let job = console.leave(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    let join = pair.step(StepKind::Join).await;
    assert_eq!(join.state, StepState::NextStep);
    // It is expected to take as long as before.
    let expected = join.duration;
    assert!(
        matches!(expected, Some(StepDuration::Estimated(_))),
        "{expected:?}"
    );
    let nothing = console.plan_leave(&ann, &pair.mesh, &west).await;
    assert!(
        nothing.is_err()
            || nothing
                .unwrap()
                .objects
                .iter()
                .all(|object| object.change != PlannedChange::Delete)
    );
    pair.run_step(StepKind::Join).await;
}

#[tokio::test]
async fn a_failed_step_has_a_problem_and_is_due_again() {
    let pair = Pair::new().await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.west.refuse_next("serviceaccounts");
    let step = pair.step(StepKind::Join).await.step;
    let job = pair.console.run_step(&operator(), &step).await.unwrap();
    crate::support::ended(&pair.console, &job).await;
    let join = pair.step(StepKind::Join).await;
    assert_eq!(join.state, StepState::NextStep);
    let (failed, problem) = join.failed.unwrap();
    assert_eq!(failed, job);
    assert!(problem.detail.unwrap().contains("a fault of the sandbox"));
    pair.run_step(StepKind::Join).await;
    assert_eq!(pair.step(StepKind::Join).await.failed, None);
}

#[tokio::test]
async fn an_invalid_mesh_is_rejected() {
    let pair = Pair::new().await;
    let ann = operator();
    let again = pair.console.new_mesh(&ann, request("article")).await;
    assert!(matches!(again, Err(Error::MeshExists(_))));
    let mut twice = request("other");
    twice.remotes.push(twice.primary.clone());
    let refused = pair.console.new_mesh(&ann, twice).await;
    assert!(matches!(refused, Err(Error::BadMesh { cluster: Some(_) })));
    let mut alone = request("other");
    alone.remotes.clear();
    let refused = pair.console.new_mesh(&ann, alone).await;
    assert!(matches!(refused, Err(Error::BadMesh { cluster: None })));
    let named = pair.console.new_mesh(&ann, request("Not A Name")).await;
    assert!(matches!(named, Err(Error::BadName { .. })));
    let checks = pair.step(StepKind::Checks).await.step;
    let no_job = pair.console.plan_step(&ann, &checks).await.unwrap();
    assert_eq!(no_job.review, None);
    // Only a remote of the mesh can be taken out of it.
    let primary = ClusterName::new(EAST).unwrap();
    let stranger = pair.console.leave(&ann, &pair.mesh, &primary).await;
    assert!(matches!(stranger, Err(Error::NoStep)));
    let other = StepRef {
        cluster: ClusterName::new("nowhere").unwrap(),
        ..checks
    };
    let no_step = pair.console.plan_step(&ann, &other).await;
    assert!(matches!(no_step, Err(Error::NoStep)));
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_of_a_new_mesh_have_to_be_accepted() {
    let pair = Pair::new().await;
    let (console, ann) = (&pair.console, operator());
    let options = console.mesh_options(&ann).await.unwrap();
    assert_eq!(options.names, std::slice::from_ref(&pair.mesh));
    let [east, west] = options.candidates.as_slice() else {
        panic!("{options:#?}");
    };
    assert_eq!((east.name.as_str(), west.name.as_str()), (EAST, WEST));
    assert!(
        !east.pods.is_empty() && !east.services.is_empty(),
        "{east:#?}"
    );
    assert!(east.version.is_some(), "{east:#?}");
    assert_eq!(west.meshes[0].mesh, pair.mesh);

    let mut other = request("other");
    other.accepted = false;
    let refused = console.new_mesh(&ann, other.clone()).await.unwrap_err();
    let Error::MeshWarnings { count: 2, clusters } = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        clusters.iter().map(ClusterName::as_str).collect::<Vec<_>>(),
        [EAST, WEST]
    );
    other.accepted = true;
    console.new_mesh(&ann, other).await.unwrap();
}
