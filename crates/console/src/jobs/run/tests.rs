//! The tests of job execution and of the writer of job views.

use super::*;
use crate::{Action, Setup, jobs::RunningJob};
use serde::Serialize;
use wire::{
    ClusterName, Code, MeshName,
    job::{JobKind, JobState, PhaseName, PhaseState, PhaseView, Subject},
};

/// A job that fails in a way that no code foresees.
#[derive(Clone, Serialize)]
struct Panicking(ClusterName);

impl Job for Panicking {
    const KIND: JobKind = JobKind::Cleanup;
    const ACTION: Action = Action::WriteMesh;
    type Plan = ();

    fn subject(&self) -> Subject {
        Subject::Cluster(self.0.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        None
    }

    async fn plan(&self, _: &Console) -> Result<(), Error> {
        Ok(())
    }

    fn audit_target(&self) -> String {
        "panic".to_owned()
    }

    fn concerns((): &()) -> crate::jobs::Concerns {
        crate::jobs::Concerns {
            steps: Vec::new(),
            summary: String::new(),
            objects: Vec::new(),
        }
    }

    fn phases((): &()) -> Vec<PhaseView> {
        vec![crate::jobs::phases::pending(
            PhaseName::Namespaces,
            Vec::new(),
        )]
    }

    async fn run((): (), context: &JobContext<'_>) -> Result<(), Error> {
        (context.on_event)(Event::Started(PhaseName::Namespaces));
        tokio::task::yield_now().await;
        // A panic that prints nothing.
        std::panic::resume_unwind(Box::new("an invariant does not hold"));
    }
}

/// The job as it is stored.
async fn stored_job(console: &Console, id: &JobId) -> store::StoredJob {
    let id = id.clone();
    let found = console.with_store(move |store| store.job(&id)).await;
    found.expect("readable").expect("a job")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_is_stored_as_failed_and_is_no_longer_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let console = Console::open(folder.path(), Setup::default()).expect("a console");
    let id = JobId::new("panics").expect("a name");
    let job = Panicking(ClusterName::new("east").expect("a name"));
    let progress = Progress::new(id.clone(), &job, &(), "ann", console.setup.clock);
    let (sender, view) = watch::channel(progress.view());
    let (first, stored) = (progress.view(), job.clone());
    console
        .with_store(move |store| store.new_job(&first, &stored, &store::JobOrigin::default(), 0))
        .await
        .expect("stored");
    let run = JobRun {
        console: console.clone(),
        id: id.clone(),
        progress: Arc::new(Mutex::new(progress)),
        sender,
        stop: CancellationToken::new(),
    };

    run.supervise::<Panicking>(()).await;

    let stored = stored_job(&console, &id).await;
    assert!(!stored.running);
    assert_eq!(stored.view, *view.borrow(), "the page shows what is stored");
    assert_eq!(stored.view.phases[0].state, PhaseState::Failed);
    let JobState::Failed(problem) = stored.view.state else {
        panic!("{:?}", stored.view.state);
    };
    assert_eq!(problem.code, Code::Internal);
    assert_eq!(console.jobs.running(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_end_is_seen_does_not_block_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let console = Console::open(folder.path(), Setup::default()).expect("a console");
    let job = Panicking(ClusterName::new("east").expect("a name"));
    // A reader on a thread of its own sees the end as soon as it is published.
    for round in 0..100 {
        let id = JobId::new(format!("round-{round}")).expect("a name");
        let progress = Progress::new(id.clone(), &job, &(), "ann", console.setup.clock);
        let (sender, view) = watch::channel(progress.view());
        let running = RunningJob {
            subject: job.subject(),
            action: Panicking::ACTION,
            view: view.clone(),
            stop: CancellationToken::new(),
        };
        console.jobs.register(&id, running).expect("free").keep();
        let run = JobRun {
            console: console.clone(),
            id,
            progress: Arc::new(Mutex::new(progress)),
            sender,
            stop: CancellationToken::new(),
        };
        let (jobs, subject) = (console.jobs.clone(), job.subject());
        let reader = std::thread::spawn(move || {
            while view.borrow().state == JobState::Running {
                std::hint::spin_loop();
            }
            jobs.ensure_free(&subject).is_ok()
        });

        run.supervise::<Panicking>(()).await;

        assert!(reader.join().expect("a reader"), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_written_once_however_often_it_is_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let console = Console::open(folder.path(), Setup::default()).expect("a console");
    let id = JobId::new("writes").expect("a name");
    let job = Panicking(ClusterName::new("east").expect("a name"));
    let view = Progress::new(id.clone(), &job, &(), "ann", console.setup.clock).view();
    let (first, stored) = (view.clone(), job.clone());
    console
        .with_store(move |store| store.new_job(&first, &stored, &store::JobOrigin::default(), 0))
        .await
        .expect("stored");
    let changed = JobView {
        elapsed_ms: 7,
        ..view.clone()
    };
    let (sender, writer) = spawn_writer(console.store.clone());

    sender.send_replace(Some(changed.clone()));
    while stored_job(&console, &id).await.view != changed {
        tokio::task::yield_now().await;
    }
    // Another writer changes the stored view; an unchanged view must not be written again.
    let other = view.clone();
    console
        .with_store(move |store| store.save_job(&other, true))
        .await
        .expect("stored");
    sender.send_replace(Some(changed));
    drop(sender);
    writer.await.expect("the writer ends with its sender");
    assert_eq!(stored_job(&console, &id).await.view, view);
}

#[tokio::test]
async fn what_blocks_a_release_is_shown_while_another_one_goes_on() {
    let job = Panicking(ClusterName::new("east").expect("a name"));
    let id = JobId::new("parts").expect("a name");
    let mut progress = Progress::new(id, &job, &(), "ann", jiff::Timestamp::now);
    let [first, second] =
        ["ingress", "eastwest"].map(|name| ReleaseName::new(name).expect("a name"));
    let webhook = cluster::Kind::NAMESPACE.object(None, "webhook");
    let reason = wire::job::Awaited::Injection.into();
    let waiting = Event::Waiting {
        object: webhook.clone(),
        reason,
    };
    progress.apply_of(&first, waiting);
    let done = Event::ObjectDone {
        phase: PhaseName::Workloads,
        object: cluster::Kind::NAMESPACE.object(None, "gateway"),
        outcome: ::release::Outcome::Applied,
    };
    progress.apply_of(&second, done);
    progress.apply_of(&second, Event::Status(Vec::new(), Vec::new()));
    progress.apply_of(&second, Event::Finished(PhaseName::Ready));
    let blocking = progress.view().blocking.expect("the first release waits");
    assert_eq!(blocking.object, webhook);
    progress.apply_of(&first, Event::Finished(PhaseName::InjectionWebhook));
    assert_eq!(progress.view().blocking, None);
}
