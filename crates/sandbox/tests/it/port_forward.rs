//! Port-forward with kube-rs.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use sandbox::{ClusterConfig, HttpsServer, Sandbox};
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::support::{
    api_error, client, connect, deploy, get_from_pod, object, ready_pod_name, wait_until,
};

fn greet(request: Request<Bytes>) -> Response<Bytes> {
    let body = String::from_utf8_lossy(request.body()).into_owned();
    Response::new(format!("{} {} {body}", request.method(), request.uri()).into())
}

/// A cluster with a pod that greets on 8080, and a client over TCP.
async fn greeting() -> (Sandbox, HttpsServer, Client, String) {
    let sandbox = Sandbox::new();
    sandbox.add_program("istio/web", 8080, greet);
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let client = connect(&server.kubeconfig(), "sandbox").await;
    deploy(&client, "web", 1).await;
    let name = ready_pod_name(&client, "default", "app=web").await;
    (sandbox, server, client, name)
}

#[tokio::test]
async fn a_program_responds_to_several_requests_on_one_port() {
    let (_sandbox, _server, client, name) = greeting().await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let mut forwarder = pods.portforward(&name, &[8080]).await.unwrap();
    let stream = forwarder.take_stream(8080).unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    for path in ["/one", "/two?x=1"] {
        let long = "x".repeat(200_000);
        let request = Request::post(path).header("host", "web").body(long.clone());
        let response = sender.send_request(request.unwrap()).await.unwrap();
        let body = http_body_util::BodyExt::collect(response.into_body())
            .await
            .unwrap()
            .to_bytes();
        assert_eq!(body, format!("POST {path} {long}"));
    }
    drop(sender);
    connection.await.unwrap().unwrap();
    forwarder.join().await.unwrap();
}

#[tokio::test]
async fn a_port_without_a_listener_is_refused_and_another_port_works() {
    let (_sandbox, _server, client, name) = greeting().await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let mut forwarder = pods.portforward(&name, &[9, 8080]).await.unwrap();
    let error = forwarder.take_error(9).unwrap().await.unwrap();
    assert!(
        error.starts_with("error forwarding port 9 to pod")
            && error.contains("dial tcp4 127.0.0.1:9: connect: connection refused"),
        "{error}"
    );
    let response = get_from_pod(&client, "default", &name, 8080, "/ready")
        .await
        .unwrap();
    assert_eq!(response, (200, "GET /ready ".to_owned()));
}

#[tokio::test]
async fn a_pod_that_is_not_running_and_a_missing_pod_have_no_ports() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("web");
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let client = connect(&server.kubeconfig(), "sandbox").await;
    deploy(&client, "web", 1).await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let name = || async {
        let all = pods.list(&ListParams::default()).await.unwrap();
        let placed = all
            .items
            .into_iter()
            .find(|pod| pod.spec.as_ref().unwrap().node_name.is_some());
        placed.map(|pod| pod.metadata.name.unwrap())
    };
    wait_until("a pod with a node", || async { name().await.is_some() }).await;
    let name = name().await.unwrap();
    for (name, code) in [(name.as_str(), "500"), ("missing", "404")] {
        let Err(failure) = pods.portforward(name, &[80]).await else {
            panic!("{name} has ports")
        };
        assert!(failure.to_string().contains(code), "{failure}");
    }
}

#[tokio::test]
async fn ports_close_with_the_server() {
    let (_sandbox, server, client, name) = greeting().await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let mut forwarder = pods.portforward(&name, &[8080]).await.unwrap();
    let _stream = forwarder.take_stream(8080).unwrap();
    drop(server);
    let ended = tokio::time::timeout(Duration::from_secs(10), forwarder.join()).await;
    assert!(ended.is_ok(), "the forwarded port outlives its listener");
}

#[tokio::test]
async fn ports_close_with_the_pod() {
    let (_sandbox, _server, client, name) = greeting().await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let mut forwarder = pods.portforward(&name, &[8080]).await.unwrap();
    let mut stream = forwarder.take_stream(8080).unwrap();
    let how = DeleteParams::default();
    pods.delete(&name, &how).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut [0])).await;
    assert_eq!(ended.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn the_in_process_service_cannot_upgrade_connections() {
    let (sandbox, _server, _, name) = greeting().await;
    let request = Request::get(format!(
        "/api/v1/namespaces/default/pods/{name}/portforward?ports=80"
    ));
    let answer = client(&sandbox)
        .request_text(request.body(Vec::new()).unwrap())
        .await;
    let (code, message) = api_error(answer);
    assert_eq!(code, 400);
    assert!(message.contains("Upgrade request required"), "{message}");
}

/// Whether a user with these verbs on pods/portforward can forward ports at this version.
async fn can_forward(verbs: &[&str], version: &str) -> bool {
    let sandbox = Sandbox::with_config(ClusterConfig {
        version: version.to_owned(),
        ..ClusterConfig::default()
    });
    sandbox.add_program("istio/web", 8080, greet);
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let admin = client(&sandbox);
    deploy(&admin, "web", 1).await;
    let name = ready_pod_name(&admin, "default", "app=web").await;
    let roles: Api<Role> = Api::default_namespaced(admin.clone());
    let role = object(json!({
        "metadata": {"name": "ports"},
        "rules": [{"apiGroups": [""], "resources": ["pods/portforward"], "verbs": verbs}],
    }));
    roles.create(&PostParams::default(), &role).await.unwrap();
    let bindings: Api<RoleBinding> = Api::default_namespaced(admin);
    let binding = object(json!({
        "metadata": {"name": "ports"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "ports"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}],
    }));
    bindings
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    let token = sandbox.token_for("jane", &[]);
    let text = server.kubeconfig().replace(&server.admin_token, &token);
    let pods: Api<Pod> = Api::default_namespaced(connect(&text, "sandbox").await);
    match pods.portforward(&name, &[8080]).await {
        Ok(_) => true,
        Err(failure) => {
            assert!(failure.to_string().contains("403"), "{failure}");
            false
        }
    }
}

#[tokio::test]
async fn get_is_required_and_since_1_35_create_as_well() {
    assert!(can_forward(&["get"], "v1.34.2").await);
    assert!(!can_forward(&["get"], "v1.36.3").await);
    assert!(!can_forward(&["create"], "v1.34.2").await);
    assert!(can_forward(&["get", "create"], "v1.36.3").await);
}
