//! A port of a pod, asked through a port-forward over HTTPS, as a real API server is asked.

use crate::world::connect;
use bytes::Bytes;
use cluster::{AnswerBounds, Apply, Cluster, Error, NoAnswer, Object, PodPort};
use sandbox::{HttpsServer, Sandbox};
use serde_json::json;
use std::time::Duration;

async fn with_a_pod() -> (HttpsServer, Cluster, PodPort) {
    let sandbox = Sandbox::new();
    sandbox.add_program("web", 8080, |request| {
        let path = request.uri().path().to_owned();
        let status = if path == "/ready" { 200 } else { 404 };
        let answer = http::Response::builder().status(status);
        answer
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
        .apply(&Object::new(pod).unwrap(), Apply::ForGood)
        .await
        .unwrap();
    let at = PodPort {
        namespace: "default".into(),
        pod: "web".into(),
        port: 8080,
    };
    (listening, cluster, at)
}

/// Asks until the pod runs.
async fn asked(cluster: &Cluster, at: &PodPort, path: &str) -> cluster::Answer {
    for _ in 0..200 {
        match cluster.http_get(at, path, AnswerBounds::default()).await {
            Ok(answer) => return answer,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("the pod does not answer");
}

#[tokio::test]
async fn a_pod_answers_through_a_port_forward() {
    let (_listening, cluster, at) = with_a_pod().await;
    let answer = asked(&cluster, &at, "/ready").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "you asked for /ready")
    );
    assert_eq!(asked(&cluster, &at, "/else").await.status, 404);
    let short = AnswerBounds {
        bytes: 3,
        ..AnswerBounds::default()
    };
    let long = cluster.http_get(&at, "/ready", short).await.unwrap_err();
    let Error::NoAnswer { source, .. } = &long else {
        panic!("{long:?}");
    };
    assert!(matches!(source, NoAnswer::TooLong(3)), "{source}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told_in_the_nodes_words() {
    let (_listening, cluster, mut at) = with_a_pod().await;
    asked(&cluster, &at, "/ready").await;
    at.port = 9;
    let error = cluster
        .http_get(&at, "/", AnswerBounds::default())
        .await
        .unwrap_err();
    let Error::NoAnswer { source, port, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(port, "Pod default/web:9");
    assert!(source.to_string().contains("refused"), "{source}");
}
