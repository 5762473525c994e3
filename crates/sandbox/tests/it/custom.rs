//! Custom resources and discovery.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, DynamicObject, PostParams};
use kube::discovery::{ApiResource, Discovery};
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{api_error, client, object, wait_until};

#[tokio::test]
async fn a_crd_is_established_served_and_deleted_with_its_objects() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let name = "rules.config.istio.io";
    let wanted = object(json!({
        "metadata": {"name": name},
        "spec": {
            "group": "config.istio.io", "scope": "Namespaced",
            "names": {"kind": "rule", "plural": "rules", "singular": "rule"},
            "versions": [{"name": "v1alpha2", "served": true, "storage": true, "schema": {
                "openAPIV3Schema": {"type": "object",
                    "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    }));
    definitions
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    wait_until("established", || async {
        let status = definitions.get(name).await.unwrap().status;
        let conditions = status
            .and_then(|status| status.conditions)
            .unwrap_or_default();
        conditions
            .iter()
            .any(|condition| condition.type_ == "Established" && condition.status == "True")
    })
    .await;
    let found = Discovery::new(client.clone()).run().await.unwrap();
    assert!(found.has_group("config.istio.io"));
    let resource = ApiResource {
        group: "config.istio.io".into(),
        version: "v1alpha2".into(),
        api_version: "config.istio.io/v1alpha2".into(),
        kind: "rule".into(),
        plural: "rules".into(),
    };
    let rules: Api<DynamicObject> = Api::default_namespaced_with(client, &resource);
    let rule = DynamicObject::new("deny", &resource).data(json!({"spec": {"match": "a == b"}}));
    let made = rules.create(&PostParams::default(), &rule).await.unwrap();
    assert_eq!(made.data["spec"]["match"], "a == b");
    definitions
        .delete(name, &DeleteParams::default())
        .await
        .unwrap();
    wait_until("gone", || async {
        definitions.get_opt(name).await.unwrap().is_none()
    })
    .await;
    assert_eq!(api_error(rules.get("deny").await).0, 404);
}

#[tokio::test]
async fn both_discovery_formats_have_the_same_content() {
    let sandbox = Sandbox::new();
    let plain = Discovery::new(client(&sandbox)).run().await.unwrap();
    let aggregated = Discovery::new(client(&sandbox))
        .run_aggregated()
        .await
        .unwrap();
    let names = |found: &Discovery| {
        let mut names: Vec<String> = found
            .groups()
            .map(|group| group.name().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&plain), names(&aggregated));
}
