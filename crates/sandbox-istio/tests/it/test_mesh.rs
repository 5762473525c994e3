//! A mesh of two clusters: a primary with a control plane and the product page, and a remote.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use sandbox::Network;
use serde_json::{Value, json};

use crate::support::{get_from_pod, object, ready_pod_name, wait_until};
use crate::test_cluster::{ISTIOD_RESOURCES, PILOT_RESOURCES, SAMPLE_NAMESPACE, TestCluster};

/// Both clusters.
pub(crate) struct TestMesh {
    pub(crate) primary: TestCluster,
    pub(crate) remote: TestCluster,
    pilot: String,
    page: String,
}

const PRODUCTPAGE_IMAGE: &str = "docker.io/istio/examples-bookinfo-productpage-v1:1.8.0";

impl TestMesh {
    /// Both clusters on one network with Pilot; the product page has a sidecar.
    pub(crate) async fn start() -> Self {
        let network = Network::new();
        Self::with_pilot([&network, &network], true).await
    }

    /// Both clusters on one network with istiod, which injects the sidecar of the product page.
    pub(crate) async fn with_istiod() -> Self {
        Self::with_injection_label("enabled").await
    }

    /// The same, with this value of the injection label of the sample namespace.
    pub(crate) async fn with_injection_label(label: &str) -> Self {
        let network = Network::new();
        let (primary, remote) = Self::start_clusters([&network, &network]).await;
        remote.apply_role(&ISTIOD_RESOURCES).await;
        remote
            .label(
                TestCluster::ISTIO_NAMESPACE,
                "topology.istio.io/network",
                "net-east",
            )
            .await;
        for manifest in sandbox_istio::istiod("west", "net-west") {
            primary.apply(manifest).await;
        }
        let pilot =
            ready_pod_name(&primary.client, TestCluster::ISTIO_NAMESPACE, "app=istiod").await;
        primary
            .label(SAMPLE_NAMESPACE, "istio-injection", label)
            .await;
        primary.create_service("details").await;
        primary.wait_for_injector().await;
        let page = primary
            .run(SAMPLE_NAMESPACE, "productpage", &[PRODUCTPAGE_IMAGE])
            .await;
        Self {
            primary,
            remote,
            pilot,
            page,
        }
    }

    pub(crate) async fn without_sidecars() -> Self {
        let network = Network::new();
        Self::with_pilot([&network, &network], false).await
    }

    /// Each cluster on its own network.
    pub(crate) async fn on_separate_networks() -> Self {
        Self::with_pilot([&Network::new(), &Network::new()], true).await
    }

    async fn with_pilot(networks: [&Network; 2], sidecar: bool) -> Self {
        let (primary, remote) = Self::start_clusters(networks).await;
        primary
            .apply_role(&["services", "endpoints", "nodes", "pods", "secrets"])
            .await;
        remote.apply_role(&PILOT_RESOURCES).await;
        primary.create_service("details").await;
        let pilot = primary
            .run(
                TestCluster::ISTIO_NAMESPACE,
                "pilot",
                &["docker.io/istio/pilot:1.0.0"],
            )
            .await;
        let images = [PRODUCTPAGE_IMAGE, "docker.io/istio/proxyv2:1.0.0"];
        let images = if sidecar { &images[..] } else { &images[..1] };
        let page = primary.run(SAMPLE_NAMESPACE, "productpage", images).await;
        Self {
            primary,
            remote,
            pilot,
            page,
        }
    }

    async fn start_clusters(networks: [&Network; 2]) -> (TestCluster, TestCluster) {
        tokio::join!(
            TestCluster::start(sandbox_istio::control_plane(), networks[0], "pilot"),
            TestCluster::start(sandbox_istio::remote(), networks[1], "istio-multi"),
        )
    }

    /// The response of the debug interface of the control plane.
    pub(crate) async fn debug(&self, path: &str) -> Value {
        self.debug_at(8080, path).await
    }

    /// The same at this port.
    pub(crate) async fn debug_at(&self, port: u16, path: &str) -> Value {
        let client = &self.primary.client;
        let namespace = TestCluster::ISTIO_NAMESPACE;
        let answer = get_from_pod(client, namespace, &self.pilot, port, path).await;
        let (code, body) = answer.unwrap();
        assert_eq!(code, 200, "{path}");
        serde_json::from_str(&body).unwrap()
    }

    /// Requests a fault of the primary; the value "" ends it.
    pub(crate) async fn request_fault(&self, key: &str, value: &str) {
        let maps: Api<ConfigMap> = Api::namespaced(self.primary.client.clone(), "kube-system");
        let patch = Patch::Merge(json!({"data": {key: value}}));
        let patched = maps
            .patch("sandbox-faults", &PatchParams::default(), &patch)
            .await;
        patched.unwrap();
    }

    /// Deletes Pilot.
    pub(crate) async fn delete_pilot(&self) {
        let pods: Api<Pod> =
            Api::namespaced(self.primary.client.clone(), TestCluster::ISTIO_NAMESPACE);
        let how = DeleteParams::default();
        pods.delete("pilot", &how).await.unwrap();
        wait_until("no pilot", || async {
            pods.get_opt("pilot").await.unwrap().is_none()
        })
        .await;
    }

    /// Creates the remote Secret of a cluster.
    pub(crate) async fn create_remote_secret(&self, name: &str, config: &str) {
        let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
        self.create_secret(name, &label, &[(name, config)]).await;
    }

    pub(crate) async fn create_secret(
        &self,
        name: &str,
        labels: &BTreeMap<String, String>,
        data: &[(&str, &str)],
    ) {
        let data: BTreeMap<_, _> = data.iter().copied().collect();
        let secret = object(json!({
            "metadata": {"name": name, "labels": labels}, "stringData": data,
        }));
        let created = self.secrets().create(&PostParams::default(), &secret).await;
        created.unwrap();
    }

    pub(crate) async fn replace_secret(&self, name: &str, config: &str) {
        let patch = json!({"stringData": {name: config}});
        let patched = self
            .secrets()
            .patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await;
        patched.unwrap();
    }

    pub(crate) async fn delete_secret(&self, name: &str) {
        let deleted = self.secrets().delete(name, &DeleteParams::default()).await;
        deleted.unwrap();
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.primary.client.clone(), TestCluster::ISTIO_NAMESPACE)
    }

    /// The addresses that Pilot registered for a key; `None` when it has no such key.
    pub(crate) async fn registered_hosts(&self, key: &str) -> Option<Vec<String>> {
        let all = self.debug("/v1/registration").await;
        let mut all = all.as_array().unwrap().iter();
        let found = all.find(|entry| entry["service-key"] == key)?;
        let hosts = found["hosts"].as_array().unwrap();
        Some(
            hosts
                .iter()
                .map(|host| host["ip_address"].as_str().unwrap().to_owned())
                .collect(),
        )
    }

    pub(crate) async fn wait_for_hosts(&self, key: &str, count: usize) {
        wait_until("the number of hosts", || async {
            self.registered_hosts(key)
                .await
                .is_some_and(|hosts| hosts.len() == count)
        })
        .await;
    }

    /// Asserts that the number of hosts is unchanged after another cluster has joined.
    pub(crate) async fn assert_stays(&self, key: &str, count: usize) {
        self.wait_for_hosts(key, count).await;
        self.create_remote_secret("probe", &self.remote.server.kubeconfig())
            .await;
        self.wait_for_hosts(key, count + 1).await;
        self.delete_secret("probe").await;
        self.wait_for_hosts(key, count).await;
    }

    /// The HTML of the product page.
    pub(crate) async fn page(&self) -> String {
        let (code, page) = self.get_from_page("/productpage").await;
        assert_eq!(code, 200);
        page
    }

    async fn get_from_page(&self, path: &str) -> (u16, String) {
        get_from_pod(
            &self.primary.client,
            SAMPLE_NAMESPACE,
            &self.page,
            9080,
            path,
        )
        .await
        .unwrap()
    }

    pub(crate) async fn wait_for_product_status(&self, code: u16) {
        wait_until("the status code of the product", || async {
            self.get_from_page("/api/v1/products/0").await.0 == code
        })
        .await;
    }
}
