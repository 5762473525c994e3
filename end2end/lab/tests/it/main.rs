//! The behavior of the lab that the suites of the other crates rely on.

#![expect(
    clippy::unwrap_used,
    reason = "the location of a panic shows which step of a test failed"
)]

mod charts;

use k8s_openapi::api::{
    apps::v1::Deployment,
    batch::v1::Job,
    core::v1::{Event, Node, Pod, Service},
};
use kube::{
    Api, Client, Config,
    api::{ListParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use lab::{Lab, RealCluster};
use serde_json::{Value, json};
use std::{future::Future, time::Duration};

async fn client(kubeconfig: &str) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .unwrap();
    Client::try_from(config).unwrap()
}

async fn lab(test: &str) -> Option<Lab> {
    match Lab::start().await {
        Ok(lab) => Some(lab),
        Err(error) => {
            lab::skip(test, &error);
            None
        }
    }
}

async fn eventually<T, F: Future<Output = Option<T>>>(condition: &str, check: impl Fn() -> F) -> T {
    for _ in 0..300 {
        if let Some(value) = check().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not within 30 s: {condition}");
}

fn deployment(name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image}]},
            },
        },
    })
}

#[tokio::test]
async fn two_clusters_start_and_run_workloads() {
    let Some(lab) = lab("two_clusters_start_and_run_workloads").await else {
        return;
    };
    let clusters = [
        (
            lab.control_plane(),
            "istio-control-plane",
            "172.16.",
            "172.19.",
            "10.30.1.",
        ),
        (
            lab.remote(),
            "istio-remote1",
            "172.20.",
            "172.21.",
            "10.30.2.",
        ),
    ];
    for (cluster, name, pods, services, balancers) in clusters {
        assert_eq!(cluster.name, name);
        let client = client(&cluster.kubeconfig()).await;
        nodes_are_ready(&client, name, pods).await;
        a_deployment_becomes_available(&client, pods).await;
        a_job_completes(&client).await;
        a_load_balancer_has_an_address(&client, services, balancers).await;
        a_viewer_may_not_create(cluster).await;
        assert!(cluster.agent_is_running());
    }
    an_image_pull_fails_and_recovers(lab.control_plane()).await;
    a_deleted_deployment_loses_its_pods(lab.remote()).await;
    a_stopped_api_server_does_not_respond(lab.remote()).await;
}

async fn nodes_are_ready(client: &Client, cluster: &str, pods: &str) {
    let nodes: Api<Node> = Api::all(client.clone());
    let nodes = nodes.list(&ListParams::default()).await.unwrap().items;
    let names: Vec<String> = nodes
        .iter()
        .filter_map(|node| node.metadata.name.clone())
        .collect();
    assert_eq!(
        names,
        [1, 2, 3].map(|number| format!("{cluster}-node-{number}"))
    );
    for node in nodes {
        assert!(node.spec.unwrap().pod_cidr.unwrap().starts_with(pods));
        let status = node.status.unwrap();
        assert_eq!(status.allocatable.unwrap()["memory"].0, "32Gi");
        let ready = |condition: &k8s_openapi::api::core::v1::NodeCondition| {
            condition.type_ == "Ready" && condition.status == "True"
        };
        assert!(status.conditions.unwrap().iter().any(ready));
    }
}

async fn create_deployment(client: &Client, name: &str, image: &str) -> Api<Deployment> {
    let api: Api<Deployment> = Api::namespaced(client.clone(), "default");
    let object = serde_json::from_value(deployment(name, image)).unwrap();
    api.create(&PostParams::default(), &object).await.unwrap();
    api
}

async fn available(api: &Api<Deployment>, name: &str) {
    eventually("the Deployment is available", || async {
        let status = api.get(name).await.unwrap().status?;
        (status.available_replicas? == 2).then_some(())
    })
    .await;
}

async fn pods_with_label(client: &Client, name: &str) -> Vec<Pod> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
    let labelled = ListParams::default().labels(&format!("app={name}"));
    pods.list(&labelled).await.unwrap().items
}

async fn a_deployment_becomes_available(client: &Client, range: &str) {
    let api = create_deployment(client, "web", "docker.io/library/nginx:1").await;
    available(&api, "web").await;
    let pods = pods_with_label(client, "web").await;
    let address = |pod: &Pod| pod.status.clone().unwrap().pod_ip.unwrap();
    assert!(pods.iter().all(|pod| address(pod).starts_with(range)));
    assert_ne!(address(&pods[0]), address(&pods[1]));
}

async fn a_job_completes(client: &Client) {
    let jobs: Api<Job> = Api::namespaced(client.clone(), "default");
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"},
        "spec": {"template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}},
    });
    let job = serde_json::from_value(job).unwrap();
    jobs.create(&PostParams::default(), &job).await.unwrap();
    eventually("the Job completes", || async {
        let conditions = jobs.get("once").await.unwrap().status?.conditions?;
        conditions
            .iter()
            .any(|condition| condition.type_ == "Complete")
            .then_some(())
    })
    .await;
}

async fn a_load_balancer_has_an_address(client: &Client, services: &str, balancers: &str) {
    let api: Api<Service> = Api::namespaced(client.clone(), "default");
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "gateway"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    });
    let service = serde_json::from_value(service).unwrap();
    let created = api.create(&PostParams::default(), &service).await.unwrap();
    assert!(
        created
            .spec
            .unwrap()
            .cluster_ip
            .unwrap()
            .starts_with(services)
    );
    let address = eventually("the load balancer has an address", || async {
        let status = api.get("gateway").await.unwrap().status?;
        status.load_balancer?.ingress?.first()?.ip.clone()
    });
    assert!(address.await.starts_with(balancers));
}

async fn a_viewer_may_not_create(cluster: &RealCluster) {
    let client = client(&cluster.token_kubeconfig("viewer")).await;
    let api: Api<Deployment> = Api::namespaced(client.clone(), "default");
    assert!(api.get("web").await.is_ok(), "a viewer may read");
    let object = serde_json::from_value(deployment("other", "nginx")).unwrap();
    let refused = api
        .create(&PostParams::default(), &object)
        .await
        .unwrap_err();
    assert!(matches!(refused, kube::Error::Api(status) if status.code == 403));
}

async fn an_image_pull_fails_and_recovers(cluster: &RealCluster) {
    let client = client(&cluster.kubeconfig()).await;
    cluster.fail_image_pull("unreachable.test");
    let api = create_deployment(&client, "blocked", "unreachable.test/web:1").await;
    eventually("the pull backs off", || async {
        let pods = pods_with_label(&client, "blocked").await;
        let pod = serde_json::to_value(pods.first()?).unwrap();
        let reason = pod.pointer("/status/containerStatuses/0/state/waiting/reason")?;
        (reason == "ImagePullBackOff").then_some(())
    })
    .await;
    let events: Api<Event> = Api::namespaced(client.clone(), "default");
    let warning = eventually("the kubelet reports a warning", || async {
        let warnings = events
            .list(&ListParams::default().fields("type=Warning"))
            .await
            .unwrap();
        warnings.items.into_iter().find_map(|event| {
            event
                .message
                .filter(|message| message.starts_with("Failed to pull image"))
        })
    });
    assert!(warning.await.contains("unreachable.test/web:1"));
    cluster.heal_image_pull("unreachable.test");
    available(&api, "blocked").await;
}

async fn a_deleted_deployment_loses_its_pods(cluster: &RealCluster) {
    let client = client(&cluster.kubeconfig()).await;
    let api: Api<Deployment> = Api::namespaced(client.clone(), "default");
    api.delete("web", &Default::default()).await.unwrap();
    eventually("its pods are gone", || async {
        pods_with_label(&client, "web")
            .await
            .is_empty()
            .then_some(())
    })
    .await;
}

async fn a_stopped_api_server_does_not_respond(cluster: &RealCluster) {
    let client = client(&cluster.certificate_kubeconfig()).await;
    assert!(
        client.apiserver_version().await.is_ok(),
        "the certificate is valid"
    );
    cluster.stop_api_server();
    assert!(client.apiserver_version().await.is_err());
}
