//! Objects over kube-rs: create, read, change, watch, delete.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{client, deploy, until};

#[tokio::test]
async fn a_deployment_becomes_available_through_its_pods() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 2).await;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    until("two replicas", || async {
        let found = deployments.get("pilot").await.unwrap();
        found.status.and_then(|status| status.available_replicas) == Some(2)
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let pods = pods
        .list(&ListParams::default().labels("app=pilot"))
        .await
        .unwrap();
    assert_eq!(pods.items.len(), 2);
}

#[tokio::test]
async fn server_side_apply_names_the_other_manager_in_a_conflict() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    let stated = |value: &str| {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mesh"},
            "data": {"mode": value}})
    };
    maps.patch(
        "mesh",
        &PatchParams::apply("one"),
        &Patch::Apply(stated("a")),
    )
    .await
    .unwrap();
    let failure = maps
        .patch(
            "mesh",
            &PatchParams::apply("two"),
            &Patch::Apply(stated("b")),
        )
        .await
        .unwrap_err();
    let kube::Error::Api(status) = failure else {
        panic!("not a status")
    };
    assert_eq!(status.code, 409);
    assert_eq!(
        status.message,
        "Apply failed with 1 conflict: conflict with \"one\": .data.mode"
    );
}

#[tokio::test]
async fn a_deleted_namespace_takes_its_content_along() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let wanted = serde_json::from_value(json!({"metadata": {"name": "istio-system"}})).unwrap();
    namespaces
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    namespaces
        .delete("istio-system", &DeleteParams::default())
        .await
        .unwrap();
    until("no namespace", || async {
        namespaces.get_opt("istio-system").await.unwrap().is_none()
    })
    .await;
}
