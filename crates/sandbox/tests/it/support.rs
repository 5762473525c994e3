//! Helpers that the tests of the sandbox crates share.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use sandbox::Sandbox;
use serde_json::{Value, json};

/// A client with the permissions of the administrator.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::new(sandbox.service(), "default")
}

/// A client for one context of a kubeconfig, over TCP.
pub(crate) async fn connect(text: &str, context: &str) -> Client {
    let read = Kubeconfig::from_yaml(text).unwrap();
    let options = KubeConfigOptions {
        context: Some(context.to_owned()),
        ..KubeConfigOptions::default()
    };
    Client::try_from(
        Config::from_custom_kubeconfig(read, &options)
            .await
            .unwrap(),
    )
    .unwrap()
}

/// Waits for a ready pod with these labels and returns its name.
pub(crate) async fn ready_pod_name(client: &Client, namespace: &str, labels: &str) -> String {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let params = ListParams::default().labels(labels);
    let ready = || async {
        let list = pods.list(&params).await.unwrap();
        let is_ready = |pod: &Pod| {
            let conditions = pod.status.as_ref()?.conditions.as_ref()?;
            conditions
                .iter()
                .any(|condition| condition.type_ == "Ready" && condition.status == "True")
                .then_some(())
        };
        let found = list.items.iter().find(|pod| is_ready(pod).is_some());
        found.and_then(|pod| pod.metadata.name.clone())
    };
    wait_until("a ready pod", || async { ready().await.is_some() }).await;
    ready().await.unwrap()
}

/// Sends a GET request to a pod over a forwarded port: the status code and the body, or the error of
/// the port.
pub(crate) async fn get_from_pod(
    client: &Client,
    namespace: &str,
    pod: &str,
    port: u16,
    path: &str,
) -> Result<(u16, String), String> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let mut forwarder = pods.portforward(pod, &[port]).await.unwrap();
    let failure = forwarder.take_error(port).unwrap();
    let stream = TokioIo::new(forwarder.take_stream(port).unwrap());
    let (mut sender, connection) = http1::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost");
    let request = request.body(http_body_util::Empty::<Bytes>::new()).unwrap();
    let Ok(response) = sender.send_request(request).await else {
        return Err(failure.await.unwrap_or_default());
    };
    let code = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    drop(sender);
    drop(connection);
    Ok((code, String::from_utf8(body.to_vec()).unwrap()))
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

/// An object from JSON.
pub(crate) fn object<T: k8s_openapi::serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Creates a Deployment in the default namespace.
pub(crate) async fn deploy(client: &Client, name: &str, replicas: i32) -> Deployment {
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let deployment = object(deployment(name, replicas));
    deployments
        .create(&PostParams::default(), &deployment)
        .await
        .unwrap()
}

/// Waits until a condition is true, for ten seconds at most.
pub(crate) async fn wait_until<F: Future<Output = bool>>(
    description: &str,
    is_true: impl Fn() -> F,
) {
    for _ in 0..500 {
        if is_true().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within ten seconds: {description}");
}

/// The status code and message of a failed request.
pub(crate) fn api_error<T: std::fmt::Debug>(result: kube::Result<T>) -> (u16, String) {
    match result.unwrap_err() {
        kube::Error::Api(status) => (status.code, status.message.clone()),
        error => panic!("not a status: {error}"),
    }
}
