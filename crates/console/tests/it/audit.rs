//! The audit: the outcome of an action that starts a job is the end of the job.

use crate::support::Operate as _;
use crate::support::{World, deployed, ended, operator, setup, until};
use console::{AuditFilter, Console, read_audit};
use std::path::Path;
use wire::JobId;

/// The outcome of the action that started a job.
fn outcome(folder: &Path, job: &JobId) -> String {
    let lines = read_audit(folder, &AuditFilter::default()).unwrap();
    let mut lines = lines.into_iter();
    let line = lines.find(|line| line.job.as_deref() == Some(job.as_str()));
    line.unwrap().outcome.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outcome_of_a_job_is_its_end() {
    let world = World::new().await;
    let (console, ann, folder) = (&world.console, operator(), world.folder.path());
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;

    let stuck = console.deploy(&ann, &draft).await.unwrap();
    until(console, &stuck, |view| view.blocking.is_some()).await;
    assert_eq!(outcome(folder, &stuck), "started");
    console.stop_job(&ann, &stuck).await.unwrap();
    ended(console, &stuck).await;
    assert_eq!(outcome(folder, &stuck), "stopped");

    world.sandbox.restore_image_pull("citadel");
    let resumed = console.resume_job(&ann, &stuck).await.unwrap();
    ended(console, &resumed).await;
    assert_eq!(outcome(folder, &resumed), "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_what_the_crash_interrupted_has_that_outcome() {
    let world = World::new().await;
    let folder = world.folder.path();
    let draft = world.remote().await;
    let done = deployed(&world.console, &draft).await.id;
    let store = store::Store::open(folder).unwrap();
    // As after a crash: the opening line is there, and nothing else.
    store
        .begin_audit("ann", "write-cluster", "west", 1)
        .unwrap();
    let job = JobId::new("crashed").unwrap();
    let line = store
        .begin_audit("ann", "write-release", "east", 1)
        .unwrap();
    store.start_audit(line, &job).unwrap();

    let _console = Console::open(folder, setup()).unwrap();

    assert_eq!(outcome(folder, &job), "interrupted");
    assert_eq!(outcome(folder, &done), "succeeded");
    let interrupted = AuditFilter {
        outcome: Some("interrupted".to_owned()),
        ..AuditFilter::default()
    };
    assert_eq!(read_audit(folder, &interrupted).unwrap().len(), 2);
}
