//! Server-side apply over kube-rs.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{api_error, client, deployment};

fn config_map(members: Value) -> Patch<Value> {
    Patch::Apply(json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mesh"}, "data": members,
    }))
}

#[tokio::test]
async fn a_conflict_names_the_other_manager_and_force_overrides_it() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let (first, second) = (PatchParams::apply("one"), PatchParams::apply("two"));
    maps.patch("mesh", &first, &config_map(json!({"mode": "a"})))
        .await
        .unwrap();
    let refused = api_error(
        maps.patch("mesh", &second, &config_map(json!({"mode": "b"})))
            .await,
    );
    let message = "Apply failed with 1 conflict: conflict with \"one\": .data.mode";
    assert_eq!(refused, (409, message.to_owned()));
    let forced = maps
        .patch("mesh", &second.force(), &config_map(json!({"mode": "b"})))
        .await
        .unwrap();
    let managers: Vec<_> = forced
        .metadata
        .managed_fields
        .unwrap()
        .into_iter()
        .filter_map(|entry| entry.manager)
        .collect();
    assert_eq!(managers, ["two"]);
}

#[tokio::test]
async fn fields_that_are_no_longer_applied_are_removed_unless_another_manager_owns_them() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let (first, second) = (PatchParams::apply("one"), PatchParams::apply("two"));
    maps.patch("mesh", &first, &config_map(json!({"a": "1", "b": "1"})))
        .await
        .unwrap();
    maps.patch("mesh", &second, &config_map(json!({"b": "1"})))
        .await
        .unwrap();
    let left = maps
        .patch("mesh", &first, &config_map(json!({"c": "1"})))
        .await
        .unwrap();
    let keys: Vec<String> = left.data.unwrap().into_keys().collect();
    assert_eq!(keys, ["b", "c"]);
}

#[tokio::test]
async fn a_dry_run_returns_defaults_and_stores_nothing() {
    let sandbox = Sandbox::new();
    let deployments: Api<Deployment> = Api::default_namespaced(client(&sandbox));
    let params = PatchParams::apply("one").dry_run();
    let stated = Patch::Apply(deployment("pilot", 1));
    let shown = deployments.patch("pilot", &params, &stated).await.unwrap();
    assert_eq!(shown.spec.unwrap().progress_deadline_seconds, Some(600));
    assert!(deployments.get_opt("pilot").await.unwrap().is_none());
}

#[tokio::test]
async fn applying_the_same_configuration_twice_changes_nothing() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let params = PatchParams::apply("one");
    let first = maps
        .patch("mesh", &params, &config_map(json!({"a": "1"})))
        .await
        .unwrap();
    let second = maps
        .patch("mesh", &params, &config_map(json!({"a": "1"})))
        .await
        .unwrap();
    assert_eq!(
        first.metadata.resource_version,
        second.metadata.resource_version
    );
}

#[tokio::test]
async fn items_of_keyed_lists_are_owned_by_the_manager_that_applied_them() {
    let sandbox = Sandbox::new();
    let deployments: Api<Deployment> = Api::default_namespaced(client(&sandbox));
    let first = Patch::Apply(deployment("pilot", 1));
    deployments
        .patch("pilot", &PatchParams::apply("one"), &first)
        .await
        .unwrap();
    let second = Patch::Apply(json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "pilot"},
        "spec": {"template": {"spec": {"containers": [{"name": "proxy", "image": "p:1"}]}}},
    }));
    let joined = deployments
        .patch("pilot", &PatchParams::apply("two"), &second)
        .await
        .unwrap();
    assert_eq!(
        joined.spec.unwrap().template.spec.unwrap().containers.len(),
        2
    );
    let left = deployments
        .patch("pilot", &PatchParams::apply("one"), &first)
        .await
        .unwrap();
    assert_eq!(
        left.spec.unwrap().template.spec.unwrap().containers.len(),
        2
    );
}

#[tokio::test]
async fn an_unknown_field_is_rejected() {
    let sandbox = Sandbox::new();
    let deployments: Api<Deployment> = Api::default_namespaced(client(&sandbox));
    let mut wrong = deployment("pilot", 1);
    wrong["spec"]["replcas"] = json!(2);
    let (code, message) = api_error(
        deployments
            .patch("pilot", &PatchParams::apply("one"), &Patch::Apply(wrong))
            .await,
    );
    assert_eq!(code, 500);
    assert!(
        message.ends_with(".spec.replcas: field not declared in schema"),
        "{message}"
    );
}
