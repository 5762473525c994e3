//! The state after the console ended while jobs were running.

use crate::support::Operate as _;
use crate::support::{
    EAST, cluster_of, draft, east, operator, register, release, set, setup, succeeded, until,
};
use console::Console;
use std::{path::PathBuf, time::Duration};
use wire::{
    JobId,
    install::Scalar,
    job::{JobState, JobView},
    release::ReleaseState,
};

/// Opens a console, registers the cluster, and deploys what will wait for an image.
async fn stuck(folder: PathBuf, kubeconfig: String) -> (Console, JobId) {
    let console = Console::open(&folder, setup()).unwrap();
    register(&console, &kubeconfig).await;
    let draft = draft(&console, "built-in", "ack-istio-remote", EAST).await;
    let address = Scalar::Text("10.20.1.1".into());
    set(&console, &draft, "global.remotePilotAddress", address).await;
    let job = console.deploy(&operator(), &draft).await.unwrap();
    until(&console, &job, |view| view.blocking.is_some()).await;
    (console, job)
}

fn steps(view: &JobView) -> (u32, u32) {
    match view.state {
        JobState::Interrupted { step, steps } => (step, steps),
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_job_is_shown_and_resumed() {
    let (sandbox, listening) = east().await;
    let folder = tempfile::tempdir().unwrap();
    sandbox.fail_image_pull("citadel");
    let killed = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let before = killed.spawn(stuck(folder.path().to_owned(), listening.kubeconfig()));
    let (console, job) = before.await.unwrap();
    killed.shutdown_background();
    drop(console);
    tokio::time::sleep(Duration::from_millis(300)).await;

    let console = Console::open(folder.path(), setup()).unwrap();

    let ann = operator();
    let view = console.job(&ann, &job).await.unwrap();
    let (step, steps) = steps(&view);
    assert_eq!(steps, view.objects);
    let mut there = 0;
    let cluster = cluster_of(&listening);
    for object in view.phases.iter().flat_map(|phase| &phase.objects) {
        there += u32::from(cluster.get(&object.object).await.unwrap().is_some());
    }
    assert!(
        step > 0 && step <= there,
        "{step} are said to be in place, {there} are"
    );
    assert_eq!(console.frame(&ann).await.unwrap().running, 0);
    let page = console
        .release(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    assert_eq!(page.row.state, ReleaseState::PendingInstall);

    sandbox.restore_image_pull("citadel");
    let next = console.resume_job(&ann, &job).await.unwrap();
    succeeded(&console, &next).await;
    let removal = console
        .uninstall(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    succeeded(&console, &removal).await;
    assert!(console.releases(&ann).await.unwrap().rows.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_closes_marks_its_jobs_as_interrupted() {
    let (sandbox, listening) = east().await;
    let folder = tempfile::tempdir().unwrap();
    sandbox.fail_image_pull("citadel");
    let (console, job) = stuck(folder.path().to_owned(), listening.kubeconfig()).await;

    console.close(Duration::from_secs(10)).await;
    drop(console);

    let console = Console::open(folder.path(), setup()).unwrap();
    let view = console.job(&operator(), &job).await.unwrap();
    let (step, steps) = steps(&view);
    assert_eq!((step, steps), (view.completed, view.objects));
    // The pages of the new process know the job as one that ended.
    let frame = console.frame(&operator()).await.unwrap();
    let ended: Vec<_> = frame
        .ended
        .iter()
        .map(|ended| (&ended.id, &ended.state))
        .collect();
    assert_eq!(ended, [(&job, &view.state)]);
    sandbox.restore_image_pull("citadel");
    let next = console.resume_job(&operator(), &job).await.unwrap();
    succeeded(&console, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_clusters_and_their_jobs_are_removed() {
    let world = crate::support::World::new().await;
    let draft = world.remote().await;
    crate::support::deployed(&world.console, &draft).await;
    world.console.close(Duration::from_secs(5)).await;

    let console = Console::open(world.folder.path(), setup()).unwrap();

    assert!(console.clusters(&operator()).await.unwrap().is_empty());
    assert!(
        console
            .jobs(&operator(), &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}
