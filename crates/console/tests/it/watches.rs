//! The watches of the clusters while a page follows the changes, counted at the clusters.

use crate::support::{EAST, World, east, operator};
use sandbox::Sandbox;
use std::time::Duration;
use wire::{
    ClusterName, Secret,
    cluster::{AddClustersRequest, ReplaceRequest},
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
