//! The watches of the clusters while a page follows the changes, counted at the clusters.

use crate::support::{EAST, World, east, operator};
use sandbox::Sandbox;
use serde_json::json;
use std::time::Duration;
use wire::{
    ClusterName, Secret,
    cluster::{AddClustersRequest, ReplaceRequest},
    release::ReleasesRequest,
    sandbox::SetFaultRequest,
};

/// The requests for watches of a cluster, and the open ones; nodes and release records have the same.
async fn until(sandbox: &Sandbox, expected: (u64, usize)) {
    let counts = || (sandbox.watches("nodes"), sandbox.watches("secrets"));
    for _ in 0..600 {
        if counts() == (expected, expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{expected:?} is expected of both, found {:?}", counts());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_added_replaced_or_removed_restarts_no_watch_of_another() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    console.watch_clusters();
    let page = console.follow_changes(&ann).await.unwrap();
    until(&world.sandbox, (1, 1)).await;

    let (other, listening) = east().await;
    let west = ClusterName::new("west").unwrap();
    let kubeconfig = Secret::new(listening.kubeconfig());
    let request = AddClustersRequest {
        kubeconfig: kubeconfig.clone(),
        contexts: vec![(EAST.to_owned(), west.to_string())],
    };
    console.add_clusters(&ann, request).await.unwrap();
    until(&other, (1, 1)).await;

    // A connection that is replaced is another one.
    let request = ReplaceRequest {
        cluster: west.clone(),
        kubeconfig,
        context: EAST.to_owned(),
    };
    console.replace_credential(&ann, request).await.unwrap();
    until(&other, (2, 1)).await;

    console.remove_cluster(&ann, &west).await.unwrap();
    until(&other, (2, 0)).await;
    until(&world.sandbox, (1, 1)).await;

    drop(page);
    until(&world.sandbox, (1, 0)).await;
    let _page = console.follow_changes(&ann).await.unwrap();
    until(&world.sandbox, (2, 1)).await;
}

/// A watch stays open while lists fail, as with an overloaded server.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_cluster_whose_releases_cannot_be_read_leaves_an_open_page_in_peace() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    console.watch_clusters();
    let mut page = console.follow_changes(&ann).await.unwrap();
    until(&world.sandbox, (1, 1)).await;
    let read = async || {
        let request = ReleasesRequest::default();
        let (clusters, releases) =
            tokio::join!(console.clusters(&ann), console.release_list(&ann, &request));
        clusters.unwrap();
        releases.unwrap().unread
    };
    assert!(read().await.is_empty());

    world.sandbox.fail_reads("secrets");
    let slow = SetFaultRequest {
        cluster: ClusterName::new(EAST).unwrap(),
        key: "api-delay".to_owned(),
        value: "1500ms".to_owned(),
    };
    console.set_sandbox_fault(&ann, slow).await.unwrap();
    world
        .create(json!({
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
            "metadata": {
                "namespace": "default", "name": "sh.helm.release.v1.web.v1",
                "labels": {"owner": "helm", "name": "web", "version": "1", "status": "deployed"},
            },
        }))
        .await;
    // The page reads again at each notice, and the notices end.
    let end = tokio::time::Instant::now() + Duration::from_mins(1);
    let mut unread = read().await;
    while let Ok(changed) = tokio::time::timeout(Duration::from_secs(8), page.changed()).await {
        changed.unwrap();
        page.mark_unchanged();
        unread = read().await;
        assert!(
            tokio::time::Instant::now() < end,
            "it is read without a pause"
        );
    }
    assert!(unread[0].problem.is_some(), "{unread:?}");
}
