//! Identities and permissions.

use std::sync::atomic::{AtomicI64, Ordering};

use http::Request;
use jiff::Timestamp;
use k8s_openapi::api::authentication::v1::TokenReview;
use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::{ClusterConfig, Sandbox};
use serde_json::{Value, json};

use crate::support::{api_error, client, object, wait_until};

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

/// Creates a ServiceAccount that may list ConfigMaps, and returns a token of it.
async fn account_token(client: &Client, name: &str, spec: Value) -> String {
    let accounts: Api<ServiceAccount> = Api::default_namespaced(client.clone());
    let account = object(json!({"metadata": {"name": name}}));
    accounts
        .create(&PostParams::default(), &account)
        .await
        .unwrap();
    let path = format!("/api/v1/namespaces/default/serviceaccounts/{name}/token");
    let body = json!({"spec": spec}).to_string().into_bytes();
    let response: Value = client
        .request(Request::post(path).body(body).unwrap())
        .await
        .unwrap();
    response["status"]["token"].as_str().unwrap().to_owned()
}

/// The status code with which the API server answers the owner of a token.
async fn code_for(sandbox: &Sandbox, token: &str) -> u16 {
    let client = Client::new(sandbox.service_with_token(token), "default");
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    match maps.list(&ListParams::default()).await {
        Ok(_) => 200,
        Err(kube::Error::Api(status)) => status.code,
        Err(error) => panic!("not a status: {error}"),
    }
}

/// The seconds since 1970 of [`clock`].
static SECONDS: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).unwrap()
}

#[tokio::test]
async fn a_token_ends_at_its_expiration() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        clock,
        ..ClusterConfig::default()
    });
    let spec = json!({"expirationSeconds": 600});
    let token = account_token(&client(&sandbox), "reader", spec).await;
    // Known, but without permissions.
    assert_eq!(code_for(&sandbox, &token).await, 403);
    SECONDS.fetch_add(601, Ordering::SeqCst);
    assert_eq!(code_for(&sandbox, &token).await, 401);
}

#[tokio::test]
async fn a_token_of_another_audience_or_of_a_deleted_account_is_unauthorized() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let token = account_token(&client, "vault", json!({"audiences": ["vault"]})).await;
    assert_eq!(code_for(&sandbox, &token).await, 401);
    let reviews: Api<TokenReview> = Api::all(client.clone());
    let review = object(json!({"spec": {"token": token, "audiences": ["vault"]}}));
    let review = reviews.create(&PostParams::default(), &review).await;
    assert_eq!(review.unwrap().status.unwrap().authenticated, Some(true));

    let token = account_token(&client, "reader", json!({})).await;
    assert_eq!(code_for(&sandbox, &token).await, 403);
    let accounts: Api<ServiceAccount> = Api::default_namespaced(client);
    accounts
        .delete("reader", &DeleteParams::default())
        .await
        .unwrap();
    assert_eq!(code_for(&sandbox, &token).await, 401);
}

#[tokio::test]
async fn a_stored_token_is_valid_while_its_secret_contains_it() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let secrets: Api<Secret> = Api::default_namespaced(client.clone());
    let secret = object(json!({
        "metadata": {"name": "token", "annotations":
            {"kubernetes.io/service-account.name": "default"}},
        "type": "kubernetes.io/service-account-token",
    }));
    let accounts: Api<ServiceAccount> = Api::default_namespaced(client);
    wait_until("the default ServiceAccount", || async {
        accounts.get_opt("default").await.unwrap().is_some()
    })
    .await;
    secrets
        .create(&PostParams::default(), &secret)
        .await
        .unwrap();
    let stored = || async { secrets.get("token").await.unwrap().data?.remove("token") };
    wait_until("a token", || async { stored().await.is_some() }).await;
    let token = String::from_utf8(stored().await.unwrap().0).unwrap();
    assert_eq!(code_for(&sandbox, &token).await, 403);
    let other = Patch::Merge(json!({"stringData": {"token": "other"}}));
    secrets
        .patch("token", &PatchParams::default(), &other)
        .await
        .unwrap();
    assert_eq!(code_for(&sandbox, &token).await, 401);
}

#[tokio::test]
async fn each_impersonated_attribute_needs_a_permission() {
    let sandbox = Sandbox::new();
    let admin = client(&sandbox);
    let roles: Api<ClusterRole> = Api::all(admin.clone());
    let role = object(json!({
        "metadata": {"name": "impersonator"},
        "rules": [{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}],
    }));
    roles.create(&PostParams::default(), &role).await.unwrap();
    let bindings: Api<ClusterRoleBinding> = Api::all(admin);
    let binding = object(json!({
        "metadata": {"name": "impersonator"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
            "name": "impersonator"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "ann"}],
    }));
    bindings
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    let token = sandbox.token_for("ann", &[]);
    let ann = Client::new(sandbox.service_with_token(&token), "default");
    for (headers, code, part) in [
        (
            vec![("impersonate-user", "bob")],
            403,
            "User \"bob\" cannot list",
        ),
        (
            vec![("impersonate-user", "bob"), ("impersonate-group", "ops")],
            403,
            "groups \"ops\" is forbidden: User \"ann\" cannot impersonate resource \"groups\"",
        ),
        (
            vec![("impersonate-user", "system:serviceaccount:default:x")],
            403,
            "serviceaccounts \"x\" is forbidden",
        ),
        (
            vec![
                ("impersonate-user", "bob"),
                ("impersonate-extra-scopes", "view"),
            ],
            403,
            "resource \"userextras/scopes\" in API group \"authentication.k8s.io\"",
        ),
        (
            vec![("impersonate-group", "ops")],
            400,
            "without impersonating a user",
        ),
    ] {
        let mut request = Request::get("/api/v1/namespaces/default/pods");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Vec::new()).unwrap();
        let (actual, message) = api_error(ann.request::<Value>(request).await);
        assert_eq!(actual, code, "{message}");
        assert!(message.contains(part), "{message}");
    }
}
