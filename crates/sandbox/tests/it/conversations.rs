//! Requests and the responses of a Kubernetes API server, which the sandbox gives as well.
//!
//! Each file in `conversations/` holds the conversations of one subject, as an API server of
//! Kubernetes 1.36 answered them. They run on the sandbox and, unchanged, on a real API server.

use std::time::Duration;

use http::{Request, Response};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::api::{Api, PostParams};
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, object, wait_until};

/// The namespace of all conversations; some messages contain it.
const NAMESPACE: &str = "conv";

/// The kinds whose plural is not the kind with an `s`.
const PLURALS: [(&str, &str); 3] = [
    ("Ingress", "ingresses"),
    ("NetworkPolicy", "networkpolicies"),
    ("Endpoints", "endpoints"),
];

const CLUSTER_SCOPED: [&str; 6] = [
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// The path of an object, or of the objects of its kind.
fn path(object: &Value, named: bool) -> String {
    let (api_version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
    let plural = PLURALS.iter().find(|(singular, _)| *singular == kind);
    let plural = plural.map_or_else(
        || format!("{}s", kind.to_lowercase()),
        |(_, plural)| (*plural).to_owned(),
    );
    let root = if api_version == "v1" { "/api" } else { "/apis" };
    let scope = if CLUSTER_SCOPED.contains(&kind) {
        String::new()
    } else {
        format!("/namespaces/{NAMESPACE}")
    };
    let path = format!("{root}/{api_version}{scope}/{plural}");
    if named {
        format!("{path}/{}", text(&object["metadata"]["name"]))
    } else {
        path
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The HTTP request of a step.
fn request(step: &Value) -> Request<Body> {
    let (verb, object) = (text(&step["request"]), &step["object"]);
    let (method, media_type) = match verb {
        "create" => ("POST", "application/json"),
        "update" => ("PUT", "application/json"),
        "delete" => ("DELETE", "application/json"),
        "merge" => ("PATCH", "application/merge-patch+json"),
        "json" => ("PATCH", "application/json-patch+json"),
        "strategic" => ("PATCH", "application/strategic-merge-patch+json"),
        "apply" => ("PATCH", "application/apply-patch+yaml"),
        other => panic!("an unknown request: {other}"),
    };
    let mut path = path(object, verb != "create");
    if let Some(subresource) = step["subresource"].as_str() {
        path = format!("{path}/{subresource}");
    }
    let query = match text(&step["query"]) {
        "" if verb == "apply" => "?fieldManager=conversation",
        query => query,
    };
    let body = step.get("patch").unwrap_or(object);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{path}{query}"))
        .header("content-type", media_type);
    if let Some(user) = step["as"].as_str() {
        request = request
            .header("impersonate-user", user)
            .header("impersonate-group", "devs");
    }
    request
        .body(Body::from(body.to_string().into_bytes()))
        .unwrap()
}

/// The response of a step, in the form in which the files have it.
async fn response(response: Response<Body>, step: &Value) -> Value {
    let code = response.status().as_u16();
    let warnings: Vec<String> = response
        .headers()
        .get_all("warning")
        .iter()
        .filter_map(|value| Some(value.to_str().ok()?.split_once(" - ")?.1.to_owned()))
        .collect();
    let body = response.into_body().collect_bytes().await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut actual = json!({"code": code});
    if !warnings.is_empty() {
        actual["warnings"] = json!(warnings);
    }
    if code < 400 {
        if step.get("spec").is_some() {
            actual["spec"] = body["spec"].clone();
        }
        if step.get("managers").is_some() {
            let entries = body["metadata"]["managedFields"].as_array();
            let entries = entries
                .into_iter()
                .flatten()
                .map(|entry| json!([entry["manager"], entry["operation"], entry["fieldsV1"]]));
            actual["managers"] = json!(entries.collect::<Vec<_>>());
        }
        return actual;
    }
    let message = text(&body["message"]);
    // A message with several causes has them in any order.
    actual["message"] = match text(&step["message"]).strip_suffix('…') {
        Some(start) if message.starts_with(start) => step["message"].clone(),
        _ => json!(message),
    };
    if step.get("causes").is_some() {
        let causes = body["details"]["causes"].as_array().into_iter().flatten();
        let mut causes: Vec<Value> = causes
            .map(|cause| {
                json!([
                    text(&cause["field"]),
                    text(&cause["reason"]),
                    cause["message"]
                ])
            })
            .collect();
        causes.sort_by_key(Value::to_string);
        actual["causes"] = json!(causes);
    }
    actual
}

/// The part of a step that is the expected response.
fn expected(step: &Value) -> Value {
    let mut expected = json!({});
    for member in ["code", "message", "causes", "warnings", "spec", "managers"] {
        if let Some(value) = step.get(member) {
            expected[member] = value.clone();
        }
    }
    if let Some(causes) = expected.get_mut("causes").and_then(Value::as_array_mut) {
        causes.sort_by_key(Value::to_string);
    }
    expected
}

async fn prepare(client: &Client) {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = object(json!({"metadata": {"name": NAMESPACE}}));
    // Another test on the same API server may have created it.
    drop(namespaces.create(&PostParams::default(), &namespace).await);
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), NAMESPACE);
    wait_until("the default ServiceAccount", || async {
        accounts.get_opt("default").await.unwrap().is_some()
    })
    .await;
}

/// Waits until the kind of a created CRD is served.
async fn wait_for_crd(client: &Client, crd: &Value) {
    let (spec, names) = (&crd["spec"], &crd["spec"]["names"]);
    let path = format!(
        "/apis/{}/{}/{}",
        text(&spec["group"]),
        text(&spec["versions"][0]["name"]),
        text(&names["plural"])
    );
    wait_until("the kind of the CRD", || async {
        let request = Request::get(&path).body(Vec::new()).unwrap();
        client.request_text(request).await.is_ok()
    })
    .await;
}

/// Sends the request of a step and returns the response.
///
/// The permissions of a user follow a new binding with a delay, so that a step of a user is
/// repeated until it has the expected response.
async fn respond(client: &Client, step: &Value) -> Value {
    const MAX_ATTEMPTS: u8 = 20;
    let expected = expected(step);
    let mut attempts = 1;
    loop {
        let found = client.send(request(step)).await.unwrap();
        let actual = response(found, step).await;
        if actual == expected || step["as"].is_null() || attempts == MAX_ATTEMPTS {
            return actual;
        }
        attempts += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Runs all conversations of a file and reports all differences at once.
async fn run(client: &Client, file: &str) {
    let conversations: Vec<Value> = serde_json::from_str(file).unwrap();
    prepare(client).await;
    let mut differences = Vec::new();
    for conversation in &conversations {
        let steps = conversation["steps"].as_array().unwrap();
        for step in steps {
            let (actual, expected) = (respond(client, step).await, expected(step));
            if actual != expected {
                let name = &conversation["name"];
                differences.push(format!("{name}:\n  {actual}\n  instead of\n  {expected}"));
            }
            if step["object"]["kind"] == "CustomResourceDefinition" && step["code"] == 201 {
                wait_for_crd(client, &step["object"]).await;
            }
        }
        for step in steps {
            let object = &step["object"];
            let is_kept = object["kind"] == "CustomResourceDefinition";
            if !is_kept && !text(&object["metadata"]["name"]).is_empty() {
                let request = Request::delete(path(object, true));
                drop(client.send(request.body(Body::empty()).unwrap()).await);
            }
        }
    }
    let count = differences.len();
    assert!(
        count == 0,
        "{count} differences:\n{}",
        differences.join("\n")
    );
}

macro_rules! conversations {
    ($($test:ident: $file:literal,)*) => {
        mod in_the_sandbox {
            $(#[tokio::test]
            async fn $test() {
                let sandbox = super::Sandbox::new();
                super::run(&super::client(&sandbox), include_str!($file)).await;
            })*
        }
        mod real {
            $(#[tokio::test]
            async fn $test() {
                if let Some(client) = super::real_client(stringify!($test)).await {
                    super::run(&client, include_str!($file)).await;
                }
            })*
        }
    };
}

/// A client for a real API server; `None`, and a line with the reason, if there is none.
async fn real_client(test: &str) -> Option<Client> {
    match lab::shared().await {
        Ok(real) => {
            let kubeconfig = Kubeconfig::from_yaml(&real.kubeconfig()).unwrap();
            let options = KubeConfigOptions::default();
            let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
            Some(Client::try_from(config.unwrap()).unwrap())
        }
        Err(error) => {
            lab::skip(test, error);
            None
        }
    }
}

conversations! {
    wrong_pods_are_rejected: "conversations/pods.json",
    wrong_workloads_are_rejected: "conversations/workloads.json",
    wrong_services_are_rejected: "conversations/services.json",
    wrong_configuration_is_rejected: "conversations/configuration.json",
    permissions_are_not_escalated: "conversations/rbac.json",
    owners_of_fields_are_taken_over_and_replaced: "conversations/owners.json",
    custom_resources_follow_their_schema: "conversations/custom.json",
}
