//! Admission webhooks behind simulated programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration,
};
use k8s_openapi::api::core::v1::{ConfigMap, Endpoints, Service};
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use sandbox::{Sandbox, ServingCa};
use serde_json::{Value, json};

use crate::support::{api_error, client, deploy, object, wait_until};

const PORT: u16 = 8443;

/// A sandbox with a program that serves webhooks behind the Service `hooks`, and its CA.
///
/// It labels an object on `/mutate`, and denies it on `/validate` if its label `deny` is `true`.
async fn with_program(names: &[&str]) -> (Sandbox, Client, String) {
    let sandbox = Sandbox::new();
    let ca = ServingCa::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = ca.issue(&names).unwrap();
    sandbox.add_webhook("hooks", PORT, certificate, review);
    let client = client(&sandbox);
    deploy(&client, "hooks", 1).await;
    let services: Api<Service> = Api::default_namespaced(client.clone());
    let service = object(json!({
        "metadata": {"name": "hooks"},
        "spec": {"selector": {"app": "hooks"}, "ports": [{"port": 443, "targetPort": PORT}]},
    }));
    services
        .create(&PostParams::default(), &service)
        .await
        .unwrap();
    let endpoints: Api<Endpoints> = Api::default_namespaced(client.clone());
    wait_until("endpoints", || async {
        let found = endpoints.get_opt("hooks").await.unwrap();
        let subsets = found.and_then(|found| found.subsets).unwrap_or_default();
        subsets.iter().any(|subset| subset.addresses.is_some())
    })
    .await;
    let bundle = STANDARD.encode(ca.pem());
    (sandbox, client, bundle)
}

fn review(path: &str, request: &Value) -> Value {
    let object = &request["object"];
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    match path {
        "/mutate" => {
            let patch = json!([
                {"op": "add", "path": "/data/operation", "value": request["operation"]},
            ]);
            json!({"allowed": true, "patch": STANDARD.encode(patch.to_string())})
        }
        _ if object["data"]["deny"] == "true" => {
            let user = request["userInfo"]["username"].as_str().unwrap_or_default();
            let message = format!("{name} is denied to {user}");
            json!({"allowed": false, "status": {"code": 403, "message": message}})
        }
        _ => json!({"allowed": true}),
    }
}

/// A webhook configuration for ConfigMaps whose label `hook` is `yes`.
fn configuration(path: &str, bundle: &str, policy: &str) -> Value {
    json!({
        "metadata": {"name": "hooks"},
        "webhooks": [{
            "name": "hooks.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "failurePolicy": policy,
            "clientConfig": {
                "caBundle": bundle,
                "service": {"name": "hooks", "namespace": "default", "path": path},
            },
            "rules": [{"operations": ["CREATE", "UPDATE"], "apiGroups": [""],
                "apiVersions": ["v1"], "resources": ["configmaps"]}],
            "objectSelector": {"matchLabels": {"hook": "yes"}},
        }],
    })
}

fn config_map(name: &str, hook: &str, data: Value) -> ConfigMap {
    object(json!({"metadata": {"name": name, "labels": {"hook": hook}}, "data": data}))
}

async fn create(client: &Client, wanted: &ConfigMap) -> kube::Result<ConfigMap> {
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    maps.create(&PostParams::default(), wanted).await
}

async fn register_validating(client: &Client, configuration: Value) {
    let webhooks: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    drop(webhooks.delete("hooks", &DeleteParams::default()).await);
    let configuration = object(configuration);
    webhooks
        .create(&PostParams::default(), &configuration)
        .await
        .unwrap();
}

/// The message for a ConfigMap that the webhook of this configuration selects.
async fn message_with(client: &Client, configuration: Value) -> String {
    register_validating(client, configuration).await;
    let wanted = config_map("one", "yes", json!({}));
    let (code, message) = api_error(create(client, &wanted).await);
    assert_eq!(code, 500);
    let start = "Internal error occurred: failed calling webhook \"hooks.example.com\": ";
    message.strip_prefix(start).unwrap().to_owned()
}

#[tokio::test]
async fn a_mutating_webhook_changes_the_objects_it_selects() {
    let (_sandbox, client, bundle) = with_program(&["hooks.default.svc"]).await;
    let webhooks: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let configuration = object(configuration("/mutate", &bundle, "Fail"));
    webhooks
        .create(&PostParams::default(), &configuration)
        .await
        .unwrap();
    let operation = |made: &ConfigMap| made.data.as_ref()?.get("operation").cloned();
    let data = json!({"a": "b"});
    let made = create(&client, &config_map("one", "yes", data.clone())).await;
    assert_eq!(operation(&made.unwrap()).as_deref(), Some("CREATE"));
    let made = create(&client, &config_map("two", "no", data)).await;
    assert_eq!(operation(&made.unwrap()), None);
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    let patch = Patch::Merge(json!({"data": {"a": "c"}}));
    let changed = maps.patch("one", &PatchParams::default(), &patch).await;
    assert_eq!(operation(&changed.unwrap()).as_deref(), Some("UPDATE"));
}

#[tokio::test]
async fn a_validating_webhook_denies_with_its_message() {
    let (_sandbox, client, bundle) = with_program(&["hooks.default.svc"]).await;
    register_validating(&client, configuration("/validate", &bundle, "Ignore")).await;
    create(&client, &config_map("one", "yes", json!({})))
        .await
        .unwrap();
    let denied = config_map("two", "yes", json!({"deny": "true"}));
    assert_eq!(
        api_error(create(&client, &denied).await),
        (
            403,
            "admission webhook \"hooks.example.com\" denied the request: two is denied to \
             kubernetes-admin"
                .to_owned()
        )
    );
    let unselected = config_map("two", "no", json!({"deny": "true"}));
    create(&client, &unselected).await.unwrap();
}

#[tokio::test]
async fn a_bundle_that_does_not_verify_the_certificate_fails_the_call() {
    let (_sandbox, client, _) = with_program(&["hooks.default.svc"]).await;
    let other = STANDARD.encode(ServingCa::generate().unwrap().pem());
    let unknown = "failed to call webhook: Post \
        \"https://hooks.default.svc:443/validate?timeout=10s\": tls: failed to verify certificate: \
        x509: certificate signed by unknown authority";
    for bundle in [other.as_str(), ""] {
        let configuration = configuration("/validate", bundle, "Fail");
        assert_eq!(message_with(&client, configuration).await, unknown);
    }
    assert_eq!(
        message_with(&client, configuration("/validate", "YQ==", "Fail")).await,
        "could not get REST client: unable to load root certificates: unable to parse bytes as PEM \
         block"
    );
    register_validating(&client, configuration("/validate", &other, "Ignore")).await;
    let ignored = config_map("ignored", "yes", json!({"deny": "true"}));
    create(&client, &ignored).await.unwrap();
}

#[tokio::test]
async fn a_certificate_for_another_name_fails_the_call() {
    let (_sandbox, client, bundle) = with_program(&["other.default.svc"]).await;
    let message = message_with(&client, configuration("/validate", &bundle, "Fail")).await;
    assert!(
        message
            .ends_with("x509: certificate is valid for other.default.svc, not hooks.default.svc"),
        "{message}"
    );
}

#[tokio::test]
async fn urls_and_services_without_a_program_are_unreachable() {
    let (_sandbox, client, bundle) = with_program(&["hooks.default.svc"]).await;
    deploy(&client, "other", 1).await;
    let services: Api<Service> = Api::default_namespaced(client.clone());
    for (name, app) in [("other", "other"), ("idle", "nothing")] {
        let service = object(json!({
            "metadata": {"name": name},
            "spec": {"selector": {"app": app}, "ports": [{"port": 443, "targetPort": PORT}]},
        }));
        services
            .create(&PostParams::default(), &service)
            .await
            .unwrap();
    }
    let endpoints: Api<Endpoints> = Api::default_namespaced(client.clone());
    wait_until("endpoints", || async {
        let found = endpoints.get_opt("other").await.unwrap();
        found.and_then(|found| found.subsets).is_some()
    })
    .await;
    for (target, reason) in [
        (
            json!({"url": "https://203.0.113.1/x"}),
            "dial tcp 203.0.113.1:443: connect: connection refused",
        ),
        (
            json!({"service": "missing"}),
            "service \"missing\" not found",
        ),
        (
            json!({"service": "idle"}),
            "no endpoints available for service \"idle\"",
        ),
        (json!({"service": "other"}), "connect: connection refused"),
    ] {
        let mut wanted = configuration("/validate", &bundle, "Fail");
        let config = &mut wanted["webhooks"][0]["clientConfig"];
        match target["service"].as_str() {
            Some(name) => config["service"]["name"] = json!(name),
            None => *config = target,
        }
        let message = message_with(&client, wanted).await;
        assert!(message.ends_with(reason), "{message}");
    }
}

#[tokio::test]
async fn a_spoiled_ca_bundle_verifies_no_certificate() {
    let (_sandbox, client, bundle) = with_program(&["hooks.default.svc"]).await;
    register_validating(&client, configuration("/validate", &bundle, "Fail")).await;
    create(&client, &config_map("before", "yes", json!({})))
        .await
        .unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "kube-system");
    let patch = Patch::Merge(json!({"data": {"spoil-ca-bundle": "hooks"}}));
    maps.patch("sandbox-faults", &PatchParams::default(), &patch)
        .await
        .unwrap();
    let (code, message) = api_error(create(&client, &config_map("one", "yes", json!({}))).await);
    assert_eq!(code, 500);
    assert!(
        message.contains("x509: certificate signed by unknown authority"),
        "{message}"
    );
}
