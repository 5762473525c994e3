//! Objects over kube-rs: create, read, change, delete.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret, Service};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::core::PartialObjectMeta;
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{api_error, client, deploy, deployment, object, wait_until};

fn config_map(name: &str, value: &str) -> ConfigMap {
    object(json!({
        "metadata": {"name": name, "labels": {"tier": value}}, "data": {"mode": value},
    }))
}

#[tokio::test]
async fn a_new_object_gets_a_uid_and_a_field_manager() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let made = maps
        .create(&PostParams::default(), &config_map("mesh", "a"))
        .await
        .unwrap();
    assert!(made.metadata.uid.is_some() && made.metadata.creation_timestamp.is_some());
    assert_eq!(made.metadata.managed_fields.unwrap().len(), 1);
    let again = api_error(
        maps.create(&PostParams::default(), &config_map("mesh", "a"))
            .await,
    );
    assert_eq!(
        again,
        (409, "configmaps \"mesh\" already exists".to_owned())
    );
}

#[tokio::test]
async fn a_stale_update_is_a_conflict() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let first = maps
        .create(&PostParams::default(), &config_map("mesh", "a"))
        .await
        .unwrap();
    let mut second = first.clone();
    second.data = Some(BTreeMap::from([("mode".to_owned(), "b".to_owned())]));
    maps.replace("mesh", &PostParams::default(), &second)
        .await
        .unwrap();
    let (code, message) = api_error(maps.replace("mesh", &PostParams::default(), &first).await);
    assert_eq!(code, 409);
    assert!(
        message.contains("the object has been modified"),
        "{message}"
    );
}

#[tokio::test]
async fn an_update_without_changes_keeps_the_revision() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let first = maps
        .create(&PostParams::default(), &config_map("mesh", "a"))
        .await
        .unwrap();
    let second = maps
        .replace("mesh", &PostParams::default(), &first)
        .await
        .unwrap();
    assert_eq!(
        first.metadata.resource_version,
        second.metadata.resource_version
    );
}

#[tokio::test]
async fn lists_support_selectors_and_limits() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    for (name, tier) in [("a", "x"), ("b", "x"), ("c", "y")] {
        maps.create(&PostParams::default(), &config_map(name, tier))
            .await
            .unwrap();
    }
    let found = maps
        .list(&ListParams::default().labels("tier in (x)"))
        .await
        .unwrap();
    assert_eq!(found.items.len(), 2);
    let found = maps
        .list(&ListParams::default().fields("metadata.name=c"))
        .await
        .unwrap();
    assert_eq!(found.items.len(), 1);
    let cut = ListParams::default().labels("tier").limit(2);
    let first = maps.list(&cut).await.unwrap();
    let rest = maps
        .list(&cut.continue_token(&first.metadata.continue_.unwrap()))
        .await
        .unwrap();
    assert_eq!((first.items.len(), rest.items.len()), (2, 1));
    let metas: Vec<PartialObjectMeta<ConfigMap>> = maps
        .list_metadata(&ListParams::default().labels("tier=y"))
        .await
        .unwrap()
        .items;
    assert_eq!(metas.len(), 1);
}

#[tokio::test]
async fn a_merge_patch_removes_what_it_sets_to_null() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    maps.create(&PostParams::default(), &config_map("mesh", "a"))
        .await
        .unwrap();
    let patch = Patch::Merge(json!({"data": {"mode": null, "level": "b"}}));
    let changed = maps
        .patch("mesh", &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert_eq!(
        changed.data,
        Some(BTreeMap::from([("level".to_owned(), "b".to_owned())]))
    );
}

#[tokio::test]
async fn a_strategic_patch_merges_containers_by_name() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 1).await;
    let deployments: Api<Deployment> = Api::default_namespaced(client);
    let patch = Patch::Strategic(json!({"spec": {"template": {"spec": {"containers": [
        {"name": "web", "env": [{"name": "A", "value": "1"}]}, {"name": "proxy", "image": "p:1"},
    ]}}}}));
    let changed = deployments
        .patch("pilot", &PatchParams::default(), &patch)
        .await
        .unwrap();
    let containers = changed.spec.unwrap().template.spec.unwrap().containers;
    let images: Vec<_> = containers
        .iter()
        .filter_map(|found| found.image.as_deref())
        .collect();
    assert_eq!(images, ["docker.io/istio/pilot:1.0.0", "p:1"]);
}

#[tokio::test]
async fn an_invalid_object_is_rejected_with_its_field() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let mut wrong = deployment("pilot", 1);
    wrong["spec"]["selector"]["matchLabels"]["app"] = json!("other");
    let (code, message) = api_error(
        deployments
            .create(&PostParams::default(), &object(wrong))
            .await,
    );
    assert_eq!(code, 422);
    assert!(
        message.contains("`selector` does not match template `labels`"),
        "{message}"
    );
    let maps: Api<ConfigMap> = Api::namespaced(client, "nowhere");
    let absent = api_error(
        maps.create(&PostParams::default(), &config_map("mesh", "a"))
            .await,
    );
    assert_eq!(absent, (404, "namespaces \"nowhere\" not found".to_owned()));
}

#[tokio::test]
async fn string_data_of_a_secret_is_stored_encoded() {
    let sandbox = Sandbox::new();
    let secrets: Api<Secret> = Api::default_namespaced(client(&sandbox));
    let wanted = object(json!({"metadata": {"name": "key"}, "stringData": {"a": "b"}}));
    let made = secrets
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    assert_eq!(made.data.unwrap()["a"].0, b"b");
    assert_eq!(made.type_.as_deref(), Some("Opaque"));
}

#[tokio::test]
async fn a_deleted_namespace_deletes_its_content_and_rejects_new_objects() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let wanted = object(json!({"metadata": {"name": "mesh"}}));
    namespaces
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(client, "mesh");
    let mut held = config_map("held", "a");
    held.metadata.finalizers = Some(vec!["meshspan.dev/test".to_owned()]);
    maps.create(&PostParams::default(), &held).await.unwrap();
    namespaces
        .delete("mesh", &DeleteParams::default())
        .await
        .unwrap();
    let (code, message) = api_error(
        maps.create(&PostParams::default(), &config_map("new", "a"))
            .await,
    );
    assert_eq!(code, 403);
    assert!(
        message.ends_with("because it is being terminated"),
        "{message}"
    );
    wait_until("the finalizer is named", || async {
        let found = namespaces
            .get("mesh")
            .await
            .unwrap()
            .status
            .unwrap()
            .conditions;
        found.into_iter().flatten().any(|condition| {
            condition
                .message
                .unwrap_or_default()
                .contains("meshspan.dev/test in 1 resource instances")
        })
    })
    .await;
    let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    maps.patch("held", &PatchParams::default(), &free)
        .await
        .unwrap();
    wait_until("no namespace", || async {
        namespaces.get_opt("mesh").await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn a_service_keeps_its_address() {
    let sandbox = Sandbox::new();
    let services: Api<Service> = Api::default_namespaced(client(&sandbox));
    let wanted = object(json!({
        "metadata": {"name": "ilb"},
        "spec": {"type": "LoadBalancer", "selector": {"app": "ilb"}, "ports": [{"port": 15011}]},
    }));
    let made: Service = services
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let address = made.spec.unwrap().cluster_ip.unwrap();
    assert!(
        sandbox
            .config()
            .service_cidr
            .contains(&address.parse::<std::net::Ipv4Addr>().unwrap())
    );
    wait_until("a load balancer", || async {
        let status = services.get("ilb").await.unwrap().status.unwrap();
        status
            .load_balancer
            .and_then(|given| given.ingress)
            .is_some()
    })
    .await;
    let patch = Patch::Merge(json!({"spec": {"ports": [{"port": 15012}]}}));
    let changed = services
        .patch("ilb", &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert_eq!(changed.spec.unwrap().cluster_ip.unwrap(), address);
}
