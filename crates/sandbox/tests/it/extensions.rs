//! Extensions: programs, admission plugins and controllers of the user of a sandbox.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{Api, PostParams};
use sandbox::{
    Admission, AdmissionContext, ApiStatus, ClusterConfig, Controller, ControllerContext,
    Extension, Program, Sandbox, image_name, response,
};
use serde_json::{Value, json};

use crate::support::{
    api_error, client, connect, deploy, get_from_pod, object, ready_pod_name, wait_until,
};

/// A program that greets on port 8080.
#[derive(Debug)]
struct Greeter;

impl Program for Greeter {
    fn listens_on(&self, port: u16) -> bool {
        port == 8080
    }

    fn respond(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(async { response::text(StatusCode::OK, "hello") })
    }
}

/// Labels new namespaces, and rejects ConfigMaps named `forbidden`.
#[derive(Debug)]
struct Labeller;

impl Admission for Labeller {
    fn admit(
        &self,
        context: &AdmissionContext<'_>,
        kind: &str,
        object: &mut Value,
    ) -> Result<(), ApiStatus> {
        match kind {
            "namespaces" => object["metadata"]["labels"]["team"] = json!("mesh"),
            "configmaps" if sandbox::object::name(object) == "forbidden" => {
                let namespaces = context.list("namespaces", None).len();
                let message = format!("forbidden in all {namespaces} namespaces");
                return Err(ApiStatus::bad_request(message));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Creates a ConfigMap in every namespace.
#[derive(Debug)]
struct ConfigMapController;

impl Controller for ConfigMapController {
    fn reconcile(&self, context: &mut ControllerContext<'_>) -> Option<Duration> {
        for namespace in context.list("namespaces", None) {
            let name = sandbox::object::name(&namespace);
            if context.get("configmaps", name, "generated").is_none() {
                let config_map = json!({
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": {"name": "generated", "namespace": name},
                });
                context.create("configmaps", config_map).unwrap();
            }
        }
        None
    }
}

fn with_extension(extension: Extension) -> Sandbox {
    Sandbox::with_config(ClusterConfig::default().with_extension(extension))
}

#[tokio::test]
async fn the_image_of_a_container_selects_its_program() {
    let sandbox = with_extension(Extension::new().with_programs(|container| {
        let is_greeter = image_name(container.image()) == "greeter";
        is_greeter.then(|| Arc::new(Greeter) as Arc<dyn Program>)
    }));
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let client = connect(&server.kubeconfig(), "sandbox").await;
    for (name, expected) in [
        ("greeter", Some((200, "hello".to_owned()))),
        ("other", None),
    ] {
        deploy(&client, name, 1).await;
        let pod = ready_pod_name(&client, "default", &format!("app={name}")).await;
        let body = get_from_pod(&client, "default", &pod, 8080, "/").await;
        assert_eq!(body.ok(), expected, "{name}");
    }
}

#[tokio::test]
async fn an_admission_plugin_changes_and_rejects_new_objects() {
    let client = client(&with_extension(Extension::new().with_admission(Labeller)));
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = object(json!({"metadata": {"name": "shop"}}));
    let created = namespaces.create(&PostParams::default(), &namespace).await;
    let labels = created.unwrap().metadata.labels.unwrap();
    assert_eq!(labels.get("team").map(String::as_str), Some("mesh"));
    let config_maps: Api<ConfigMap> = Api::default_namespaced(client);
    let forbidden = object(json!({"metadata": {"name": "forbidden"}}));
    let result = config_maps.create(&PostParams::default(), &forbidden).await;
    let expected = (400, "forbidden in all 5 namespaces".to_owned());
    assert_eq!(api_error(result), expected);
}

#[tokio::test]
async fn a_controller_reconciles_after_each_change() {
    let client = client(&with_extension(
        Extension::new().with_controller(ConfigMapController),
    ));
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = object(json!({"metadata": {"name": "shop"}}));
    namespaces
        .create(&PostParams::default(), &namespace)
        .await
        .unwrap();
    let config_maps: Api<ConfigMap> = Api::namespaced(client, "shop");
    wait_until("the ConfigMap of the controller", || async {
        config_maps.get_opt("generated").await.unwrap().is_some()
    })
    .await;
}
