//! The scheduler: which node a pod gets, and what it says about a pod that gets none.

use k8s_openapi::api::core::v1::{Event, Node, Pod};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::{ClusterConfig, Sandbox};
use serde_json::{Value, json};

use crate::support::{client, deploy, object, wait_until};

/// A pod with one container; `spec` is merged into its spec.
fn pod(name: &str, spec: &Value) -> Pod {
    let mut pod = json!({
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [{"name": "web", "image": "web:1"}]},
    });
    for (member, value) in spec.as_object().unwrap() {
        pod["spec"][member] = value.clone();
    }
    object(pod)
}

/// A container that requests resources.
fn requesting(requests: &Value) -> Value {
    json!({"containers": [
        {"name": "web", "image": "web:1", "resources": {"requests": requests}},
    ]})
}

async fn create(client: &Client, pod: &Pod) {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    pods.create(&PostParams::default(), pod).await.unwrap();
}

async fn patch_node(client: &Client, name: &str, patch: Value) {
    let nodes: Api<Node> = Api::all(client.clone());
    let patch = Patch::Merge(patch);
    nodes
        .patch(name, &PatchParams::default(), &patch)
        .await
        .unwrap();
}

/// The message of the condition `PodScheduled` of a pod that is not scheduled.
async fn unscheduled_message(client: &Client, name: &str) -> Option<String> {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let status = pods.get(name).await.unwrap().status?;
    let conditions = status.conditions?.into_iter();
    let mut unscheduled = conditions.filter(|condition| {
        condition.type_ == "PodScheduled"
            && condition.status == "False"
            && condition.reason.as_deref() == Some("Unschedulable")
    });
    unscheduled.next()?.message
}

async fn wait_for_message(client: &Client, name: &str, expected: &str) {
    wait_until(&format!("{name}: {expected}"), || async {
        unscheduled_message(client, name).await.as_deref() == Some(expected)
    })
    .await;
}

/// The node of a pod, once it has one.
async fn node_of(client: &Client, name: &str) -> String {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let node = || async {
        let pod = pods.get(name).await.unwrap();
        pod.spec.unwrap().node_name
    };
    wait_until(&format!("a node for {name}"), || async {
        node().await.is_some()
    })
    .await;
    node().await.unwrap()
}

#[tokio::test]
async fn a_pod_that_requests_more_than_any_node_has_stays_pending_with_the_reason() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    create(&client, &pod("big", &requesting(&json!({"cpu": "100"})))).await;
    let message = "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, \
                   preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    wait_for_message(&client, "big", message).await;
    let events: Api<Event> = Api::default_namespaced(client);
    let params = ListParams::default().fields("involvedObject.name=big");
    let found = events.list(&params).await.unwrap().items;
    let event = found.first().unwrap();
    assert_eq!(event.reason.as_deref(), Some("FailedScheduling"));
    assert_eq!(event.type_.as_deref(), Some("Warning"));
    assert_eq!(event.message.as_deref(), Some(message));
}

#[tokio::test]
async fn a_pod_waits_for_the_resources_of_other_pods_until_they_end() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 1,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    let most = requesting(&json!({"cpu": "6", "memory": "20Gi"}));
    create(&client, &pod("first", &most)).await;
    node_of(&client, "first").await;
    create(&client, &pod("second", &most)).await;
    let message = "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. no new \
                   claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption \
                   victims found for incoming pod.";
    wait_for_message(&client, "second", message).await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    pods.delete("first", &DeleteParams::default())
        .await
        .unwrap();
    assert_eq!(node_of(&client, "second").await, "sandbox-node-1");
}

#[tokio::test]
async fn a_node_takes_its_limit_of_pods_and_all_of_them_get_an_address() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 1,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    deploy(&client, "web", 112).await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let counts = || async {
        let list = pods.list(&ListParams::default()).await.unwrap();
        let has_address = |pod: &&Pod| {
            let status = pod.status.as_ref();
            status.is_some_and(|status| status.pod_ip.is_some())
        };
        let is_refused = |pod: &&Pod| {
            let conditions = pod.status.iter().flat_map(|status| &status.conditions);
            conditions.flatten().any(|condition| {
                let message = condition.message.as_deref().unwrap_or_default();
                message.starts_with("0/1 nodes are available: 1 Too many pods.")
            })
        };
        (
            list.items.iter().filter(has_address).count(),
            list.items.iter().filter(is_refused).count(),
        )
    };
    wait_until("110 pods with an address and 2 without a node", || async {
        counts().await == (110, 2)
    })
    .await;
}

#[tokio::test]
async fn nothing_is_placed_on_a_node_that_is_cordoned_or_not_ready() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 2,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    patch_node(
        &client,
        "sandbox-node-1",
        json!({"spec": {"unschedulable": true}}),
    )
    .await;
    let nodes: Api<Node> = Api::all(client.clone());
    let not_ready = json!({"status": {"conditions": [
        {"type": "Ready", "status": "False", "reason": "KubeletNotReady"},
    ]}});
    nodes
        .patch_status(
            "sandbox-node-2",
            &PatchParams::default(),
            &Patch::Merge(not_ready),
        )
        .await
        .unwrap();
    wait_until("the taint of a node that is not ready", || async {
        let node = nodes.get("sandbox-node-2").await.unwrap();
        let taints = node.spec.unwrap().taints.unwrap_or_default();
        let is_expected = |effect: &str| {
            taints
                .iter()
                .any(|taint| taint.key == "node.kubernetes.io/not-ready" && taint.effect == effect)
        };
        is_expected("NoSchedule") && is_expected("NoExecute")
    })
    .await;
    create(&client, &pod("web", &json!({}))).await;
    let message = "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were \
                   unschedulable. no new claims to deallocate, preemption: 0/2 nodes are \
                   available: 2 Preemption is not helpful for scheduling.";
    wait_for_message(&client, "web", message).await;
    patch_node(
        &client,
        "sandbox-node-1",
        json!({"spec": {"unschedulable": null}}),
    )
    .await;
    assert_eq!(node_of(&client, "web").await, "sandbox-node-1");
}

#[tokio::test]
async fn taints_selectors_and_affinity_decide_the_node() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let taint = json!([{"key": "team", "value": "mesh", "effect": "NoSchedule"}]);
    let labels = json!({"disk": "fast"});
    patch_node(
        &client,
        "sandbox-node-1",
        json!({"metadata": {"labels": labels}, "spec": {"taints": taint}}),
    )
    .await;
    let selector = json!({"nodeSelector": {"disk": "fast"}});
    create(&client, &pod("selecting", &selector)).await;
    let message = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't \
                   match Pod's node affinity/selector. no new claims to deallocate, preemption: \
                   0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    wait_for_message(&client, "selecting", message).await;
    let term = json!({"matchExpressions": [
        {"key": "disk", "operator": "In", "values": ["fast", "faster"]},
    ]});
    let tolerating = json!({
        "tolerations": [{"key": "team", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms": [term]}}},
    });
    create(&client, &pod("tolerating", &tolerating)).await;
    assert_eq!(node_of(&client, "tolerating").await, "sandbox-node-1");
}

#[tokio::test]
async fn pods_with_anti_affinity_get_a_node_each() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 2,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    let affinity = json!({"affinity": {"podAntiAffinity":
        {"requiredDuringSchedulingIgnoredDuringExecution": [{
            "labelSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
            "topologyKey": "kubernetes.io/hostname",
        }]},
    }});
    let mut nodes = Vec::new();
    for name in ["one", "two"] {
        create(&client, &pod(name, &affinity)).await;
        nodes.push(node_of(&client, name).await);
    }
    nodes.sort();
    assert_eq!(nodes, ["sandbox-node-1", "sandbox-node-2"]);
    create(&client, &pod("three", &affinity)).await;
    let message = "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. no \
                   new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption \
                   victims found for incoming pod.";
    wait_for_message(&client, "three", message).await;
    create(&client, &pod("plain", &json!({}))).await;
    let message = "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity \
                   rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No \
                   preemption victims found for incoming pod.";
    wait_for_message(&client, "plain", message).await;
}

#[tokio::test]
async fn a_spread_constraint_limits_the_difference_between_nodes() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 2,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    patch_node(
        &client,
        "sandbox-node-2",
        json!({"spec": {"taints": [{"key": "full", "effect": "NoSchedule"}]}}),
    )
    .await;
    let spread = |name: &str| {
        pod(
            name,
            &json!({"topologySpreadConstraints": [{
                "maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
            }]}),
        )
    };
    create(&client, &spread("one")).await;
    assert_eq!(node_of(&client, "one").await, "sandbox-node-1");
    create(&client, &spread("two")).await;
    let message = "0/2 nodes are available: 1 node(s) didn't match pod topology spread \
                   constraints, 1 node(s) had untolerated taint(s). no new claims to deallocate, \
                   preemption: 0/2 nodes are available: 1 No preemption victims found for \
                   incoming pod, 1 Preemption is not helpful for scheduling.";
    wait_for_message(&client, "two", message).await;
}
