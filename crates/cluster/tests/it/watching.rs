//! Watches, and namespaces on their way out.

use crate::world::World;
use cluster::{NamespaceState, ObjectRef, Propagation, Snapshot};
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch::Receiver;

async fn until(receiver: &mut Receiver<Snapshot>, what: &str, holds: impl Fn(&Snapshot) -> bool) {
    let seen = receiver.wait_for(holds);
    let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
    assert!(
        seen.is_ok_and(|seen| seen.is_ok()),
        "not within 20 s: {what}"
    );
}

pub(crate) async fn a_watch_follows_changes(world: World) {
    world
        .apply(world.config_map("settings", "colour", "blue"))
        .await;
    let watches = world.watches();
    let mut seen = watches
        .follow("v1", "ConfigMap", Some(&world.namespace))
        .await
        .unwrap();
    let key = (world.namespace.clone(), "settings".to_owned());
    let colour = |snapshot: &Snapshot| {
        let found = snapshot.objects.get(&key);
        found.map(|object| object.text("/data/colour").to_owned())
    };
    until(&mut seen, "it is there", |now| {
        now.synced && colour(now).as_deref() == Some("blue")
    })
    .await;
    world
        .apply(world.config_map("settings", "colour", "green"))
        .await;
    until(&mut seen, "it changes", |now| {
        colour(now).as_deref() == Some("green")
    })
    .await;
    let settings = world.mine("v1", "ConfigMap", "settings");
    world
        .cluster
        .delete(&settings, Propagation::Background)
        .await
        .unwrap();
    until(&mut seen, "it goes", |now| colour(now).is_none()).await;
    let error = watches.follow("example.test/v1", "Nothing", None).await;
    assert!(error.is_err(), "an unknown kind cannot be followed");
}

pub(crate) async fn a_namespace_that_is_held_says_by_what(world: World) {
    let name = world.name("held");
    let state = async || world.cluster.namespace_state(&name).await.unwrap();
    assert_eq!(state().await, NamespaceState::Absent);
    let namespace = crate::world::namespace_object(&name);
    world.apply(namespace.value().clone()).await;
    assert_eq!(state().await, NamespaceState::Active);

    let held = |finalizers: &[&str]| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "held", "namespace": name, "finalizers": finalizers},
        })
    };
    world.apply(held(&["example.test/keep"])).await;
    let reference = ObjectRef {
        namespace: None,
        ..namespace.reference()
    };
    world
        .cluster
        .delete(&reference, Propagation::Background)
        .await
        .unwrap();
    let mut said = Vec::new();
    for _ in 0..100 {
        if let NamespaceState::Terminating { held_by } = state().await {
            said = held_by;
        }
        if !said.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(
        said.iter().any(|one| one.contains("example.test/keep")),
        "{said:?}"
    );

    world.apply(held(&[])).await;
    for _ in 0..150 {
        if state().await == NamespaceState::Absent {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it is still there: {:?}", state().await);
}
