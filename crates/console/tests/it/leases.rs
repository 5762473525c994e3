//! Two consoles on one release: one works on it, the other says who that is.

use crate::support::{
    EAST, Operate as _, cluster_of, draft, east, ended, operator, register, release, set, setup,
    succeeded, until,
};
use cluster::{Object, ObjectRef};
use console::{Console, Setup};
use sandbox::RequestFault;
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use wire::{
    Code, DraftId, JobId, ReviewRef,
    install::Scalar,
    job::{JobNote, JobState},
};

/// Leases that are renewed every second.
fn short() -> Setup {
    Setup {
        lease_duration: Duration::from_secs(3),
        ..setup()
    }
}

/// Opens a console that knows the cluster.
async fn open(folder: PathBuf, kubeconfig: &str) -> Console {
    let console = Console::open(&folder, short()).unwrap();
    register(&console, kubeconfig).await;
    console
}

async fn remote(console: &Console) -> DraftId {
    let draft = draft(console, "built-in", "ack-istio-remote", EAST).await;
    let address = Scalar::Text("10.20.1.1".into());
    set(console, &draft, "global.remotePilotAddress", address).await;
    draft
}

/// The review of an installation that has not started.
async fn reviewed(console: &Console) -> ReviewRef {
    let (ann, draft) = (operator(), remote(console).await);
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    console.review(&ann, &draft).await.unwrap().review
}

/// The namespace of the release: without it, there is no place for a Lease.
fn namespace() -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}})
}

fn lease() -> ObjectRef {
    release::lease_ref(&crate::support::key("ack-istio-remote"))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_consoles_one_wins_and_the_other_says_who_it_is() {
    let (sandbox, listening) = east().await;
    let cluster = cluster_of(&listening);
    cluster
        .create(&Object::new(namespace()).unwrap())
        .await
        .unwrap();
    sandbox.fail_image_pull("citadel");
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let kubeconfig = listening.kubeconfig();
    let [first, second] = [0, 1].map(|index| folders[index].path().to_owned());
    let (first, second) = tokio::join!(open(first, &kubeconfig), open(second, &kubeconfig));
    let reviews = (reviewed(&first).await, reviewed(&second).await);

    let ann = operator();
    let (one, other) = tokio::join!(
        first.start_shown(&ann, &reviews.0),
        second.start_shown(&ann, &reviews.1)
    );

    let (one, other) = (one.unwrap(), other.unwrap());
    let (winner, loser) = tokio::select! {
        _ = ended(&second, &other) => ((&first, &one), (&second, &other)),
        _ = ended(&first, &one) => ((&second, &other), (&first, &one)),
    };
    let refused = loser.0.job(&ann, loser.1).await.unwrap();
    let JobState::Failed(problem) = refused.state else {
        panic!("{:?}", refused.state);
    };
    assert_eq!(problem.code, Code::LeaseHeld, "{problem:?}");
    let holder = problem.arg("holder");
    assert!(
        holder.contains(winner.1.as_str()) && holder.contains("ann"),
        "{holder}"
    );
    assert_eq!(refused.completed, 0, "it changed nothing");
    let resumed = loser.0.plan_resume(&ann, loser.1).await;
    assert!(resumed.is_err(), "its plan may be an old one");

    sandbox.restore_image_pull("citadel");
    succeeded(winner.0, winner.1).await;
    let left = cluster.get(&lease()).await.unwrap();
    assert!(left.is_none(), "{left:?}");
}

/// Deploys what will wait for an image.
async fn stuck(folder: PathBuf, kubeconfig: String) -> (Console, JobId) {
    let console = open(folder, &kubeconfig).await;
    let draft = remote(&console).await;
    let job = console.deploy(&operator(), &draft).await.unwrap();
    until(&console, &job, |view| view.blocking.is_some()).await;
    (console, job)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_of_a_console_that_was_killed_is_taken_again_or_expires() {
    let (sandbox, listening) = east().await;
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = listening.kubeconfig();
    let cluster = cluster_of(&listening);
    cluster
        .create(&Object::new(namespace()).unwrap())
        .await
        .unwrap();
    sandbox.fail_image_pull("citadel");
    let killed = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let before = killed.spawn(stuck(folder.path().to_owned(), kubeconfig.clone()));
    let (console, job) = before.await.unwrap();
    killed.shutdown_background();
    drop(console);
    let left = cluster.get(&lease()).await.unwrap().unwrap();
    assert!(left.text("/spec/holderIdentity").ends_with(job.as_str()));

    // Its own console goes on without a wait.
    let console = Console::open(folder.path(), short()).unwrap();
    let ann = operator();
    let next = console.resume_job(&ann, &job).await.unwrap();
    until(&console, &next, |view| view.blocking.is_some()).await;
    let taken = cluster.get(&lease()).await.unwrap().unwrap();
    assert!(taken.text("/spec/holderIdentity").ends_with(next.as_str()));
    sandbox.restore_image_pull("citadel");
    let view = succeeded(&console, &next).await;
    assert_eq!(view.notes, []);

    // Another console waits until the Lease of one that is gone for good expires.
    let name = lease().name;
    let object = json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": name, "namespace": "istio-system"},
        "spec": {"holderIdentity": "gone/j1", "leaseDurationSeconds": 1},
    });
    cluster.create(&Object::new(object).unwrap()).await.unwrap();
    let removal = console
        .uninstall(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    let view = succeeded(&console, &removal).await;
    let [JobNote::LeaseTakenOver { holder, .. }] = view.notes.as_slice() else {
        panic!("{:?}", view.notes);
    };
    assert_eq!(holder, "job j1 of console gone");
    assert!(cluster.get(&lease()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_leases_are_forbidden_the_job_says_so_and_goes_on() {
    let world = crate::support::World::new().await;
    world.create(namespace()).await;
    (world.sandbox).before_requests(|_, path| {
        path.contains("/leases")
            .then_some(RequestFault::Status(403))
    });
    let draft = world.remote().await;
    let view = crate::support::deployed(&world.console, &draft).await;
    let [JobNote::NoLease { problem, .. }] = view.notes.as_slice() else {
        panic!("{:?}", view.notes);
    };
    assert_eq!(problem.code, Code::Forbidden);
}
