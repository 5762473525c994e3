//! One cluster of a mesh: its ServiceAccounts, permissions and pods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret, Service, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::Client;
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams,
};
use sandbox::{ClusterConfig, HttpsServer, Network, Sandbox};
use serde_json::{Value, json};

use crate::support::{connect, object, ready_pod_name, wait_until};

/// The namespace of the sample application.
pub(crate) const SAMPLE_NAMESPACE: &str = "bookinfo";

/// The resources that Pilot reads.
pub(crate) const PILOT_RESOURCES: [&str; 4] = ["services", "endpoints", "nodes", "pods"];

/// The resources that istiod reads.
pub(crate) const ISTIOD_RESOURCES: [&str; 5] =
    ["services", "endpointslices", "nodes", "pods", "namespaces"];

const ROLE: &str = "reader";

/// One of the two clusters.
pub(crate) struct TestCluster {
    pub(crate) client: Client,
    pub(crate) server: HttpsServer,
    _sandbox: Sandbox,
    account: &'static str,
}

impl TestCluster {
    pub(crate) const ISTIO_NAMESPACE: &str = "istio-system";

    pub(crate) async fn start(
        config: ClusterConfig,
        network: &Network,
        account: &'static str,
    ) -> Self {
        let name = config.name.clone();
        let sandbox = Sandbox::with_config(config).on_network(network);
        let server = sandbox.listen("127.0.0.1:0").await.unwrap();
        let client = connect(&server.kubeconfig(), &name).await;
        let cluster = Self {
            client,
            server,
            _sandbox: sandbox,
            account,
        };
        for name in [Self::ISTIO_NAMESPACE, SAMPLE_NAMESPACE] {
            let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
            let namespace = object(json!({"metadata": {"name": name}}));
            namespaces
                .create(&PostParams::default(), &namespace)
                .await
                .unwrap();
        }
        cluster.create_service_account().await;
        cluster
    }

    /// Creates a ServiceAccount with a token, bound to a role that does not exist yet.
    pub(crate) async fn create_service_account(&self) {
        let accounts: Api<ServiceAccount> =
            Api::namespaced(self.client.clone(), Self::ISTIO_NAMESPACE);
        let account = object(json!({"metadata": {"name": self.account}}));
        accounts
            .create(&PostParams::default(), &account)
            .await
            .unwrap();
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), Self::ISTIO_NAMESPACE);
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
                {"kind": "ServiceAccount", "name": self.account, "namespace": Self::ISTIO_NAMESPACE},
            ],
        }));
        bindings
            .create(&PostParams::default(), &binding)
            .await
            .unwrap();
    }

    /// Applies the role with read access to these resources.
    pub(crate) async fn apply_role(&self, resources: &[&str]) {
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

    /// Applies an object.
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

    /// Waits until new pods of the sample namespace are admitted.
    pub(crate) async fn wait_for_injector(&self) {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), SAMPLE_NAMESPACE);
        let probe = object(json!({
            "metadata": {"name": "probe"},
            "spec": {"containers": [{"name": "main", "image": "probe"}]},
        }));
        let dry_run = PostParams {
            dry_run: true,
            ..PostParams::default()
        };
        wait_until("the injector", || async {
            pods.create(&dry_run, &probe).await.is_ok()
        })
        .await;
    }

    pub(crate) async fn delete_role(&self) {
        let roles: Api<ClusterRole> = Api::all(self.client.clone());
        roles.delete(ROLE, &DeleteParams::default()).await.unwrap();
    }

    /// Waits for the token of the ServiceAccount.
    pub(crate) async fn token(&self) -> String {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), Self::ISTIO_NAMESPACE);
        let name = format!("{}-token", self.account);
        let token = || async { secrets.get(&name).await.unwrap().data?.remove("token") };
        wait_until("a token", || async { token().await.is_some() }).await;
        String::from_utf8(token().await.unwrap().0).unwrap()
    }

    pub(crate) fn ca_bundle(&self) -> String {
        STANDARD.encode(&self.server.ca_pem)
    }

    /// A kubeconfig with the token of the ServiceAccount.
    pub(crate) async fn kubeconfig(&self) -> String {
        let token = self.token().await;
        let admin = &self.server.admin_token;
        self.server.kubeconfig().replace(admin, &token)
    }

    /// Runs a pod with these images and returns its name once it is ready.
    pub(crate) async fn run(&self, namespace: &str, app: &str, images: &[&str]) -> String {
        let containers: Vec<Value> = images
            .iter()
            .map(|image| {
                let is_proxy = image.contains("proxyv2");
                let name = if is_proxy { "istio-proxy" } else { "main" };
                json!({"name": name, "image": image})
            })
            .collect();
        self.create_pod(namespace, app, app, &containers).await;
        ready_pod_name(&self.client, namespace, &format!("app={app}")).await
    }

    /// Creates a pod with these containers.
    async fn create_pod(&self, namespace: &str, name: &str, app: &str, containers: &[Value]) {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let account = if namespace == Self::ISTIO_NAMESPACE {
            self.account
        } else {
            "default"
        };
        let wanted = object(json!({
            "metadata": {"name": name, "labels": {"app": app}},
            "spec": {"serviceAccountName": account, "containers": containers},
        }));
        pods.create(&PostParams::default(), &wanted).await.unwrap();
    }

    /// Runs details with a sidecar that starts with this control plane.
    pub(crate) async fn run_details_with_sidecar(&self, name: &str, control_plane: &str) {
        self.create_service("details").await;
        let arguments = ["proxy", "sidecar", "--discoveryAddress", control_plane];
        let containers = [
            json!({"name": "main", "image": "docker.io/istio/examples-bookinfo-details-v1:1.8.0"}),
            json!({"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.0.0",
                   "args": arguments}),
        ];
        self.create_pod(SAMPLE_NAMESPACE, name, "details", &containers)
            .await;
    }

    pub(crate) async fn create_service(&self, name: &str) {
        let services: Api<Service> = Api::namespaced(self.client.clone(), SAMPLE_NAMESPACE);
        let service = object(json!({
            "metadata": {"name": name},
            "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 9080}]},
        }));
        let _ = services.create(&PostParams::default(), &service).await;
    }

    pub(crate) async fn delete_service(&self, name: &str) {
        let services: Api<Service> = Api::namespaced(self.client.clone(), SAMPLE_NAMESPACE);
        services
            .delete(name, &DeleteParams::default())
            .await
            .unwrap();
    }

    pub(crate) async fn run_details(&self) {
        self.create_service("details").await;
        let image = "docker.io/istio/examples-bookinfo-details-v1:1.8.0";
        self.run(SAMPLE_NAMESPACE, "details", &[image]).await;
    }

    /// The addresses of the pods with these labels in the sample namespace.
    pub(crate) async fn addresses(&self, labels: &str) -> Vec<String> {
        self.addresses_in(SAMPLE_NAMESPACE, labels).await
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
