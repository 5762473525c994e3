//! Faults that a client requests by the ConfigMap `sandbox-faults`.

use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod, Service};
use kube::Client;
use kube::api::{Api, ListParams, LogParams, Patch, PatchParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{
    api_error, client, connect, deploy, deployment, object, ready_pod_name, wait_until,
};

/// Sets a key of the ConfigMap; `null` removes it.
async fn try_set(client: &Client, key: &str, value: Value) -> kube::Result<ConfigMap> {
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "kube-system");
    let patch = Patch::Merge(json!({"data": {key: value}}));
    maps.patch("sandbox-faults", &PatchParams::default(), &patch)
        .await
}

async fn set(client: &Client, key: &str, value: &str) {
    try_set(client, key, json!(value)).await.unwrap();
}

async fn remove(client: &Client, key: &str) {
    try_set(client, key, Value::Null).await.unwrap();
}

/// The only pod of the default namespace, once there is one.
async fn pod(client: &Client) -> Value {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let pods = pods.list(&ListParams::default()).await.unwrap().items;
    pods.first()
        .map_or(Value::Null, |pod| serde_json::to_value(pod).unwrap())
}

fn condition<'a>(object: &'a Value, name: &str) -> &'a str {
    let conditions = object["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    let found = conditions.find(|condition| condition["type"] == name);
    found
        .and_then(|found| found["status"].as_str())
        .unwrap_or_default()
}

async fn has_event(client: &Client, reason: &str, text: &str) -> bool {
    let events: Api<Event> = Api::default_namespaced(client.clone());
    let events = events.list(&ListParams::default()).await.unwrap().items;
    events.iter().any(|event| {
        event.reason.as_deref() == Some(reason)
            && event
                .message
                .as_deref()
                .is_some_and(|message| message.contains(text))
    })
}

#[tokio::test]
async fn a_new_cluster_describes_its_faults_and_requests_none() {
    let client = client(&Sandbox::new());
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "kube-system");
    let found = maps.get("sandbox-faults").await.unwrap();
    assert_eq!(found.data, None);
    let annotations = found.metadata.annotations.unwrap();
    let examples = annotations.iter().filter_map(|(name, example)| {
        let key = name.strip_prefix("example.sandbox.meshspan.io/")?;
        Some((key, example))
    });
    let mut keys = Vec::new();
    for (key, example) in examples {
        keys.push(key);
        let description = format!("describe.sandbox.meshspan.io/{key}");
        assert!(annotations[&description].ends_with('.'), "{key}");
        // Outages of the API server would end this test.
        if !key.starts_with("api-") && key != "expire-tokens" {
            set(&client, key, example).await;
        }
    }
    assert_eq!(keys.len(), 13);
}

#[tokio::test]
async fn an_unknown_fault_and_a_value_without_a_meaning_are_refused() {
    let client = client(&Sandbox::new());
    for (key, value, expected) in [
        ("crashloop", "web", "Unsupported value: \"crashloop\""),
        ("crash-loop", "web often", "must be a number from 1 to 255"),
        ("pod-quota", "default", "must be a namespace and a number"),
        ("api-gone", "soon", "must be a duration such as 30s"),
        ("expire-tokens", "3h", "must be ten minutes at most"),
    ] {
        let (code, message) = api_error(try_set(&client, key, json!(value)).await);
        assert_eq!(code, 422, "{key}");
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn requested_pulls_fail() {
    let client = client(&Sandbox::new());
    set(&client, "fail-image-pull", "galley, pilot").await;
    deploy(&client, "pilot", 1).await;
    wait_until("a warning", || has_event(&client, "Failed", "ErrImagePull")).await;
}

#[tokio::test]
async fn a_container_crashes_with_its_code_and_its_log_until_the_fault_is_removed() {
    let client = client(&Sandbox::new());
    deploy(&client, "ratings", 1).await;
    let name = ready_pod_name(&client, "default", "app=ratings").await;
    set(&client, "crash-log", "connecting\npanic: refused").await;
    set(&client, "crash-loop", "istio/ratings 137").await;
    wait_until("a restart", || async {
        let status = pod(&client).await["status"]["containerStatuses"][0].clone();
        status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
            && status["restartCount"].as_i64() > Some(0)
    })
    .await;
    let crashed = pod(&client).await;
    let status = &crashed["status"]["containerStatuses"][0];
    assert_eq!(status["lastState"]["terminated"]["exitCode"], 137);
    assert_eq!(crashed["status"]["phase"], "Running");
    assert!(has_event(&client, "BackOff", "restarting failed container web").await);
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let previous = LogParams {
        previous: true,
        ..LogParams::default()
    };
    let log = pods.logs(&name, &previous).await.unwrap();
    assert!(
        log.contains("connecting\npanic: refused\nsandbox: exited with code 137"),
        "{log}"
    );
    remove(&client, "crash-loop").await;
    assert_eq!(
        ready_pod_name(&client, "default", "app=ratings").await,
        name
    );
}

#[tokio::test]
async fn a_failing_probe_makes_a_running_pod_unready() {
    let client = client(&Sandbox::new());
    deploy(&client, "web", 1).await;
    ready_pod_name(&client, "default", "app=web").await;
    set(&client, "fail-probe", "istio/web").await;
    wait_until("an unready pod", || async {
        condition(&pod(&client).await, "Ready") == "False"
    })
    .await;
    assert_eq!(pod(&client).await["status"]["phase"], "Running");
    wait_until("an event", || {
        has_event(&client, "Unhealthy", "statuscode: 503")
    })
    .await;
    remove(&client, "fail-probe").await;
    ready_pod_name(&client, "default", "app=web").await;
}

#[tokio::test]
async fn a_lost_node_is_unknown_and_its_pods_are_unready_until_it_returns() {
    let client = client(&Sandbox::new());
    deploy(&client, "web", 1).await;
    ready_pod_name(&client, "default", "app=web").await;
    let name = pod(&client).await["spec"]["nodeName"].clone();
    let name = name.as_str().unwrap();
    let nodes: Api<Node> = Api::all(client.clone());
    let node = || async { serde_json::to_value(nodes.get(name).await.unwrap()).unwrap() };
    set(&client, "lost-nodes", name).await;
    wait_until("an unready pod", || async {
        condition(&pod(&client).await, "Ready") == "False"
    })
    .await;
    let lost = node().await;
    assert_eq!(condition(&lost, "Ready"), "Unknown");
    let taints = lost["spec"]["taints"].to_string();
    assert!(
        taints.contains("node.kubernetes.io/unreachable"),
        "{taints}"
    );
    remove(&client, "lost-nodes").await;
    ready_pod_name(&client, "default", "app=web").await;
    wait_until("a node without taints", || async {
        let node = node().await;
        condition(&node, "Ready") == "True" && node["spec"]["taints"].is_null()
    })
    .await;
}

#[tokio::test]
async fn a_pod_of_a_lost_node_is_evicted_after_its_toleration_and_ends_when_the_node_returns() {
    let client = client(&Sandbox::new());
    let mut web = deployment("web", 1);
    let toleration = |key: &str| json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 1});
    web["spec"]["template"]["spec"]["tolerations"] =
        json!([toleration("not-ready"), toleration("unreachable")]);
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let web = object(web);
    deployments
        .create(&PostParams::default(), &web)
        .await
        .unwrap();
    let evicted = ready_pod_name(&client, "default", "app=web").await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let node_of = |pod: Pod| pod.spec.unwrap().node_name.unwrap();
    let node = node_of(pods.get(&evicted).await.unwrap());

    set(&client, "lost-nodes", &node).await;
    wait_until("a pod on another node", || async {
        let listed = pods.list(&ListParams::default()).await.unwrap().items;
        listed.into_iter().any(|pod| {
            let value = serde_json::to_value(&pod).unwrap();
            condition(&value, "Ready") == "True" && node_of(pod) != node
        })
    })
    .await;
    // No kubelet confirms the end of the old pod.
    let old = pods.get(&evicted).await.unwrap();
    assert!(old.metadata.deletion_timestamp.is_some());

    remove(&client, "lost-nodes").await;
    wait_until("the end of the old pod", || async {
        pods.get_opt(&evicted).await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn a_quota_limits_the_pods_of_a_namespace() {
    let client = client(&Sandbox::new());
    set(&client, "pod-quota", "default 1").await;
    wait_until("a pod too many", || async {
        let pods: Api<Pod> = Api::default_namespaced(client.clone());
        let name = uuid::Uuid::new_v4().to_string();
        let pod = object(json!({
            "metadata": {"name": name},
            "spec": {"containers": [{"name": "web", "image": "web"}]},
        }));
        match pods.create(&PostParams::default(), &pod).await {
            Err(kube::Error::Api(status)) => status
                .message
                .contains("exceeded quota: sandbox-faults, requested: pods=1"),
            _ => false,
        }
    })
    .await;
    remove(&client, "pod-quota").await;
    let quotas: Api<k8s_openapi::api::core::v1::ResourceQuota> =
        Api::default_namespaced(client.clone());
    wait_until("no quota", || async {
        quotas.get_opt("sandbox-faults").await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn a_webhook_refuses_the_writes_of_a_resource_with_a_message() {
    let client = client(&Sandbox::new());
    set(&client, "refuse-writes", "configmaps not on Fridays").await;
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let wanted = object(json!({"metadata": {"name": "mesh"}}));
    let (code, message) = api_error(maps.create(&PostParams::default(), &wanted).await);
    assert_eq!(code, 400);
    assert_eq!(
        message,
        "admission webhook \"faults.sandbox.meshspan.io\" denied the request: not on Fridays"
    );
    remove(&client, "refuse-writes").await;
    maps.create(&PostParams::default(), &wanted).await.unwrap();
}

#[tokio::test]
async fn a_load_balancer_stays_pending_and_loses_its_address() {
    let client = client(&Sandbox::new());
    let services: Api<Service> = Api::default_namespaced(client.clone());
    let wanted = object(json!({
        "metadata": {"name": "gateway"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    }));
    services
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let has_address = || async {
        let found = services.get("gateway").await.unwrap();
        let status = found.status.and_then(|status| status.load_balancer);
        status.is_some_and(|status| status.ingress.is_some())
    };
    wait_until("an address", has_address).await;
    set(&client, "pending-load-balancer", "default/gateway").await;
    wait_until("no address", || async { !has_address().await }).await;
    remove(&client, "pending-load-balancer").await;
    wait_until("an address again", has_address).await;
}

#[tokio::test]
async fn expired_tokens_are_accepted_again_and_the_key_is_removed() {
    let sandbox = Sandbox::new();
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let remote = connect(&server.kubeconfig(), "sandbox").await;
    let local = client(&sandbox);
    set(&local, "expire-tokens", "1s").await;
    let nodes: Api<Node> = Api::all(remote);
    wait_until("an expired token", || async {
        let listed = nodes.list(&ListParams::default()).await;
        matches!(listed, Err(kube::Error::Api(status)) if status.code == 401)
    })
    .await;
    wait_until("an accepted token", || async {
        nodes.list(&ListParams::default()).await.is_ok()
    })
    .await;
    let maps: Api<ConfigMap> = Api::namespaced(local, "kube-system");
    let data = maps.get("sandbox-faults").await.unwrap().data;
    assert!(data.is_none_or(|data| data.is_empty()));
}

#[tokio::test]
async fn a_delay_applies_to_each_answer() {
    let client = client(&Sandbox::new());
    set(&client, "api-delay", "300ms").await;
    let started = Instant::now();
    client.apiserver_version().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_gone_api_server_refuses_connections_and_comes_back_on_its_port() {
    let sandbox = Sandbox::new();
    let server = sandbox.listen("127.0.0.1:0").await.unwrap();
    let remote = connect(&server.kubeconfig(), "sandbox").await;
    let nodes: Api<Node> = Api::all(remote);
    nodes.list(&ListParams::default()).await.unwrap();
    set(&client(&sandbox), "api-gone", "1s").await;
    wait_until("a closed port", || async {
        tokio::net::TcpStream::connect(server.address)
            .await
            .is_err()
    })
    .await;
    wait_until("an answer", || async {
        nodes.list(&ListParams::default()).await.is_ok()
    })
    .await;
}
