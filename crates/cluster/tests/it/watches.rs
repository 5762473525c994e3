//! Watches, and the states of a namespace.

use crate::test_cluster::TestCluster;
use cluster::{Kind, NamespaceState, ObjectRef, Propagation, Snapshot};
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch::Receiver;

async fn until(
    receiver: &mut Receiver<Snapshot>,
    condition: &str,
    predicate: impl Fn(&Snapshot) -> bool,
) {
    let reached = receiver.wait_for(predicate);
    let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
    assert!(
        reached.is_ok_and(|reached| reached.is_ok()),
        "not within 20 s: {condition}"
    );
}

pub(crate) async fn a_watch_follows_changes(test: TestCluster) {
    test.apply(test.config_map("settings", "colour", "blue"))
        .await;
    let watches = test.watches();
    let mut receiver = watches
        .watch(Kind::CONFIG_MAP, Some(&test.namespace))
        .await
        .unwrap();
    let key = (test.namespace.clone(), "settings".to_owned());
    let colour = |snapshot: &Snapshot| {
        let found = snapshot.objects.get(&key);
        found.map(|object| object.text("/data/colour").to_owned())
    };
    until(&mut receiver, "the object is listed", |snapshot| {
        snapshot.synced && colour(snapshot).as_deref() == Some("blue")
    })
    .await;
    test.apply(test.config_map("settings", "colour", "green"))
        .await;
    until(&mut receiver, "the change is seen", |snapshot| {
        colour(snapshot).as_deref() == Some("green")
    })
    .await;
    let settings = test.reference("v1", "ConfigMap", "settings");
    test.cluster
        .delete(&settings, Propagation::Background)
        .await
        .unwrap();
    until(&mut receiver, "the deletion is seen", |snapshot| {
        colour(snapshot).is_none()
    })
    .await;
    let error = watches
        .watch(Kind::new("example.test/v1", "Nothing"), None)
        .await;
    assert!(error.is_err(), "an unknown kind cannot be watched");
}

pub(crate) async fn a_watch_of_metadata_has_nothing_else_of_the_selected_objects(
    test: TestCluster,
) {
    let secret = |name: &str, app: &str, copy: &str| {
        json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {
                "name": name, "namespace": test.namespace, "labels": {"app": app},
                "annotations": {
                    "kubectl.kubernetes.io/last-applied-configuration": copy, "note": "kept",
                },
            },
            "stringData": {"token": copy},
        })
    };
    test.apply(secret("selected", "web", "one")).await;
    test.apply(secret("other", "shop", "one")).await;
    let watches = test.watches();
    let watch = watches.watch_metadata(Kind::SECRET, Some(&test.namespace), "app=web");
    let mut receiver = watch.await.unwrap();
    let key = (test.namespace.clone(), "selected".to_owned());
    until(&mut receiver, "the selected object is listed", |snapshot| {
        snapshot.synced && snapshot.objects.keys().eq([&key])
    })
    .await;
    let object = receiver.borrow().objects[&key].clone();
    assert_eq!((object.kind(), object.api_version()), ("Secret", "v1"));
    assert_eq!(object.annotation("note"), Some("kept"));
    let text = object.value().to_string();
    for part in ["\"data\"", "managedFields", "\"one\"", "b25l"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    test.apply(secret("selected", "web", "two")).await;
    until(&mut receiver, "a change of the data is seen", |snapshot| {
        let seen = snapshot.objects.get(&key);
        seen.is_some_and(|seen| seen.resource_version() != object.resource_version())
    })
    .await;
}

pub(crate) async fn a_blocked_namespace_is_reported_with_the_reason(test: TestCluster) {
    let name = test.name("blocked");
    let state = async || test.cluster.namespace_state(&name).await.unwrap();
    assert_eq!(state().await, NamespaceState::Absent);
    let namespace = crate::test_cluster::namespace_object(&name);
    test.apply(namespace.value().clone()).await;
    assert_eq!(state().await, NamespaceState::Active);

    let blocker = |finalizers: &[&str]| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "blocked", "namespace": name, "finalizers": finalizers},
        })
    };
    test.apply(blocker(&["example.test/keep"])).await;
    let reference = ObjectRef {
        namespace: None,
        ..namespace.reference()
    };
    test.cluster
        .delete(&reference, Propagation::Background)
        .await
        .unwrap();
    let mut messages = Vec::new();
    for _ in 0..100 {
        if let NamespaceState::Terminating { held_by } = state().await {
            messages = held_by;
        }
        if !messages.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(
        messages
            .iter()
            .any(|message| message.contains("example.test/keep")),
        "{messages:?}"
    );

    test.apply(blocker(&[])).await;
    for _ in 0..150 {
        if state().await == NamespaceState::Absent {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the namespace still exists: {:?}", state().await);
}
