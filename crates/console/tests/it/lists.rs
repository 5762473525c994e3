//! Lists in windows of rows: the use cases search, count and cut what is there.

use crate::support::{EAST, World, deployed, operator};
use wire::{
    cluster::{ClusterStateName, ClustersRequest},
    job::{JobStateName, JobsRequest},
    release::{ReleaseState, ReleasesRequest},
};

#[tokio::test(flavor = "multi_thread")]
async fn releases_jobs_and_clusters_are_searched_and_counted_by_state() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = world.remote().await;
    deployed(console, &draft).await;

    let releases = async |words: &str, state| {
        let request = ReleasesRequest {
            words: words.into(),
            state,
            ..ReleasesRequest::default()
        };
        console.release_list(&ann, &request).await.unwrap().list
    };
    let found = releases("REMOTE", None).await;
    assert_eq!(found.rows[0].at.release.as_str(), "ack-istio-remote");
    assert_eq!(found.states, [(ReleaseState::Deployed, 1)]);
    let none = releases("", Some(ReleaseState::Failed)).await;
    assert_eq!((none.rows.len(), none.total, none.all), (0, 0, 1));

    let namespace = found.rows[0].at.namespace.clone();
    let exact = format!("cluster:{EAST} namespace:{namespace}");
    assert_eq!(releases(&exact, None).await.total, 1);
    assert_eq!(releases("namespace:istio", None).await.total, 0);
    let east = wire::ClusterName::new(EAST).unwrap();
    let namespaces = console.release_namespaces(&ann, &east).await.unwrap();
    let expected = wire::release::NamespaceRow {
        namespace,
        releases: 1,
    };
    assert_eq!(namespaces, [expected]);

    // Twice: the second time, the row of the job is not decrypted again.
    for _ in 0..2 {
        let jobs = async |words: &str| {
            let request = JobsRequest {
                words: words.into(),
                ..JobsRequest::default()
            };
            console.jobs(&ann, &request).await.unwrap()
        };
        let found = jobs(&format!("install {EAST}")).await;
        assert_eq!(found.states, [(JobStateName::Succeeded, 1)]);
        assert_eq!(jobs("uninstall").await.rows, []);
    }

    let request = ClustersRequest {
        words: "no such cluster".into(),
        ..ClustersRequest::default()
    };
    let found = console.cluster_list(&ann, &request).await.unwrap();
    assert_eq!((found.total, found.all), (0, 1));
    let all = ClustersRequest::default();
    let found = console.cluster_list(&ann, &all).await.unwrap();
    assert_eq!(found.rows[0].name.as_str(), EAST);
    assert_eq!(found.states, [(ClusterStateName::Ready, 1)]);
}
