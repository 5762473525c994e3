//! Stored clusters that cannot be used, and clusters that a job works on: the console starts, says why, and
//! changes nothing under a running job.

use crate::support::{EAST, Operate as _, World, ended, everything, operator, setup, until};
use cluster::{AddressPolicy, read_kubeconfig};
use console::{Console, Error, Setup};
use std::path::Path;
use store::Store;
use wire::{
    ClusterName, Code, Problem, Secret,
    cluster::{AddClustersRequest, ClusterState, ReplaceRequest},
    job::JobState,
};

/// A database with a cluster `west`, and its kubeconfig.
fn stored(folder: &Path, kubeconfig: &str) -> ClusterName {
    let mut contexts = read_kubeconfig(kubeconfig, AddressPolicy::WithLoopback).unwrap();
    let credentials = contexts.remove(0).outcome.unwrap();
    let sealed = Secret::new(serde_json::to_string(&credentials).unwrap());
    let west = ClusterName::new("west").unwrap();
    let store = Store::open(folder).unwrap();
    let added = store.add_cluster(&west, &credentials.server, false, &sealed, 0);
    assert!(added.unwrap());
    west
}

/// Replaces the sealed credential of every cluster by bytes that no key decrypts.
fn damage(folder: &Path) {
    let database = rusqlite::Connection::open(folder.join("meshspan.db")).unwrap();
    let damaged = database.execute("UPDATE clusters SET credentials = x'00112233'", []);
    assert_eq!(damaged.unwrap(), 1);
}

async fn problem_of(console: &Console, name: &ClusterName) -> Problem {
    let view = console.cluster(&operator(), name).await.unwrap();
    let ClusterState::Unusable(problem) = view.state else {
        panic!("{view:?}")
    };
    assert_eq!(problem.code, Code::UnusableCluster);
    problem
}

fn replace(cluster: &ClusterName, kubeconfig: String) -> ReplaceRequest {
    ReplaceRequest {
        cluster: cluster.clone(),
        kubeconfig: Secret::new(kubeconfig),
        context: EAST.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_whose_seal_is_damaged_is_shown_replaced_and_removed() {
    let (_sandbox, listening) = crate::support::east().await;
    let folder = tempfile::tempdir().unwrap();
    let west = stored(folder.path(), &listening.kubeconfig());
    damage(folder.path());
    let console = Console::open(folder.path(), setup()).unwrap();
    let ann = operator();

    let problem = problem_of(&console, &west).await;
    let detail = problem.detail.unwrap_or_default();
    assert!(detail.contains("cannot be decrypted"), "{detail}");
    let releases = console.releases(&ann).await.unwrap();
    assert_eq!(releases.unread[0].cluster, west);
    let catalog = console.catalog(&ann, everything()).await.unwrap();
    assert_eq!(catalog.unread, std::slice::from_ref(&west));

    let replaced = replace(&west, listening.kubeconfig());
    console.replace_credential(&ann, replaced).await.unwrap();
    let view = console.cluster(&ann, &west).await.unwrap();
    assert!(matches!(view.state, ClusterState::Ready), "{view:?}");
    drop(console);

    damage(folder.path());
    let console = Console::open(folder.path(), setup()).unwrap();
    console.remove_cluster(&ann, &west).await.unwrap();
    assert_eq!(console.clusters(&ann).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loopback_cluster_without_the_flag_does_not_keep_the_console_from_starting() {
    let (_sandbox, listening) = crate::support::east().await;
    let folder = tempfile::tempdir().unwrap();
    let west = stored(folder.path(), &listening.kubeconfig());
    let remote_only = Setup {
        addresses: AddressPolicy::Remote,
        ..setup()
    };
    let console = Console::open(folder.path(), remote_only).unwrap();
    let detail = problem_of(&console, &west).await.detail.unwrap_or_default();
    assert!(detail.contains("loopback"), "{detail}");
    console.remove_cluster(&operator(), &west).await.unwrap();
}

/// Also when the UID of the cluster cannot be read; it is stored at the next contact.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_registered_when_its_uid_cannot_be_read() {
    let (sandbox, listening) = crate::support::east().await;
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    sandbox.fail_reads("namespaces");
    crate::support::register(&console, &listening.kubeconfig()).await;
    let east = ClusterName::new(EAST).unwrap();
    let uid = || Store::open(folder.path()).unwrap().cluster_uid(&east);
    assert_eq!(uid().unwrap(), None);

    sandbox.restore_reads("namespaces");
    console.cluster(&operator(), &east).await.unwrap();
    assert!(uid().unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_neither_replaced_nor_removed_while_a_job_works_on_it() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let east = ClusterName::new(EAST).unwrap();
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;
    let job = console.deploy(&ann, &draft).await.unwrap();
    until(console, &job, |view| view.blocking.is_some()).await;

    let request = replace(&east, world.listening.kubeconfig());
    let replaced = console.replace_credential(&ann, request.clone()).await;
    let removed = console.remove_cluster(&ann, &east).await;
    for refused in [replaced, removed] {
        assert!(
            matches!(&refused, Err(Error::Busy { job: busy, .. }) if *busy == job),
            "{refused:?}"
        );
    }
    let live = console.job(&ann, &job).await.unwrap();
    assert_eq!(live.state, JobState::Running);

    console.stop_job(&ann, &job).await.unwrap();
    ended(console, &job).await;
    console.replace_credential(&ann, request).await.unwrap();
    console.remove_cluster(&ann, &east).await.unwrap();
    let again = AddClustersRequest {
        kubeconfig: Secret::new(world.listening.kubeconfig()),
        contexts: vec![(EAST.to_owned(), EAST.to_owned())],
    };
    console.add_clusters(&ann, again).await.unwrap();
}
