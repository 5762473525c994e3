//! Watches over kube-rs.

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, PostParams, WatchEvent, WatchParams};
use kube::runtime::{WatchStreamExt, watcher};
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{client, object};

fn config_map(name: &str) -> ConfigMap {
    object(json!({"metadata": {"name": name, "labels": {"app": name}}}))
}

#[tokio::test]
async fn a_watch_sends_changes_after_its_revision() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let first = maps
        .create(&PostParams::default(), &config_map("a"))
        .await
        .unwrap();
    let from = first.metadata.resource_version.unwrap();
    let params = WatchParams::default().labels("app=b");
    let mut events = maps.watch(&params, &from).await.unwrap().boxed();
    maps.create(&PostParams::default(), &config_map("b"))
        .await
        .unwrap();
    maps.delete("b", &DeleteParams::default()).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        match events.try_next().await.unwrap().unwrap() {
            WatchEvent::Added(_) => seen.push("added"),
            WatchEvent::Deleted(_) => seen.push("deleted"),
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(seen, ["added", "deleted"]);
}

#[tokio::test]
async fn a_watcher_works_with_both_list_modes() {
    for config in [
        watcher::Config::default(),
        watcher::Config::default().streaming_lists(),
    ] {
        let sandbox = Sandbox::new();
        let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
        maps.create(&PostParams::default(), &config_map("a"))
            .await
            .unwrap();
        let mut seen = watcher(maps.clone(), config).applied_objects().boxed();
        maps.create(&PostParams::default(), &config_map("b"))
            .await
            .unwrap();
        let mut names = Vec::new();
        while !names.contains(&"b".to_owned()) {
            names.extend(seen.try_next().await.unwrap().unwrap().metadata.name);
        }
        assert!(names.contains(&"a".to_owned()));
    }
}

#[tokio::test]
async fn a_watch_ends_with_its_sandbox() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let mut events = maps
        .watch(&WatchParams::default(), "0")
        .await
        .unwrap()
        .boxed();
    drop((sandbox, maps, client));
    while events.try_next().await.unwrap().is_some() {}
}
