//! Shared test support: a console with one sandbox cluster, and the steps of an operator.

use cluster::{AddressPolicy, Cluster, Object, ObjectRef, read_kubeconfig};
use console::{Caller, Console, Error, Role, Setup};
use sandbox::{HttpsServer, Sandbox};
use serde_json::Value;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wire::{
    ChartName, ClusterName, DraftId, JobId, MeshName, Namespace, ReleaseName, Repository,
    ReviewRef, Secret,
    catalog::CatalogRequest,
    check::{CheckCode, CheckView},
    cluster::AddClustersRequest,
    install::{
        Edit, EditAuthor, EditRequest, NewDraftRequest, ParametersView, Scalar, TargetRequest,
    },
    job::{JobState, JobView},
    mesh::{CleanupRequest, StepRef},
    release::ReleaseRef,
};

/// The name of the sandbox, and of its context.
pub(crate) const EAST: &str = "istio-control-plane";

/// A console with one sandbox cluster.
pub(crate) struct World {
    pub(crate) console: Console,
    pub(crate) folder: TempDir,
    pub(crate) listening: HttpsServer,
    pub(crate) sandbox: Sandbox,
}

/// Sandboxes are on this machine; what does not become ready ends the test soon.
pub(crate) fn setup() -> Setup {
    Setup {
        addresses: AddressPolicy::WithLoopback,
        job_timeout: Duration::from_secs(90),
        ..Setup::default()
    }
}

pub(crate) fn operator() -> Caller {
    Caller {
        operator: "ann".to_owned(),
        role: Role::Operator,
        ends: i64::MAX,
        session: None,
    }
}

pub(crate) async fn east() -> (Sandbox, HttpsServer) {
    let sandbox = Sandbox::with_config(sandbox_istio::control_plane());
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    (sandbox, listening)
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let console = Console::open(folder.path(), setup()).unwrap();
        Self::of(console, folder).await
    }

    /// The same with the shop's chart in the catalog, which has a Secret.
    pub(crate) async fn with_shop() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let console =
            Console::with_catalog(folder.path(), crate::shop::catalog(), setup()).unwrap();
        Self::of(console, folder).await
    }

    pub(crate) async fn of(console: Console, folder: TempDir) -> Self {
        let (sandbox, listening) = east().await;
        console.add_sandbox(&listening.kubeconfig()).await.unwrap();
        Self {
            console,
            folder,
            listening,
            sandbox,
        }
    }

    /// The cluster, asked beside the console by its administrator.
    pub(crate) fn cluster(&self) -> Cluster {
        cluster_of(&self.listening)
    }

    /// The cluster as its administrator.
    pub(crate) fn user(&self) -> cluster::AsUser {
        cluster::AsUser::new(self.cluster())
    }

    pub(crate) async fn create(&self, object: Value) {
        let object = Object::new(object).unwrap();
        self.cluster().create(&object).await.unwrap();
    }

    pub(crate) async fn checks(&self, draft: &DraftId) -> Vec<CheckView> {
        let checks = self.console.checks(&operator(), draft).await.unwrap();
        checks.checks
    }

    /// A draft of ack-istio-remote that renders.
    pub(crate) async fn remote(&self) -> DraftId {
        let draft = draft(&self.console, "built-in", "ack-istio-remote", EAST).await;
        let address = Scalar::Text("10.20.1.1".into());
        set(&self.console, &draft, "global.remotePilotAddress", address).await;
        draft
    }
}

pub(crate) fn cluster_of(listening: &HttpsServer) -> Cluster {
    let policy = AddressPolicy::WithLoopback;
    let mut contexts = read_kubeconfig(&listening.kubeconfig(), policy).unwrap();
    let credentials = contexts.remove(0).outcome.unwrap();
    Cluster::connect(ClusterName::new(EAST).unwrap(), &credentials, policy).unwrap()
}

pub(crate) fn check(checks: &[CheckView], code: CheckCode) -> &CheckView {
    checks.iter().find(|check| check.code == code).unwrap()
}

/// Registers a cluster by its kubeconfig, as an operator does.
pub(crate) async fn register(console: &Console, kubeconfig: &str) {
    let request = AddClustersRequest {
        kubeconfig: Secret::new(kubeconfig.to_owned()),
        contexts: vec![(EAST.to_owned(), EAST.to_owned())],
    };
    console.add_clusters(&operator(), request).await.unwrap();
}

/// The whole catalog.
pub(crate) fn everything() -> CatalogRequest {
    CatalogRequest {
        limit: 100,
        ..CatalogRequest::default()
    }
}

/// A draft of a chart's newest version, on its way to `istio-system`.
pub(crate) async fn draft(
    console: &Console,
    repository: &str,
    chart: &str,
    cluster: &str,
) -> DraftId {
    let (repository, chart) = (
        Repository::new(repository).unwrap(),
        ChartName::new(chart).unwrap(),
    );
    let ann = operator();
    let newest = console.newest_chart(&ann, &repository, &chart).await;
    let request = NewDraftRequest {
        chart: newest.unwrap(),
    };
    let draft = console.new_draft(&ann, request).await.unwrap();
    let target = TargetRequest {
        draft: draft.clone(),
        cluster: ClusterName::new(cluster).unwrap(),
        namespace: Namespace::new("istio-system").unwrap(),
        release: ReleaseName::new(chart.as_str()).unwrap(),
        helm: wire::HelmVersion::V3,
        revision: 0,
    };
    console.set_target(&operator(), target).await.unwrap();
    draft
}

pub(crate) fn release(name: &str) -> ReleaseRef {
    ReleaseRef {
        cluster: ClusterName::new(EAST).unwrap(),
        namespace: Namespace::new("istio-system").unwrap(),
        release: ReleaseName::new(name).unwrap(),
    }
}

/// The key of a release in `istio-system`.
pub(crate) fn key(name: &str) -> release::ReleaseKey {
    let at = release(name);
    release::ReleaseKey {
        namespace: at.namespace,
        release: at.release,
    }
}

/// An edit of a text by an editor who has seen the latest state of the draft.
pub(crate) async fn edit(
    console: &Console,
    draft: &DraftId,
    text: &str,
    edit: Edit,
) -> ParametersView {
    let request = EditRequest {
        draft: draft.clone(),
        text: text.to_owned(),
        edit,
        revision: revision(console, draft).await,
        author: EditAuthor {
            editor: "test".to_owned(),
            sequence: 0,
        },
    };
    console.edit(&operator(), request).await.unwrap()
}

/// The revision of a draft.
pub(crate) async fn revision(console: &Console, draft: &DraftId) -> u64 {
    console.draft(&operator(), draft).await.unwrap().revision
}

/// Replaces the operator's text.
pub(crate) async fn write(console: &Console, draft: &DraftId, text: &str) -> ParametersView {
    edit(console, draft, text, Edit::Text).await
}

/// One value, set in the form.
pub(crate) async fn set(
    console: &Console,
    draft: &DraftId,
    path: &str,
    value: Scalar,
) -> ParametersView {
    let now = console.parameters(&operator(), draft).await.unwrap();
    let path = path.split('.').map(str::to_owned).collect();
    edit(console, draft, &now.text, Edit::Set { path, value }).await
}

/// Follows a job until its view matches.
pub(crate) async fn until(
    console: &Console,
    job: &JobId,
    like: impl FnMut(&JobView) -> bool,
) -> JobView {
    let caller = operator();
    let Some(mut live) = console.follow_job(&caller, job).await.unwrap() else {
        return console.job(&caller, job).await.unwrap();
    };
    let followed = tokio::time::timeout(Duration::from_mins(2), live.wait_for(like));
    let seen = followed.await.unwrap().map(|view| view.clone()).ok();
    match seen {
        Some(view) => view,
        None => console.job(&caller, job).await.unwrap(),
    }
}

pub(crate) async fn ended(console: &Console, job: &JobId) -> JobView {
    until(console, job, |view| view.state != JobState::Running).await
}

/// Deploys a draft and expects it to end well.
pub(crate) async fn deployed(console: &Console, draft: &DraftId) -> JobView {
    let job = console.deploy(&operator(), draft).await.unwrap();
    succeeded(console, &job).await
}

pub(crate) async fn succeeded(console: &Console, job: &JobId) -> JobView {
    let view = ended(console, job).await;
    assert_eq!(view.state, JobState::Succeeded, "{view:#?}");
    view
}

pub(crate) fn reference(api_version: &str, kind: &str, name: &str) -> ObjectRef {
    let cluster_wide = kind == "Namespace" || kind.ends_with("Definition");
    ObjectRef {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: (!cluster_wide).then(|| "istio-system".to_owned()),
        name: name.to_owned(),
    }
}

/// What an operator does: looks at the plan, and starts what was shown.
pub(crate) trait Operate {
    /// Starts a plan, with the name that it asks for.
    async fn start_shown(&self, caller: &Caller, review: &ReviewRef) -> Result<JobId, Error>;
    async fn deploy(&self, caller: &Caller, draft: &DraftId) -> Result<JobId, Error>;
    async fn uninstall(&self, caller: &Caller, at: &ReleaseRef) -> Result<JobId, Error>;
    async fn run_step(&self, caller: &Caller, step: &StepRef) -> Result<JobId, Error>;
    async fn rotate(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error>;
    async fn leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error>;
    async fn clean_up(&self, caller: &Caller, request: CleanupRequest) -> Result<JobId, Error>;
    async fn resume_job(&self, caller: &Caller, job: &JobId) -> Result<JobId, Error>;
}

impl Operate for Console {
    async fn start_shown(&self, caller: &Caller, review: &ReviewRef) -> Result<JobId, Error> {
        self.start_reviewed(caller, &review.id, review.confirm.as_deref())
            .await
    }

    async fn deploy(&self, caller: &Caller, draft: &DraftId) -> Result<JobId, Error> {
        self.checks(caller, draft).await?;
        self.accept_warnings(caller, draft, true).await?;
        let review = self.review(caller, draft).await?;
        self.start_shown(caller, &review.review).await
    }

    async fn uninstall(&self, caller: &Caller, at: &ReleaseRef) -> Result<JobId, Error> {
        let plan = self.plan_uninstall(caller, at).await?;
        self.start_shown(caller, &plan.review).await
    }

    async fn run_step(&self, caller: &Caller, step: &StepRef) -> Result<JobId, Error> {
        let plan = self.plan_step(caller, step).await?;
        let review = plan.review.ok_or(Error::NoReview)?;
        self.start_shown(caller, &review).await
    }

    async fn rotate(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let plan = self.plan_rotation(caller, mesh, remote).await?;
        let review = plan.review.ok_or(Error::NoReview)?;
        self.start_shown(caller, &review).await
    }

    async fn leave(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        remote: &ClusterName,
    ) -> Result<JobId, Error> {
        let plan = self.plan_leave(caller, mesh, remote).await?;
        let review = plan.review.ok_or(Error::NoReview)?;
        self.start_shown(caller, &review).await
    }

    async fn clean_up(&self, caller: &Caller, request: CleanupRequest) -> Result<JobId, Error> {
        let plan = self
            .plan_cleanup(caller, &request.mesh, &request.cluster)
            .await?;
        let review = plan.review.ok_or(Error::NoReview)?;
        let shown = (&review.id, review.confirm.as_deref());
        self.cleanup(caller, shown, request).await
    }

    async fn resume_job(&self, caller: &Caller, job: &JobId) -> Result<JobId, Error> {
        let plan = self.plan_resume(caller, job).await?;
        self.start_shown(caller, &plan.review).await
    }
}

/// Waits for a condition that becomes true in the background.
pub(crate) async fn eventually(mut is_true: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !is_true().await {
        assert!(started.elapsed() < Duration::from_secs(30));
        tokio::task::yield_now().await;
    }
}
