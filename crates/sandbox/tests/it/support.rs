//! What the tests share.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::Client;
use kube::api::{Api, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

/// A client of the cluster's administrator.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::new(sandbox.service(), "default")
}

/// A Deployment of one container.
pub(crate) fn deployment(name: &str, replicas: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [
                    {"name": "web", "image": format!("docker.io/istio/{name}:1.0.0"),
                     "ports": [{"containerPort": 8080}]},
                ]},
            },
        },
    })
}

/// Creates a Deployment in the default namespace.
pub(crate) async fn deploy(client: &Client, name: &str, replicas: i32) -> Deployment {
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let wanted = serde_json::from_value(deployment(name, replicas)).unwrap();
    deployments
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap()
}

/// Asks again until it holds, five seconds at most.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..250 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within five seconds: {what}");
}
