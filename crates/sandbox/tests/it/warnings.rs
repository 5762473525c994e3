//! The warnings about objects that nothing in the sandbox acts on.

use http::{Method, Request};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tower::Service;

/// The warnings in the response to a write.
async fn warnings(sandbox: &Sandbox, method: Method, path: &str, body: &Value) -> Vec<String> {
    let media_type = if method == Method::PATCH {
        "application/merge-patch+json"
    } else {
        "application/json"
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", media_type)
        .body(http_body_util::Full::new(bytes::Bytes::from(
            body.to_string(),
        )))
        .unwrap();
    let response = sandbox.service().call(request).await.unwrap();
    assert!(response.status().is_success(), "{path}: {response:?}");
    let warnings = response.headers().get_all("warning").iter();
    warnings
        .map(|warning| warning.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_write_of_an_object_without_effect_is_answered_with_a_warning() {
    let sandbox = Sandbox::new();
    let path = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";
    let policy = json!({"metadata": {"name": "deny"}, "spec": {"podSelector": {}}});
    let expected =
        ["299 - \"the sandbox does not act on NetworkPolicies: no connection is restricted\""];
    let created = warnings(&sandbox, Method::POST, path, &policy).await;
    assert_eq!(created, expected);
    let labels = json!({"metadata": {"labels": {"app": "web"}}});
    let path = format!("{path}/deny");
    let patched = warnings(&sandbox, Method::PATCH, &path, &labels).await;
    assert_eq!(patched, expected);
    let path = "/api/v1/namespaces/default/configmaps";
    let map = json!({"metadata": {"name": "mesh"}});
    let created = warnings(&sandbox, Method::POST, path, &map).await;
    assert_eq!(created, [""; 0]);
}
