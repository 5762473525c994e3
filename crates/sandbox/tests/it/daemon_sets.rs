//! DaemonSets: one pod per node, replaced node by node.

use k8s_openapi::api::apps::v1::{ControllerRevision, DaemonSet, DaemonSetStatus};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, object, wait_until};
use crate::tool::Tool;

fn daemon_set(strategy: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}}, "updateStrategy": strategy,
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"containers": [{"name": "a", "image": "agent:1"}]},
            },
        },
    })
}

async fn create(client: &Client, set: Value) -> Api<DaemonSet> {
    let sets: Api<DaemonSet> = Api::default_namespaced(client.clone());
    let params = PostParams::default();
    sets.create(&params, &object(set)).await.unwrap();
    wait_for(&sets, "three pods", |status| status.number_ready == 3).await;
    sets
}

async fn set_image(sets: &Api<DaemonSet>, image: &str) {
    let containers = json!([{"name": "a", "image": image}]);
    let spec = json!({"template": {"spec": {"containers": containers}}});
    let patch = Patch::Strategic(json!({"spec": spec}));
    let params = PatchParams::default();
    sets.patch("agent", &params, &patch).await.unwrap();
}

async fn wait_for(
    sets: &Api<DaemonSet>,
    description: &str,
    is_true: impl Fn(&DaemonSetStatus) -> bool,
) {
    wait_until(description, || async {
        let set = sets.get("agent").await.unwrap();
        let status = set.status.unwrap_or_default();
        status.observed_generation == set.metadata.generation && is_true(&status)
    })
    .await;
}

fn is_complete(status: &DaemonSetStatus) -> bool {
    status.updated_number_scheduled == Some(3) && status.number_available == Some(3)
}

/// The images of the pods, in order.
async fn images(client: &Client) -> Vec<String> {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let pods = pods.list(&ListParams::default()).await.unwrap().into_iter();
    let mut images: Vec<String> = pods
        .map(|pod| pod.spec.unwrap().containers[0].image.clone().unwrap())
        .collect();
    images.sort();
    images
}

#[tokio::test]
async fn a_new_template_replaces_the_pods_of_all_nodes() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let sets = create(&client, daemon_set(&json!({}))).await;
    set_image(&sets, "agent:2").await;
    wait_for(&sets, "the update", is_complete).await;
    assert_eq!(images(&client).await, ["agent:2"; 3]);
    let revisions: Api<ControllerRevision> = Api::default_namespaced(client.clone());
    let revisions = revisions.list(&ListParams::default()).await.unwrap();
    let newest = revisions.iter().max_by_key(|revision| revision.revision);
    let hash = &newest.unwrap().metadata.labels.as_ref().unwrap()["controller-revision-hash"];
    let pods: Api<Pod> = Api::default_namespaced(client);
    for pod in pods.list(&ListParams::default()).await.unwrap() {
        assert_eq!(
            &pod.metadata.labels.unwrap()["controller-revision-hash"],
            hash
        );
    }
}

#[tokio::test]
async fn an_update_stops_when_too_many_pods_are_unavailable() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("agent:2");
    let client = client(&sandbox);
    let strategy = json!({"rollingUpdate": {"maxUnavailable": "50%"}});
    let sets = create(&client, daemon_set(&strategy)).await;
    set_image(&sets, "agent:2").await;
    wait_for(&sets, "two failing pods", |status| {
        status.updated_number_scheduled == Some(2) && status.number_unavailable == Some(2)
    })
    .await;
    assert_eq!(images(&client).await, ["agent:1", "agent:2", "agent:2"]);
}

#[tokio::test]
async fn a_surge_keeps_the_old_pod_until_the_new_one_is_available() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("agent:2");
    let client = client(&sandbox);
    let strategy = json!({"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}});
    let sets = create(&client, daemon_set(&strategy)).await;
    set_image(&sets, "agent:2").await;
    let surge = ["agent:1", "agent:1", "agent:1", "agent:2"];
    wait_until("a surge", || async { images(&client).await == surge }).await;
    wait_for(&sets, "three available pods", |status| {
        status.number_available == Some(3)
    })
    .await;
    sandbox.restore_image_pull("agent:2");
    wait_for(&sets, "the update", is_complete).await;
    assert_eq!(images(&client).await, ["agent:2"; 3]);
}

#[tokio::test]
async fn pods_updated_on_delete_keep_their_template_until_then() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let sets = create(&client, daemon_set(&json!({"type": "OnDelete"}))).await;
    set_image(&sets, "agent:2").await;
    wait_for(&sets, "no updated pod", |status| {
        status.updated_number_scheduled.is_none() && status.number_ready == 3
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let name = pods
        .list(&ListParams::default())
        .await
        .unwrap()
        .items
        .remove(0);
    let name = name.metadata.name.unwrap();
    pods.delete(&name, &DeleteParams::default()).await.unwrap();
    wait_for(&sets, "one updated pod", |status| {
        status.updated_number_scheduled == Some(1)
    })
    .await;
    assert_eq!(images(&client).await, ["agent:1", "agent:1", "agent:2"]);
}

#[tokio::test]
async fn taints_keep_the_pods_away_from_a_node() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let nodes: Api<Node> = Api::all(client.clone());
    let patch = |spec: Value| {
        let nodes = nodes.clone();
        async move {
            let patch = Patch::Merge(json!({"spec": spec}));
            let name = "sandbox-node-1";
            nodes
                .patch(name, &PatchParams::default(), &patch)
                .await
                .unwrap();
        }
    };
    let tainted = |effect: &str| json!({"taints": [{"key": "gpu", "effect": effect}]});
    let sets = create(&client, daemon_set(&json!({}))).await;
    patch(tainted("NoSchedule")).await;
    wait_for(&sets, "a misscheduled pod", |status| {
        status.desired_number_scheduled == 2 && status.number_misscheduled == 1
    })
    .await;
    assert_eq!(images(&client).await, ["agent:1"; 3]);
    patch(tainted("NoExecute")).await;
    wait_until("two pods", || async { images(&client).await.len() == 2 }).await;
    patch(json!({"taints": null, "unschedulable": true})).await;
    wait_for(&sets, "three pods", |status| status.number_ready == 3).await;
}

#[tokio::test]
async fn a_pod_that_does_not_fit_its_node_waits() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let mut set = daemon_set(&json!({}));
    set["spec"]["template"]["spec"]["containers"][0]["resources"] =
        json!({"requests": {"cpu": "1000"}});
    let sets: Api<DaemonSet> = Api::default_namespaced(client.clone());
    sets.create(&PostParams::default(), &object(set))
        .await
        .unwrap();
    wait_for(&sets, "three waiting pods", |status| {
        status.current_number_scheduled == 3 && status.number_unavailable == Some(3)
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    wait_until("unschedulable pods", || async {
        let pods = pods.list(&ListParams::default()).await.unwrap();
        let reasons = pods.into_iter().filter_map(|pod| {
            let conditions = pod.status?.conditions?.into_iter();
            let mut conditions = conditions.filter(|condition| condition.type_ == "PodScheduled");
            conditions.next()?.reason
        });
        reasons.filter(|reason| reason == "Unschedulable").count() == 3
    })
    .await;
}

#[tokio::test]
async fn kubectl_follows_and_undoes_the_update_of_a_daemon_set() {
    let sandbox = Sandbox::new();
    let test = "kubectl_follows_and_undoes_the_update_of_a_daemon_set";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let file = kubectl.file("agent.json", &daemon_set(&json!({})).to_string());
    kubectl.output(&["apply", "-f", &file]).await;
    let status = ["rollout", "status", "daemonset/agent", "--timeout=20s"];
    kubectl.output(&status).await;
    kubectl
        .output(&["set", "image", "daemonset/agent", "a=agent:2"])
        .await;
    let followed = kubectl.output(&status).await;
    assert!(
        followed.ends_with("daemon set \"agent\" successfully rolled out\n"),
        "{followed}"
    );
    assert_eq!(images(&client(&sandbox)).await, ["agent:2"; 3]);
    let undone = kubectl
        .output(&["rollout", "undo", "daemonset/agent"])
        .await;
    assert_eq!(undone, "daemonset.apps/agent rolled back\n");
    kubectl.output(&status).await;
    assert_eq!(images(&client(&sandbox)).await, ["agent:1"; 3]);
}
