//! A control-plane cluster with Pilot and the product page, and a remote that could serve details.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret, Service, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::Client;
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams,
};
use sandbox::{Listening, Network, Sandbox, Shape};
use serde_json::{Value, json};

use crate::support::{ask, connect, object, pod, until};

/// One of the two clusters.
pub(crate) struct Side {
    pub(crate) client: Client,
    pub(crate) listening: Listening,
    _sandbox: Sandbox,
    account: &'static str,
}

/// Both clusters.
pub(crate) struct Two {
    pub(crate) primary: Side,
    pub(crate) remote: Side,
    pilot: String,
    page: String,
}

const SAMPLE: &str = "bookinfo";
const ROLE: &str = "reader";
const FRONT: &str = "docker.io/istio/examples-bookinfo-productpage-v1:1.8.0";
const ALL: [&str; 4] = ["services", "endpoints", "nodes", "pods"];
const TODAY: [&str; 5] = ["services", "endpointslices", "nodes", "pods", "namespaces"];

impl Two {
    /// Both on one network, the product page with a sidecar.
    pub(crate) async fn begin() -> Self {
        let network = Network::new();
        Self::of([&network, &network], true).await
    }

    /// Both on one network with today's control plane, which gives the product page its sidecar.
    pub(crate) async fn today() -> Self {
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
        primary.label(SAMPLE, "istio-injection", "enabled").await;
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
        remote.give_role(&ALL).await;
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

impl Side {
    pub(crate) const SYSTEM: &str = "istio-system";

    async fn begin(shape: Shape, network: &Network, account: &'static str) -> Self {
        let name = shape.name.clone();
        let sandbox = Sandbox::of(shape).on(network);
        let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
        let client = connect(&listening.kubeconfig(), &name).await;
        let this = Self {
            client,
            listening,
            _sandbox: sandbox,
            account,
        };
        for name in [Self::SYSTEM, SAMPLE] {
            let namespaces: Api<Namespace> = Api::all(this.client.clone());
            let namespace = object(json!({"metadata": {"name": name}}));
            namespaces
                .create(&PostParams::default(), &namespace)
                .await
                .unwrap();
        }
        this.identify().await;
        this
    }

    /// An account with a token, bound to a role that is not there yet.
    async fn identify(&self) {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), Self::SYSTEM);
        let account = object(json!({"metadata": {"name": self.account}}));
        accounts
            .create(&PostParams::default(), &account)
            .await
            .unwrap();
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), Self::SYSTEM);
        let secret = object(json!({
            "metadata": {"name": format!("{}-token", self.account), "annotations":
                {"kubernetes.io/service-account.name": self.account}},
            "type": "kubernetes.io/service-account-token",
        }));
        secrets
            .create(&PostParams::default(), &secret)
            .await
            .unwrap();
        let bindings: Api<ClusterRoleBinding> = Api::all(self.client.clone());
        let binding = object(json!({
            "metadata": {"name": ROLE},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLE},
            "subjects": [
                {"kind": "ServiceAccount", "name": self.account, "namespace": Self::SYSTEM},
            ],
        }));
        bindings
            .create(&PostParams::default(), &binding)
            .await
            .unwrap();
    }

    /// The role, with the right to read these.
    pub(crate) async fn give_role(&self, resources: &[&str]) {
        self.apply(json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": ROLE},
            "rules": [{
                "apiGroups": ["", "discovery.k8s.io"], "resources": resources,
                "verbs": ["get", "list", "watch"],
            }],
        }))
        .await;
    }

    /// Applies an object of any kind.
    async fn apply(&self, wanted: Value) {
        let wanted: DynamicObject = object(wanted);
        let types = wanted.types.clone().unwrap();
        let resource = ApiResource::from_gvk(&types.try_into().unwrap());
        let client = self.client.clone();
        let objects: Api<DynamicObject> = match wanted.metadata.namespace.as_deref() {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        let name = wanted.metadata.name.clone().unwrap();
        let how = PatchParams::apply("test").force();
        let applied = objects.patch(&name, &how, &Patch::Apply(&wanted)).await;
        applied.unwrap();
    }

    async fn label(&self, namespace: &str, key: &str, value: &str) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let patch = Patch::Merge(json!({"metadata": {"labels": {key: value}}}));
        let how = PatchParams::default();
        namespaces.patch(namespace, &how, &patch).await.unwrap();
    }

    /// Waits until new pods of the sample's namespace are let in.
    async fn until_injected(&self) {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), SAMPLE);
        let probe = object(json!({
            "metadata": {"name": "probe"},
            "spec": {"containers": [{"name": "main", "image": "probe"}]},
        }));
        let rehearsal = PostParams {
            dry_run: true,
            ..PostParams::default()
        };
        until("the injector", || async {
            pods.create(&rehearsal, &probe).await.is_ok()
        })
        .await;
    }

    pub(crate) async fn take_role(&self) {
        let roles: Api<ClusterRole> = Api::all(self.client.clone());
        roles.delete(ROLE, &DeleteParams::default()).await.unwrap();
    }

    /// The token of the account, once the cluster has made it.
    pub(crate) async fn token(&self) -> String {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), Self::SYSTEM);
        let name = format!("{}-token", self.account);
        let token = || async { secrets.get(&name).await.unwrap().data?.remove("token") };
        until("a token", || async { token().await.is_some() }).await;
        String::from_utf8(token().await.unwrap().0).unwrap()
    }

    pub(crate) fn authority(&self) -> String {
        STANDARD.encode(&self.listening.ca_pem)
    }

    /// A kubeconfig with the token of the account.
    pub(crate) async fn kubeconfig(&self) -> String {
        let token = self.token().await;
        let admin = &self.listening.admin_token;
        self.listening.kubeconfig().replace(admin, &token)
    }

    /// Runs a pod of these images and gives its name when it is ready.
    async fn run(&self, namespace: &str, app: &str, images: &[&str]) -> String {
        let containers: Vec<Value> = images
            .iter()
            .map(|image| {
                let is_proxy = image.contains("proxyv2");
                let name = if is_proxy { "istio-proxy" } else { "main" };
                json!({"name": name, "image": image})
            })
            .collect();
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let wanted = object(json!({
            "metadata": {"name": app, "labels": {"app": app}},
            "spec": {"serviceAccountName": self.account, "containers": containers},
        }));
        pods.create(&PostParams::default(), &wanted).await.unwrap();
        pod(&self.client, namespace, &format!("app={app}")).await
    }

    async fn service(&self, name: &str) {
        let services: Api<Service> = Api::namespaced(self.client.clone(), SAMPLE);
        let service = object(json!({
            "metadata": {"name": name},
            "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 9080}]},
        }));
        let _ = services.create(&PostParams::default(), &service).await;
    }

    pub(crate) async fn delete_service(&self, name: &str) {
        let services: Api<Service> = Api::namespaced(self.client.clone(), SAMPLE);
        services
            .delete(name, &DeleteParams::default())
            .await
            .unwrap();
    }

    pub(crate) async fn serve_details(&self) {
        self.service("details").await;
        let image = "docker.io/istio/examples-bookinfo-details-v1:1.8.0";
        self.run(SAMPLE, "details", &[image]).await;
    }

    /// The addresses of pods with these labels.
    pub(crate) async fn addresses(&self, labels: &str) -> Vec<String> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), SAMPLE);
        let all = pods
            .list(&ListParams::default().labels(labels))
            .await
            .unwrap();
        let addresses = all.items.into_iter().map(|pod| pod.status?.pod_ip);
        addresses.map(Option::unwrap).collect()
    }
}
