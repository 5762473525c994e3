//! ResourceQuotas and LimitRanges.

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, PersistentVolumeClaim, Pod, ResourceQuota,
};
use kube::Client;
use kube::api::{Api, ListParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{api_error, client, deploy, object, wait_until};

async fn limit(client: &Client, hard: Value) -> Api<ResourceQuota> {
    let quotas: Api<ResourceQuota> = Api::default_namespaced(client.clone());
    let quota = object(json!({"metadata": {"name": "team"}, "spec": {"hard": hard}}));
    quotas.create(&PostParams::default(), &quota).await.unwrap();
    quotas
}

async fn wait_for_use(quotas: &Api<ResourceQuota>, resource: &str, amount: &str) {
    wait_until("the used amount", || async {
        let status = quotas.get("team").await.unwrap().status.unwrap_or_default();
        let used = status.used.unwrap_or_default();
        used.get(resource).is_some_and(|used| used.0 == amount)
    })
    .await;
}

fn pod(name: &str, resources: Value) -> Pod {
    let containers = json!([{"name": "a", "image": "a:1", "resources": resources}]);
    object(json!({"metadata": {"name": name}, "spec": {"containers": containers}}))
}

#[tokio::test]
async fn pods_beyond_a_quota_are_refused_and_their_replica_set_says_why() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let quotas = limit(&client, json!({"pods": "2"})).await;
    deploy(&client, "web", 3).await;
    wait_for_use(&quotas, "pods", "2").await;
    let sets: Api<ReplicaSet> = Api::default_namespaced(client.clone());
    wait_until("a failure", || async {
        let sets = sets.list(&ListParams::default()).await.unwrap();
        let status = sets.items.first().and_then(|set| set.status.clone());
        let conditions = status.and_then(|status| status.conditions);
        let mut messages = conditions
            .into_iter()
            .flatten()
            .filter(|condition| condition.type_ == "ReplicaFailure")
            .filter_map(|condition| condition.message);
        messages.any(|message| {
            message.ends_with(
                "is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: \
                 pods=2",
            )
        })
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let extra = pod("extra", json!({}));
    let refused = pods.create(&PostParams::default(), &extra).await;
    let message = "pods \"extra\" is forbidden: exceeded quota: team, requested: pods=1, used: \
                   pods=2, limited: pods=2";
    assert_eq!(api_error(refused), (403, message.to_owned()));
}

#[tokio::test]
async fn a_quota_of_compute_resources_counts_requests_and_requires_them() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let hard = json!({"requests.cpu": "1", "requests.memory": "2Gi"});
    let quotas = limit(&client, hard).await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    let params = PostParams::default();
    let partial = pod("a", json!({"requests": {"cpu": "1"}}));
    let refused = pods.create(&params, &partial).await;
    let message =
        "pods \"a\" is forbidden: failed quota: team: must specify requests.memory for: a";
    assert_eq!(api_error(refused), (403, message.to_owned()));
    let resources = json!({"requests": {"cpu": "600m", "memory": "512Mi"}});
    pods.create(&params, &pod("a", resources.clone()))
        .await
        .unwrap();
    wait_for_use(&quotas, "requests.cpu", "600m").await;
    wait_for_use(&quotas, "requests.memory", "512Mi").await;
    let refused = pods.create(&params, &pod("b", resources)).await;
    let message = "pods \"b\" is forbidden: exceeded quota: team, requested: requests.cpu=600m, \
                   used: requests.cpu=600m, limited: requests.cpu=1";
    assert_eq!(api_error(refused), (403, message.to_owned()));
}

#[tokio::test]
async fn a_quota_counts_objects_of_other_kinds() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let hard = json!({"count/deployments.apps": "1", "configmaps": "2", "requests.storage": "5Gi"});
    let quotas = limit(&client, hard).await;
    deploy(&client, "web", 1).await;
    wait_for_use(&quotas, "count/deployments.apps", "1").await;
    let params = PostParams::default();
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let map = |name: &str| object::<ConfigMap>(json!({"metadata": {"name": name}}));
    maps.create(&params, &map("first")).await.unwrap();
    let refused = maps.create(&params, &map("second")).await;
    let (code, message) = api_error(refused);
    assert_eq!(code, 403);
    assert!(
        message.starts_with("configmaps \"second\" is forbidden: exceeded quota: team"),
        "{message}"
    );
    let claims: Api<PersistentVolumeClaim> = Api::default_namespaced(client);
    let claim = object(json!({
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "6Gi"}}},
    }));
    let message = "persistentvolumeclaims \"data\" is forbidden: exceeded quota: team, requested: \
                   requests.storage=6Gi, used: requests.storage=0, limited: requests.storage=5Gi";
    let refused = claims.create(&params, &claim).await;
    assert_eq!(api_error(refused), (403, message.to_owned()));
}

#[tokio::test]
async fn a_limit_range_gives_defaults_and_refuses_what_is_outside_its_bounds() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let ranges: Api<LimitRange> = Api::default_namespaced(client.clone());
    let range = object(json!({
        "metadata": {"name": "small"},
        "spec": {"limits": [{
            "type": "Container", "max": {"cpu": "1"}, "min": {"cpu": "100m"},
            "default": {"cpu": "500m", "memory": "256Mi"},
        }]},
    }));
    let params = PostParams::default();
    ranges.create(&params, &range).await.unwrap();
    let pods: Api<Pod> = Api::default_namespaced(client);
    let created = pods.create(&params, &pod("a", json!({}))).await.unwrap();
    let resources = created.spec.unwrap().containers[0]
        .resources
        .clone()
        .unwrap();
    let expected = json!({
        "limits": {"cpu": "500m", "memory": "256Mi"},
        "requests": {"cpu": "500m", "memory": "256Mi"},
    });
    assert_eq!(serde_json::to_value(resources).unwrap(), expected);
    let annotations = created.metadata.annotations.unwrap();
    let note = "LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for \
                container a";
    assert_eq!(annotations["kubernetes.io/limit-ranger"], note);
    for (resources, problem) in [
        (
            json!({"limits": {"cpu": "2"}}),
            "maximum cpu usage per Container is 1, but limit is 2",
        ),
        (
            json!({"requests": {"cpu": "50m"}}),
            "minimum cpu usage per Container is 100m, but request is 50m",
        ),
    ] {
        let refused = pods.create(&params, &pod("b", resources)).await;
        let message = format!("pods \"b\" is forbidden: {problem}");
        assert_eq!(api_error(refused), (403, message));
    }
}
