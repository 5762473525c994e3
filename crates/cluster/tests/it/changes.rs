//! Small changes: marks on an object, its end when it is still the same one, a port of its pod.

use crate::world::World;
use cluster::{AnswerBounds, Error, Marks, PodPort, Propagation};
use std::time::{Duration, Instant};

fn label(key: &str, value: Option<&str>) -> Marks {
    Marks {
        labels: vec![(key.into(), value.map(str::to_owned))],
        annotations: vec![("example.test/by".into(), value.map(str::to_owned))],
    }
}

pub(crate) async fn a_mark_is_set_and_taken_away_and_nothing_else_changes(world: World) {
    let made = world
        .apply(world.config_map("settings", "colour", "blue"))
        .await;
    let version = made.text("/metadata/resourceVersion").to_owned();
    let reference = made.reference();
    let marks = label("part", Some("mesh"));
    let marked = world.cluster.mark(&reference, &marks, Some(&version));
    let marked = marked.await.unwrap();
    assert_eq!(
        (marked.label("part"), marked.label("app")),
        (Some("mesh"), Some("web"))
    );
    assert_eq!(marked.annotation("example.test/by"), Some("mesh"));
    assert_eq!(marked.text("/data/colour"), "blue");
    let late = world.cluster.mark(&reference, &marks, Some(&version)).await;
    assert!(late.unwrap_err().is_conflict(), "it changed since");
    let none = label("part", None);
    let bare = world.cluster.mark(&reference, &none, None).await.unwrap();
    assert_eq!(
        (bare.label("part"), bare.annotation("example.test/by")),
        (None, None)
    );
}

pub(crate) async fn only_the_object_that_was_looked_at_is_deleted(world: World) {
    let settings = || world.config_map("settings", "colour", "blue");
    let first = world.apply(settings()).await;
    let cluster = &world.cluster;
    let how = Propagation::Background;
    assert!(cluster.delete_this(&first, how).await.unwrap());
    assert!(
        !cluster.delete_this(&first, how).await.unwrap(),
        "it is gone"
    );
    let second = world.apply(settings()).await;
    let refused = cluster.delete_this(&first, how).await.unwrap_err();
    assert!(refused.is_conflict(), "{refused}: {:?}", refused.said());
    assert!(cluster.delete_this(&second, how).await.unwrap());
}

pub(crate) async fn a_port_of_a_pod_that_is_not_there_is_told_in_time(world: World) {
    let at = PodPort {
        namespace: world.namespace.clone(),
        pod: "nobody".into(),
        port: 8080,
    };
    let bounds = AnswerBounds {
        for_at_most: Duration::from_secs(15),
        ..AnswerBounds::default()
    };
    let begun = Instant::now();
    let error = world
        .cluster
        .http_get(&at, "/ready", bounds)
        .await
        .unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(16));
    assert!(error.is_not_found(), "{error}: {:?}", error.said());
    assert!(matches!(error, Error::Refused { .. }));
}
