//! Lists in windows of rows: the use cases search, count and cut what is there.

use crate::support::{EAST, World, deployed, eventually, operator, reference};
use cluster::Object;
use futures::StreamExt as _;
use serde_json::json;
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

impl World {
    /// The record of revision 1 of a release as the records of others, `number` of them.
    async fn with_copies_of(&self, release: &str, number: usize) {
        let cluster = self.cluster();
        let secret = reference("v1", "Secret", &format!("sh.helm.release.v1.{release}.v1"));
        let stored = cluster.get(&secret).await.unwrap().unwrap();
        let copy = |place: usize| {
            let name = format!("copy-{place}");
            let mut labels = stored.value()["metadata"]["labels"].clone();
            labels["name"] = json!(name);
            Object::new(json!({
                "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
                "metadata": {
                    "name": format!("sh.helm.release.v1.{name}.v1"),
                    "namespace": "istio-system", "labels": labels,
                },
                "data": stored.value()["data"],
            }))
            .unwrap()
        };
        let created = futures::stream::iter((0..number).map(copy)).map(|copy| {
            let cluster = cluster.clone();
            async move { cluster.create(&copy).await.unwrap() }
        });
        created.buffer_unordered(16).for_each(async |_| ()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_releases_are_listed_at_once_and_their_charts_follow() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = world.remote().await;
    deployed(console, &draft).await;
    world.with_copies_of("ack-istio-remote", 1200).await;

    let list = async |words: &str| {
        let request = ReleasesRequest {
            words: words.into(),
            ..ReleasesRequest::default()
        };
        console.release_list(&ann, &request).await.unwrap()
    };
    eventually(async || list("").await.list.all == 1201).await;
    let first = list("").await;
    let charts = first.list.rows.iter().map(|row| row.chart.as_deref());
    assert!(charts.clone().count() >= 50);
    for chart in charts {
        assert_eq!(
            chart,
            Some("ack-istio-remote-1.0.0"),
            "the rows in view are read"
        );
    }
    eventually(async || list("").await.unread_charts == 0).await;
    assert_eq!(list("ack-istio-remote-1.0.0").await.list.total, 1201);

    // A record that is deleted, and one that changes: the others are known.
    let cluster = world.cluster();
    let secret = reference("v1", "Secret", "sh.helm.release.v1.copy-7.v1");
    cluster
        .delete(&secret, cluster::Propagation::Background)
        .await
        .unwrap();
    eventually(async || {
        let list = list("").await;
        list.list.all == 1200 && list.unread_charts == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_is_listed_by_its_labels() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    world
        .create(json!({
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
            "metadata": {"name": "sh.helm.release.v1.broken.v4", "namespace": "default", "labels": {
                "owner": "helm", "name": "broken", "version": "4", "status": "failed", "createdAt": "100",
            }},
            "stringData": {"release": "no record"},
        }))
        .await;
    let request = ReleasesRequest::default();
    eventually(async || {
        let list = console.release_list(&ann, &request).await.unwrap();
        list.list.all == 1 && list.unread_charts == 0
    })
    .await;
    let list = console.release_list(&ann, &request).await.unwrap().list;
    let row = &list.rows[0];
    assert_eq!((row.revision.0, row.state), (4, ReleaseState::Failed));
    assert_eq!((&row.chart, row.changed), (&None, Some(wire::Time(100))));
}
