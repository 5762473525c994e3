//! Workloads of a test: services of bookinfo and the page that shows whether they reach each other.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{Pod, Service},
};
use kube::{
    Api, Client, Config,
    api::{ListParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use lab::mesh::MeshCluster;
use serde_json::json;
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const TIMEOUT: Duration = Duration::from_secs(60);
const PORT: u16 = 9080;

pub(crate) async fn client(cluster: &MeshCluster) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(&cluster.kubeconfig("admin")).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    Client::try_from(config.unwrap()).unwrap()
}

/// The service details: the address of its load balancer and of its pod.
pub(crate) struct Page {
    pub(crate) balancer: String,
    pub(crate) pod: String,
}

impl Page {
    /// Deploys details, and a product page that finds it by the DNS of the cluster and its Service.
    pub(crate) async fn with_details(client: &Client, cluster: &MeshCluster) -> Self {
        deploy(client, "details", "details", &[]).await;
        let balancer = balancer(client, "details").await;
        let response = get(&balancer, "/details/0", |text| text.contains("PublisherA")).await;
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        Self::with_host(client, cluster, "page", "details").await;
        let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
        let labelled = ListParams::default().labels("app=details");
        let pods = pods.list(&labelled).await.unwrap().items;
        let pod = pods[0].status.clone().unwrap().pod_ip.unwrap();
        let address: std::net::Ipv4Addr = pod.parse().unwrap();
        assert!(cluster.pods().contains(&address), "{pod}");
        Self { balancer, pod }
    }

    /// Deploys a product page whose details are served by `host`, and waits until it shows them.
    pub(crate) async fn with_host(client: &Client, cluster: &MeshCluster, name: &str, host: &str) {
        let page = Self::open(client, name, host, |text| text.contains("Book Details")).await;
        let cluster = cluster.name();
        assert!(page.contains("PublisherA"), "{name} in {cluster}: {page}");
    }

    /// Deploys the same, and waits until it shows that it has no details.
    pub(crate) async fn without_details(
        client: &Client,
        _: &MeshCluster,
        name: &str,
        host: &str,
    ) -> String {
        Self::open(client, name, host, |text| text.contains("Error fetching")).await
    }

    async fn open(
        client: &Client,
        name: &str,
        host: &str,
        is_expected: impl Fn(&str) -> bool,
    ) -> String {
        deploy(client, name, "productpage", &[("DETAILS_HOSTNAME", host)]).await;
        let balancer = balancer(client, name).await;
        get(&balancer, "/productpage", is_expected).await
    }
}

async fn deploy(client: &Client, name: &str, service: &str, environment: &[(&str, &str)]) {
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let image = format!("docker.io/istio/examples-bookinfo-{service}-v1:1.20.3");
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image, "env": environment}]},
            },
        },
    });
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"type": "LoadBalancer", "selector": {"app": name}, "ports": [{"port": PORT}]},
    });
    let parameters = PostParams::default();
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "default");
    let deployment = serde_json::from_value(deployment).unwrap();
    deployments.create(&parameters, &deployment).await.unwrap();
    let services: Api<Service> = Api::namespaced(client.clone(), "default");
    let service = serde_json::from_value(service).unwrap();
    services.create(&parameters, &service).await.unwrap();
    eventually("the Deployment is available", || async {
        let status = deployments.get(name).await.unwrap().status?;
        (status.available_replicas? == 1).then_some(())
    })
    .await;
}

/// The address that the load balancer of a Service has.
async fn balancer(client: &Client, name: &str) -> String {
    let services: Api<Service> = Api::namespaced(client.clone(), "default");
    eventually("the load balancer has an address", || async {
        let status = services.get(name).await.unwrap().status?;
        status.load_balancer?.ingress?.first()?.ip.clone()
    })
    .await
}

/// Requests a path until the response is as expected.
async fn get(address: &str, path: &str, is_expected: impl Fn(&str) -> bool) -> String {
    eventually(&format!("{address}{path} responds as expected"), || async {
        let request = request(address, path);
        let response = tokio::time::timeout(Duration::from_secs(8), request).await;
        response.ok()?.ok().filter(|text| is_expected(text))
    })
    .await
}

async fn request(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((address, PORT)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

async fn eventually<T, F: Future<Output = Option<T>>>(condition: &str, check: impl Fn() -> F) -> T {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if let Some(value) = check().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not within {} s: {condition}", TIMEOUT.as_secs());
}
