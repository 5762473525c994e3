//! The console in a process of its own: it runs one operation, and may end at a commit.

use crate::{EAST, MESH, WEST, charts, operation::Operation};
use console::{AddressPolicy, Caller, Console, Error, Role, Setup};
use rustix::process::{Signal, getpid, kill_process};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};
use wire::{
    ChartRef, ClusterName, JobId, MeshName, Namespace, ReleaseName, ReviewRef, Revision,
    decision::Decisions,
    install::{Edit, EditAuthor, EditRequest},
    job::{JobState, JobView},
    mesh::{CleanupRequest, StepKind, StepRef},
    release::ReleaseRef,
    upgrade::NewUpgradeRequest,
};

/// Whether commits count: the operation was started.
static ARMED: AtomicBool = AtomicBool::new(false);
static COMMITS: AtomicUsize = AtomicUsize::new(0);
/// The commit at which the process ends; 0 for none.
static CUT: AtomicUsize = AtomicUsize::new(0);

fn before_commit() {
    if !ARMED.load(Ordering::SeqCst) {
        return;
    }
    let count = COMMITS.fetch_add(1, Ordering::SeqCst) + 1;
    if count == CUT.load(Ordering::SeqCst) {
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

pub(crate) fn setup() -> Setup {
    Setup {
        addresses: AddressPolicy::WithLoopback,
        job_timeout: Duration::from_mins(1),
        before_commit: Some(before_commit),
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

pub(crate) fn mesh() -> MeshName {
    MeshName::new(MESH).expect("a name")
}

pub(crate) fn cluster(name: &str) -> ClusterName {
    ClusterName::new(name).expect("a name")
}

/// What a child does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) operation: Operation,
    /// Whether the charts are the small ones.
    pub(crate) small: bool,
    /// Whether the operation continues after a crash.
    pub(crate) continues: bool,
    /// The commit at which the process ends; 0 for none.
    pub(crate) cut: usize,
}

/// Runs an operation, or continues it after a crash; prints the number of commits.
pub(crate) async fn run(folder: &Path, task: Task) {
    let Task {
        operation,
        small,
        continues,
        cut,
    } = task;
    let catalog = charts::catalog(small);
    let console = Console::with_catalog(folder, catalog, setup()).expect("a console");
    CUT.store(cut, Ordering::SeqCst);
    let unfinished = if continues {
        unfinished(&console).await
    } else {
        None
    };
    let job = match unfinished {
        Some(job) => resume(&console, operation, &job).await,
        None if continues && has_happened(&console, operation).await => {
            println!("commits 0");
            return;
        }
        None => begin(&console, operation).await,
    };
    let view = ended(&console, &job).await;
    assert_eq!(view.state, JobState::Succeeded, "{operation:?}: {view:#?}");
    console.close(Duration::from_secs(10)).await;
    println!("commits {}", COMMITS.load(Ordering::SeqCst));
}

/// The newest job, when it did not end.
async fn unfinished(console: &Console) -> Option<JobId> {
    let jobs = console
        .jobs(&operator(), &wire::job::JobsRequest::default())
        .await
        .expect("the jobs")
        .rows;
    let newest = jobs.into_iter().next()?;
    matches!(
        newest.state,
        JobState::Interrupted { .. } | JobState::Failed(_)
    )
    .then_some(newest.id)
}

/// Whether the newest job is that of the operation, and succeeded.
async fn has_happened(console: &Console, operation: Operation) -> bool {
    let jobs = console
        .jobs(&operator(), &wire::job::JobsRequest::default())
        .await
        .expect("the jobs")
        .rows;
    jobs.first()
        .is_some_and(|job| job.kind == operation.kind() && job.state == JobState::Succeeded)
}

/// Resumes a job as an operator does: a namespace that the killed job has deleted disappears meanwhile, and
/// the new plan is started then.
async fn resume(console: &Console, operation: Operation, job: &JobId) -> JobId {
    const ATTEMPTS: usize = 20;
    for _ in 0..ATTEMPTS {
        let plan = console.plan_resume(&operator(), job).await;
        let plan = plan.unwrap_or_else(|error| panic!("{operation:?} resumes: {error:?}"));
        ARMED.store(true, Ordering::SeqCst);
        let (id, confirm) = (&plan.review.id, plan.review.confirm.as_deref());
        match console.start_reviewed(&operator(), id, confirm).await {
            Err(Error::PlanChanged { .. }) => ARMED.store(false, Ordering::SeqCst),
            started => return started.expect("the job starts"),
        }
    }
    panic!("{operation:?}: the plan changed {ATTEMPTS} times");
}

async fn start(console: &Console, review: &ReviewRef) -> JobId {
    ARMED.store(true, Ordering::SeqCst);
    let started = console
        .start_reviewed(&operator(), &review.id, review.confirm.as_deref())
        .await;
    started.expect("the job starts")
}

async fn begin(console: &Console, operation: Operation) -> JobId {
    let ann = operator();
    match operation {
        Operation::Install => step(console, StepKind::ControlPlane, EAST).await,
        Operation::Join => step(console, StepKind::Join, WEST).await,
        Operation::InstallRemote => step(console, StepKind::RemoteChart, WEST).await,
        Operation::Upgrade => {
            ARMED.store(true, Ordering::SeqCst);
            let west = cluster(WEST);
            let job = console.update_remote_addresses(&ann, &mesh(), &west).await;
            job.expect("the addresses are updated")
        }
        Operation::Rollback => rollback(console, WEST, "ack-istio-remote").await,
        Operation::ChangeValues => change_values(console).await,
        Operation::RestoreValues => rollback(console, EAST, "ack-istio").await,
        Operation::Rotate => {
            let plan = console.plan_rotation(&ann, &mesh(), &cluster(WEST)).await;
            start(console, &plan.expect("a plan").review.expect("a review")).await
        }
        Operation::UninstallRemote => uninstall(console, WEST, "ack-istio-remote").await,
        Operation::Leave => {
            let plan = console.plan_leave(&ann, &mesh(), &cluster(WEST)).await;
            start(console, &plan.expect("a plan").review.expect("a review")).await
        }
        Operation::Uninstall => uninstall(console, EAST, "ack-istio").await,
        Operation::Cleanup => {
            let plan = console.plan_cleanup(&ann, &mesh(), &cluster(EAST)).await;
            let review = plan.expect("a plan").review.expect("a review");
            let request = CleanupRequest {
                mesh: mesh(),
                cluster: cluster(EAST),
                runtime_objects: true,
                crds: true,
                namespaces: vec!["istio-system".into()],
            };
            ARMED.store(true, Ordering::SeqCst);
            let job = console
                .cleanup(&ann, (&review.id, review.confirm.as_deref()), request)
                .await;
            job.expect("the cleanup starts")
        }
    }
}

async fn step(console: &Console, kind: StepKind, name: &str) -> JobId {
    let ann = operator();
    let accepted = console.accept_checks(&ann, &mesh()).await;
    accepted.expect("the checks are accepted");
    let step = StepRef {
        mesh: mesh(),
        cluster: cluster(name),
        kind,
    };
    let plan = console.plan_step(&ann, &step).await.expect("a plan");
    assert_eq!(plan.problem, None, "{kind:?}");
    start(console, &plan.review.expect("a review")).await
}

fn release(name: &str, release: &str) -> ReleaseRef {
    ReleaseRef {
        cluster: cluster(name),
        namespace: Namespace::new("istio-system").expect("a name"),
        release: ReleaseName::new(release).expect("a name"),
    }
}

/// Rolls a release back to its first revision.
async fn rollback(console: &Console, name: &str, of: &str) -> JobId {
    let release = release(name, of);
    let plan = console
        .plan_rollback(&operator(), &release, Revision(1), Decisions::default())
        .await
        .expect("a plan");
    assert_eq!(plan.problem, None, "{of}");
    start(console, &plan.review).await
}

/// Upgrades the control plane to other values of the same version.
async fn change_values(console: &Console) -> JobId {
    let ann = operator();
    let release = release(EAST, "ack-istio");
    let choices = console.upgrade_choices(&ann, &release).await;
    let choices = choices.expect("the choices");
    let source = choices.sources.iter().find(|source| source.is_origin);
    let source = source.expect("the source");
    let request = NewUpgradeRequest {
        release,
        chart: ChartRef {
            repository: source.repository.clone(),
            chart: source.chart.clone(),
            version: choices.version.clone(),
        },
    };
    let draft = console.new_upgrade(&ann, request).await.expect("a draft");
    let revision = console.draft(&ann, &draft).await.expect("a draft").revision;
    let change = EditRequest {
        draft: draft.clone(),
        text: "global:\n  proxy:\n    accessLogFile: \"\"\n".to_owned(),
        edit: Edit::Text,
        revision,
        author: EditAuthor {
            editor: "test".to_owned(),
            sequence: 0,
        },
    };
    console.edit(&ann, change).await.expect("other values");
    console.checks(&ann, &draft).await.expect("the checks");
    let accepted = console.accept_warnings(&ann, &draft, true).await;
    accepted.expect("the warnings are accepted");
    let review = console.review(&ann, &draft).await.expect("a review");
    assert_eq!(review.problem, None);
    start(console, &review.review).await
}

async fn uninstall(console: &Console, name: &str, of: &str) -> JobId {
    let release = release(name, of);
    let plan = console.plan_uninstall(&operator(), &release).await;
    start(console, &plan.expect("a plan").review).await
}

async fn ended(console: &Console, job: &JobId) -> JobView {
    let caller = operator();
    if let Some(mut live) = console.follow_job(&caller, job).await.expect("the job") {
        let end = live.wait_for(|view| view.state != JobState::Running);
        let seen = tokio::time::timeout(Duration::from_mins(2), end).await;
        seen.expect("the job ends in time").ok();
    }
    console.job(&caller, job).await.expect("the job")
}
