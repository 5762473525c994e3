//! One cluster of a mesh: its accounts and rights, and what runs in it.

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

use crate::support::{connect, object, pod, until};

/// The namespace of the sample.
pub(crate) const SAMPLE: &str = "bookinfo";

/// What the legacy line reads of a remote.
pub(crate) const LEGACY: [&str; 4] = ["services", "endpoints", "nodes", "pods"];

/// What today's line reads.
pub(crate) const TODAY: [&str; 5] = ["services", "endpointslices", "nodes", "pods", "namespaces"];

const ROLE: &str = "reader";

/// One of the two clusters.
pub(crate) struct Side {
    pub(crate) client: Client,
    pub(crate) listening: Listening,
    _sandbox: Sandbox,
    account: &'static str,
}

impl Side {
    pub(crate) const SYSTEM: &str = "istio-system";

    pub(crate) async fn begin(shape: Shape, network: &Network, account: &'static str) -> Self {
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
    pub(crate) async fn identify(&self) {
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
    pub(crate) async fn apply(&self, wanted: Value) {
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

    pub(crate) async fn label(&self, namespace: &str, key: &str, value: &str) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let patch = Patch::Merge(json!({"metadata": {"labels": {key: value}}}));
        let how = PatchParams::default();
        namespaces.patch(namespace, &how, &patch).await.unwrap();
    }

    /// Waits until new pods of the sample's namespace are let in.
    pub(crate) async fn until_injected(&self) {
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
    pub(crate) async fn run(&self, namespace: &str, app: &str, images: &[&str]) -> String {
        let containers: Vec<Value> = images
            .iter()
            .map(|image| {
                let is_proxy = image.contains("proxyv2");
                let name = if is_proxy { "istio-proxy" } else { "main" };
                json!({"name": name, "image": image})
            })
            .collect();
        self.run_all(namespace, app, app, &containers).await;
        pod(&self.client, namespace, &format!("app={app}")).await
    }

    /// Begins a pod of these containers.
    async fn run_all(&self, namespace: &str, name: &str, app: &str, containers: &[Value]) {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let wanted = object(json!({
            "metadata": {"name": name, "labels": {"app": app}},
            "spec": {"serviceAccountName": self.account, "containers": containers},
        }));
        pods.create(&PostParams::default(), &wanted).await.unwrap();
    }

    /// Serves details behind a sidecar that begins with this control plane.
    pub(crate) async fn serve_details_from(&self, name: &str, control_plane: &str) {
        self.service("details").await;
        let arguments = ["proxy", "sidecar", "--discoveryAddress", control_plane];
        let containers = [
            json!({"name": "main", "image": "docker.io/istio/examples-bookinfo-details-v1:1.8.0"}),
            json!({"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.0.0",
                   "args": arguments}),
        ];
        self.run_all(SAMPLE, name, "details", &containers).await;
    }

    pub(crate) async fn service(&self, name: &str) {
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

    /// The addresses of the sample's pods with these labels.
    pub(crate) async fn addresses(&self, labels: &str) -> Vec<String> {
        self.addresses_in(SAMPLE, labels).await
    }

    pub(crate) async fn addresses_in(&self, namespace: &str, labels: &str) -> Vec<String> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let all = pods
            .list(&ListParams::default().labels(labels))
            .await
            .unwrap();
        let addresses = all.items.into_iter().map(|pod| pod.status?.pod_ip);
        addresses.map(Option::unwrap).collect()
    }
}
