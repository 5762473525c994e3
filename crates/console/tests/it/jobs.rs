//! Jobs: one per release at a time, cancelled, resumed, with the object that blocks them.

use crate::support::Operate as _;
use crate::support::{World, ended, operator, release, succeeded, until};
use console::Error;
use wire::{
    Code,
    job::{JobKind, JobState},
    release::ReleaseState,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_request_does_not_start_a_second_job() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;

    let (first, second) = tokio::join!(console.deploy(&ann, &draft), console.deploy(&ann, &draft));

    let (job, refused) = match (first, second) {
        (Ok(job), Err(error)) | (Err(error), Ok(job)) => (job, error),
        both => panic!("{both:?}"),
    };
    assert!(
        matches!(&refused, Error::Busy { job: busy, .. } if *busy == job),
        "{refused:?}"
    );
    let third = console.deploy(&ann, &draft).await;
    assert!(matches!(third, Err(Error::Busy { .. })), "{third:?}");
    let removal = console.uninstall(&ann, &release("ack-istio-remote")).await;
    assert!(removal.is_err(), "{removal:?}");
    assert_eq!(
        console
            .jobs(&ann, &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert_eq!(console.frame(&ann).await.unwrap().running, 1);
    console.stop_job(&ann, &job).await.unwrap();
    ended(console, &job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_an_image_is_stopped_and_resumed() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;
    let job = console.deploy(&ann, &draft).await.unwrap();

    let stuck = until(console, &job, |view| {
        view.blocking
            .as_ref()
            .is_some_and(|blocking| blocking.reason.contains("pull"))
    })
    .await;
    let blocking = stuck.blocking.clone().unwrap();
    assert_eq!(blocking.object.kind, "Deployment");
    assert_eq!(blocking.object.name, "istio-citadel");
    assert!(blocking.reason.contains("citadel"), "{blocking:?}");
    assert!(!stuck.events.is_empty(), "events tell the same");
    let row = console.releases(&ann).await.unwrap().rows.remove(0);
    assert_eq!(
        (row.state, row.job),
        (ReleaseState::PendingInstall, Some(job.clone()))
    );

    console.stop_job(&ann, &job).await.unwrap();
    let stopped = ended(console, &job).await;
    let JobState::Failed(problem) = stopped.state else {
        panic!("{:?}", stopped.state)
    };
    assert_eq!(problem.code, Code::Cancelled);
    let page = console
        .release(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    assert_eq!(page.row.state, ReleaseState::Failed);
    let nothing = console.stop_job(&ann, &job).await;
    assert!(matches!(nothing, Err(Error::NoJob(_))), "{nothing:?}");

    world.sandbox.restore_image_pull("citadel");
    let next = console.resume_job(&ann, &job).await.unwrap();
    assert_ne!(next, job);
    succeeded(console, &next).await;
    let page = console
        .release(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    assert_eq!(
        (page.row.state, page.row.revision.0),
        (ReleaseState::Deployed, 1)
    );

    let removal = console
        .uninstall(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    succeeded(console, &removal).await;
    let kinds: Vec<JobKind> = console
        .jobs(&ann, &wire::job::JobsRequest::default())
        .await
        .unwrap()
        .rows
        .iter()
        .map(|j| j.kind)
        .collect();
    assert_eq!(
        kinds,
        [JobKind::Uninstall, JobKind::Install, JobKind::Install]
    );
}
