//! PodDisruptionBudgets and evictions.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetStatus};
use kube::Client;
use kube::api::{Api, EvictParams, ListParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, deploy, object, wait_until};

async fn protect(client: &Client, name: &str, spec: Value) -> Api<PodDisruptionBudget> {
    let budgets: Api<PodDisruptionBudget> = Api::default_namespaced(client.clone());
    let mut budget = json!({
        "metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"app": "web"}}},
    });
    for (name, value) in spec.as_object().unwrap() {
        budget["spec"][name] = value.clone();
    }
    let params = PostParams::default();
    budgets.create(&params, &object(budget)).await.unwrap();
    budgets
}

async fn wait_for(
    budgets: &Api<PodDisruptionBudget>,
    description: &str,
    is_true: impl Fn(&PodDisruptionBudgetStatus) -> bool,
) {
    wait_until(description, || async {
        let status = budgets.get("web").await.unwrap().status;
        status.is_some_and(|status| is_true(&status))
    })
    .await;
}

async fn pod_names(pods: &Api<Pod>) -> Vec<String> {
    let list = pods.list(&ListParams::default()).await.unwrap();
    list.into_iter()
        .filter(|pod| pod.metadata.deletion_timestamp.is_none())
        .filter_map(|pod| pod.metadata.name)
        .collect()
}

#[tokio::test]
async fn a_budget_counts_its_pods_and_refuses_evictions_beyond_it() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "web", 3).await;
    let budgets = protect(&client, "web", json!({"minAvailable": "60%"})).await;
    wait_for(&budgets, "one allowed disruption", |status| {
        status.disruptions_allowed == 1
            && status.current_healthy == 3
            && status.desired_healthy == 2
            && status.expected_pods == 3
    })
    .await;
    sandbox.fail_image_pull("istio/web");
    let pods: Api<Pod> = Api::default_namespaced(client);
    let names = pod_names(&pods).await;
    pods.evict(&names[0], &EvictParams::default())
        .await
        .unwrap();
    wait_for(&budgets, "no allowed disruption", |status| {
        let conditions = status.conditions.iter().flatten();
        let mut reasons = conditions.map(|condition| condition.reason.as_str());
        status.disruptions_allowed == 0
            && status.current_healthy == 2
            && reasons.any(|reason| reason == "InsufficientPods")
    })
    .await;
    let refused = pods.evict(&names[1], &EvictParams::default()).await;
    let kube::Error::Api(status) = refused.unwrap_err() else {
        panic!("not a status");
    };
    assert_eq!(
        (status.code, status.reason.as_str()),
        (429, "TooManyRequests")
    );
    let message = "Cannot evict pod as it would violate the pod's disruption budget.";
    assert_eq!(status.message, message);
    let causes = &status.details.as_ref().unwrap().causes;
    let cause = "The disruption budget web needs 2 healthy pods and has 2 currently";
    assert_eq!(causes[0].message, cause);
    assert!(pod_names(&pods).await.contains(&names[1]));
}

#[tokio::test]
async fn two_evictions_at_once_do_not_share_a_disruption() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "web", 3).await;
    let budgets = protect(&client, "web", json!({"maxUnavailable": 1})).await;
    wait_for(&budgets, "one allowed disruption", |status| {
        status.disruptions_allowed == 1 && status.expected_pods == 3
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let names = pod_names(&pods).await;
    let params = EvictParams::default();
    let (first, second) = tokio::join!(
        pods.evict(&names[0], &params),
        pods.evict(&names[1], &params)
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}
