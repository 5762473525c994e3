//! Identities and permissions.

use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Client;
use kube::api::{Api, ListParams, PostParams};
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{api_error, client, object};

async fn grant(client: &Client) {
    let roles: Api<Role> = Api::default_namespaced(client.clone());
    let role = object(json!({
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}],
    }));
    roles.create(&PostParams::default(), &role).await.unwrap();
    let bindings: Api<RoleBinding> = Api::default_namespaced(client.clone());
    let binding = object(json!({
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "viewers"}],
    }));
    bindings
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_unknown_token_is_unauthorized() {
    let sandbox = Sandbox::new();
    let client = Client::new(sandbox.service_with_token("unknown"), "default");
    assert_eq!(api_error(client.apiserver_version().await).0, 401);
}

#[tokio::test]
async fn permissions_come_from_bindings_only() {
    let sandbox = Sandbox::new();
    grant(&client(&sandbox)).await;
    let token = sandbox.token_for("ann", &["viewers"]);
    let ann = Client::new(sandbox.service_with_token(&token), "default");
    let maps: Api<ConfigMap> = Api::default_namespaced(ann.clone());
    maps.list(&ListParams::default()).await.unwrap();
    let new = object(json!({"metadata": {"name": "mesh"}}));
    let (code, message) = api_error(maps.create(&PostParams::default(), &new).await);
    assert_eq!(code, 403);
    assert_eq!(
        message,
        "configmaps is forbidden: User \"ann\" cannot create resource \"configmaps\" in API \
         group \"\" in the namespace \"default\""
    );
    let elsewhere: Api<ConfigMap> = Api::namespaced(ann, "kube-system");
    assert_eq!(
        api_error(elsewhere.list(&ListParams::default()).await).0,
        403
    );
}

#[tokio::test]
async fn an_access_review_reports_permissions() {
    let sandbox = Sandbox::new();
    grant(&client(&sandbox)).await;
    let token = sandbox.token_for("ann", &["viewers"]);
    let reviews: Api<SelfSubjectAccessReview> =
        Api::all(Client::new(sandbox.service_with_token(&token), "default"));
    for (verb, allowed) in [("list", true), ("delete", false)] {
        let review = object(json!({"spec": {"resourceAttributes":
            {"verb": verb, "resource": "configmaps", "namespace": "default"}}}));
        let answer = reviews
            .create(&PostParams::default(), &review)
            .await
            .unwrap();
        assert_eq!(answer.status.unwrap().allowed, allowed, "{verb}");
    }
}
