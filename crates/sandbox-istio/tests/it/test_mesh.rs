//! A control-plane cluster with Pilot and the product page, and a remote that could serve details.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use sandbox::{Network, Shape};
use serde_json::{Value, json};

use crate::side::{LEGACY, SAMPLE, Side, TODAY};
use crate::support::{ask, object, pod, until};

/// Both clusters.
pub(crate) struct Two {
    pub(crate) primary: Side,
    pub(crate) remote: Side,
    pilot: String,
    page: String,
}

const FRONT: &str = "docker.io/istio/examples-bookinfo-productpage-v1:1.8.0";

impl Two {
    /// Both on one network, the product page with a sidecar.
    pub(crate) async fn begin() -> Self {
        let network = Network::new();
        Self::of([&network, &network], true).await
    }

    /// Both on one network with today's control plane, which gives the product page its sidecar.
    pub(crate) async fn today() -> Self {
        Self::injected("enabled").await
    }

    /// The same, with this as the label that asks for sidecars in the sample's namespace.
    pub(crate) async fn injected(asked: &str) -> Self {
        let network = Network::new();
        let (primary, remote) = Self::sides([&network, &network]).await;
        remote.give_role(&TODAY).await;
        remote
            .label(Side::SYSTEM, "topology.istio.io/network", "net-east")
            .await;
        for wanted in sandbox::istiod("west", "net-west") {
            primary.apply(wanted).await;
        }
        let pilot = pod(&primary.client, Side::SYSTEM, "app=istiod").await;
        primary.label(SAMPLE, "istio-injection", asked).await;
        primary.service("details").await;
        primary.until_injected().await;
        let page = primary.run(SAMPLE, "productpage", &[FRONT]).await;
        Self {
            primary,
            remote,
            pilot,
            page,
        }
    }

    pub(crate) async fn without_sidecars() -> Self {
        let network = Network::new();
        Self::of([&network, &network], false).await
    }

    /// Each on a network of its own.
    pub(crate) async fn apart() -> Self {
        Self::of([&Network::new(), &Network::new()], true).await
    }

    async fn of(networks: [&Network; 2], sidecar: bool) -> Self {
        let (primary, remote) = Self::sides(networks).await;
        primary
            .give_role(&["services", "endpoints", "nodes", "pods", "secrets"])
            .await;
        remote.give_role(&LEGACY).await;
        primary.service("details").await;
        let pilot = primary
            .run(Side::SYSTEM, "pilot", &["docker.io/istio/pilot:1.0.0"])
            .await;
        let images = [FRONT, "docker.io/istio/proxyv2:1.0.0"];
        let images = if sidecar { &images[..] } else { &images[..1] };
        let page = primary.run(SAMPLE, "productpage", images).await;
        Self {
            primary,
            remote,
            pilot,
            page,
        }
    }

    async fn sides(networks: [&Network; 2]) -> (Side, Side) {
        tokio::join!(
            Side::begin(Shape::control_plane(), networks[0], "pilot"),
            Side::begin(Shape::remote(), networks[1], "istio-multi"),
        )
    }

    /// What the control plane answers on a path of its debug port.
    pub(crate) async fn debug(&self, path: &str) -> Value {
        let client = &self.primary.client;
        let (code, said) = ask(client, Side::SYSTEM, &self.pilot, 8080, path)
            .await
            .unwrap();
        assert_eq!(code, 200, "{path}");
        serde_json::from_str(&said).unwrap()
    }

    /// Takes the legacy line's control plane away.
    pub(crate) async fn stop_pilot(&self) {
        let pods: Api<Pod> = Api::namespaced(self.primary.client.clone(), Side::SYSTEM);
        let how = DeleteParams::default();
        pods.delete("pilot", &how).await.unwrap();
        until("no pilot", || async {
            pods.get_opt("pilot").await.unwrap().is_none()
        })
        .await;
    }

    /// Stores a kubeconfig under a cluster's name, as pilot looks for it.
    pub(crate) async fn join(&self, name: &str, config: &str) {
        let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
        self.put_secret(name, &label, &[(name, config)]).await;
    }

    pub(crate) async fn put_secret(
        &self,
        name: &str,
        labels: &BTreeMap<String, String>,
        data: &[(&str, &str)],
    ) {
        let data: BTreeMap<_, _> = data.iter().copied().collect();
        let secret = object(json!({
            "metadata": {"name": name, "labels": labels}, "stringData": data,
        }));
        let made = self.secrets().create(&PostParams::default(), &secret).await;
        made.unwrap();
    }

    pub(crate) async fn replace_secret(&self, name: &str, config: &str) {
        let patch = json!({"stringData": {name: config}});
        let patched = self
            .secrets()
            .patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await;
        patched.unwrap();
    }

    pub(crate) async fn leave(&self, name: &str) {
        let gone = self.secrets().delete(name, &DeleteParams::default()).await;
        gone.unwrap();
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.primary.client.clone(), Side::SYSTEM)
    }

    /// The addresses that are registered under a key, if the key is.
    pub(crate) async fn hosts(&self, key: &str) -> Option<Vec<String>> {
        let all = self.debug("/v1/registration").await;
        let mut all = all.as_array().unwrap().iter();
        let found = all.find(|one| one["service-key"] == key)?;
        let hosts = found["hosts"].as_array().unwrap();
        Some(
            hosts
                .iter()
                .map(|host| host["ip_address"].as_str().unwrap().to_owned())
                .collect(),
        )
    }

    pub(crate) async fn until_hosts(&self, key: &str, count: usize) {
        until("so many hosts", || async {
            self.hosts(key)
                .await
                .is_some_and(|hosts| hosts.len() == count)
        })
        .await;
    }

    /// Holds still when a cluster that joined later, with an administrator's token, has shown.
    pub(crate) async fn stays(&self, key: &str, count: usize) {
        self.until_hosts(key, count).await;
        self.join("probe", &self.remote.listening.kubeconfig())
            .await;
        self.until_hosts(key, count + 1).await;
        self.leave("probe").await;
        self.until_hosts(key, count).await;
    }

    /// The product page, as a browser would get it.
    pub(crate) async fn page(&self) -> String {
        let (code, page) = self.front("/productpage").await;
        assert_eq!(code, 200);
        page
    }

    async fn front(&self, path: &str) -> (u16, String) {
        ask(&self.primary.client, SAMPLE, &self.page, 9080, path)
            .await
            .unwrap()
    }

    pub(crate) async fn until_products(&self, code: u16) {
        until("the code of the product", || async {
            self.front("/api/v1/products/0").await.0 == code
        })
        .await;
    }
}
