//! A port of a pod through a port-forward over HTTPS, as on a real API server.

use crate::test_cluster::connect;
use bytes::Bytes;
use cluster::{Apply, Cluster, Error, Object, PodPort, PortForwardError, ResponseLimits};
use sandbox::{HttpsServer, Sandbox};
use serde_json::json;
use std::time::Duration;

async fn with_a_pod() -> (HttpsServer, Cluster, PodPort) {
    let sandbox = Sandbox::new();
    sandbox.add_program("web", 8080, |request| {
        let path = request.uri().path().to_owned();
        let status = if path == "/ready" { 200 } else { 404 };
        let response = http::Response::builder().status(status);
        response
            .body(Bytes::from(format!("you asked for {path}")))
            .unwrap()
    });
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [{"name": "web", "image": "web:1"}]},
    });
    cluster
        .apply(&Object::new(pod).unwrap(), Apply::Persist)
        .await
        .unwrap();
    let target = PodPort {
        namespace: "default".into(),
        pod: "web".into(),
        port: 8080,
    };
    (listening, cluster, target)
}

/// Repeats the request until the pod runs.
async fn get(cluster: &Cluster, target: &PodPort, path: &str) -> cluster::PodResponse {
    for _ in 0..200 {
        match cluster
            .http_get(target, path, ResponseLimits::default())
            .await
        {
            Ok(response) => return response,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("the pod does not answer");
}

#[tokio::test]
async fn a_pod_responds_through_a_port_forward() {
    let (_listening, cluster, target) = with_a_pod().await;
    let response = get(&cluster, &target, "/ready").await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, "you asked for /ready")
    );
    assert_eq!(get(&cluster, &target, "/else").await.status, 404);
    let short = ResponseLimits {
        bytes: 3,
        ..ResponseLimits::default()
    };
    let long = cluster
        .http_get(&target, "/ready", short)
        .await
        .unwrap_err();
    let Error::PortForward { source, .. } = &long else {
        panic!("{long:?}");
    };
    assert!(matches!(source, PortForwardError::TooLong(3)), "{source}");
}

#[tokio::test]
async fn a_closed_port_of_a_pod_is_an_error_with_the_nodes_message() {
    let (_listening, cluster, mut target) = with_a_pod().await;
    get(&cluster, &target, "/ready").await;
    target.port = 9;
    let error = cluster
        .http_get(&target, "/", ResponseLimits::default())
        .await
        .unwrap_err();
    let Error::PortForward { source, port, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(port, "Pod default/web:9");
    assert!(source.to_string().contains("refused"), "{source}");
}
