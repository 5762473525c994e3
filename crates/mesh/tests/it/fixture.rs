//! Two sandbox clusters in one mesh: a control plane in east, and the joined remote west.
//!
//! Nothing runs: the clusters have the objects that istiod, its charts and a join create.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{
    AddressPolicy, Apply, AsConsole, AsUser, Cluster, Identity, Object, ObjectRef, Propagation,
    SystemResolver, WaitOptions, Watches, read_kubeconfig, wait_until_ready,
};
use jiff::Timestamp;
use mesh::{
    doctor,
    endpoint_sync::EndpointMonitor,
    facts::{Intent, IstioGeneration, MeshFacts, NetworkOverride, PlannedChanges},
    gather::{GatherRequest, GatherTarget, PlannedJoin, Timeouts},
    inspect::inspect,
    istio_releases::IstioReleases,
};
use sandbox::{ClusterConfig, HttpsServer, Network, Sandbox};
use serde_json::{Value, json};
use std::{net::TcpListener, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use wire::{
    ClusterName,
    check::{CheckCode, CheckView},
};

pub(crate) const SYSTEM: &str = "istio-system";
const READER: &str = "istio-reader-service-account";
const INTERNAL: &str = "networking.gke.io/load-balancer-type";

/// One cluster of the mesh.
pub(crate) struct TestCluster {
    pub(crate) cluster: Cluster,
    /// Its address, as others dial it.
    pub(crate) server: String,
    /// The certificate of its authority.
    pub(crate) ca_bundle: String,
    pub(crate) planned: PlannedChanges,
    /// The resources of the sandbox, which end with the value; a real cluster needs none.
    sandbox: Option<(Sandbox, HttpsServer)>,
}

/// Both.
pub(crate) struct TestMesh {
    pub(crate) east: TestCluster,
    pub(crate) west: TestCluster,
    pub(crate) generation: Option<IstioGeneration>,
    pub(crate) intent: Intent,
    pub(crate) joins: Vec<PlannedJoin>,
}

pub(crate) async fn test_cluster(
    name: &str,
    config: ClusterConfig,
    network: &Network,
) -> TestCluster {
    let sandbox = Sandbox::with_config(config).on_network(network);
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let side = test_cluster_of(name, &listening.kubeconfig());
    TestCluster {
        sandbox: Some((sandbox, listening)),
        ..side
    }
}

/// A cluster by a kubeconfig of its administrator.
pub(crate) fn test_cluster_of(name: &str, kubeconfig: &str) -> TestCluster {
    let policy = AddressPolicy::WithLoopback;
    let contexts = read_kubeconfig(kubeconfig, policy).unwrap();
    let credentials = contexts.into_iter().next().unwrap().outcome.unwrap();
    let name = ClusterName::new(name).unwrap();
    TestCluster {
        cluster: Cluster::connect(name, &credentials, policy).unwrap(),
        server: credentials.server,
        ca_bundle: credentials.ca_bundle,
        planned: PlannedChanges::default(),
        sandbox: None,
    }
}

impl TestMesh {
    /// Two clusters with nothing in them.
    pub(crate) async fn bare(east: ClusterConfig, west: ClusterConfig) -> Self {
        let network = Network::new();
        Self {
            east: test_cluster("east", east, &network).await,
            west: test_cluster("west", west, &network).await,
            generation: None,
            intent: Intent::Keep,
            joins: Vec::new(),
        }
    }

    /// Two sandboxes that are one mesh.
    pub(crate) async fn joined() -> Self {
        let mesh = Self::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
        mesh.join().await;
        mesh
    }

    /// Two real clusters that are one mesh.
    pub(crate) async fn real(east: &str, west: &str) -> Self {
        let mesh = Self {
            east: test_cluster_of("east", east),
            west: test_cluster_of("west", west),
            generation: None,
            intent: Intent::Keep,
            joins: Vec::new(),
        };
        mesh.join().await;
        mesh
    }

    pub(crate) async fn join(&self) {
        let root = &self.east.ca_bundle;
        self.east.furnish_primary(root).await;
        let address = self.east.balancer_of("istio-eastwestgateway").await;
        self.west.furnish_remote(root, &address).await;
        let token = self.west.token().await;
        let kubeconfig = kubeconfig(&self.west, &token);
        self.east.apply(remote_secret("west", &kubeconfig)).await;
    }

    /// The facts, gathered.
    pub(crate) async fn facts(&self) -> MeshFacts {
        // The doctor runs in the background, too.
        let [east, west] =
            [&self.east, &self.west].map(|side| AsConsole::new(side.cluster.clone()));
        let request = GatherRequest {
            members: vec![self.east.member(&east), self.west.member(&west)],
            joins: self.joins.clone(),
            generation: self.generation,
            intent: self.intent,
            policy: AddressPolicy::WithLoopback,
            timeouts: Timeouts::default(),
            now: Timestamp::now,
            releases: Arc::new(IstioReleases::built_in()),
            resolver: &SystemResolver,
        };
        inspect(&request, &EndpointMonitor::default(), &|_, _| {}).await
    }

    /// Every check over them.
    pub(crate) async fn examined(&self) -> Vec<CheckView> {
        doctor::examine(&self.facts().await).collect()
    }

    /// One check.
    pub(crate) async fn check(&self, code: CheckCode) -> CheckView {
        let all = self.examined().await;
        all.into_iter().find(|check| check.code == code).unwrap()
    }
}

/// A kubeconfig as a join writes it.
pub(crate) fn kubeconfig(of: &TestCluster, token: &str) -> String {
    let ca_bundle = STANDARD.encode(&of.ca_bundle);
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: west\n\
         clusters:\n- name: west\n  cluster:\n    server: {}\n    \
         certificate-authority-data: {ca_bundle}\n\
         users:\n- name: west\n  user:\n    token: {token}\n\
         contexts:\n- name: west\n  context: {{cluster: west, user: west}}\n",
        of.server
    )
}

/// The remote Secret, as both lines read it.
pub(crate) fn remote_secret(name: &str, kubeconfig: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {
            "name": format!("istio-remote-secret-{name}"), "namespace": SYSTEM,
            "labels": {"istio/multiCluster": "true"},
            "annotations": {"networking.istio.io/cluster": name},
        },
        "data": {name: STANDARD.encode(kubeconfig)},
    })
}

pub(crate) fn namespace(name: &str, labels: &Value, annotations: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
    })
}

pub(crate) fn service(namespace: &str, name: &str, port: u16, selector: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": selector, "ports": [{"name": "http", "port": port}]},
    })
}

/// A Deployment of one replica whose pods carry these labels.
pub(crate) fn deployment(namespace: &str, name: &str, labels: &Value, containers: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    })
}

/// An application with its proxy, as an injector leaves it.
pub(crate) fn injected(name: &str, cluster: &str) -> Value {
    let proxy = json!({
        "name": "istio-proxy", "image": "istio/proxyv2:1.30.5",
        "env": [
            {"name": "ISTIO_META_CLUSTER_ID", "value": cluster},
            {"name": "ISTIO_META_MESH_ID", "value": "mesh1"},
        ],
    });
    let app = json!({"name": "main", "image": format!("bookinfo/{name}:1")});
    deployment(
        "bookinfo",
        name,
        &json!({"app": name}),
        &json!([app, proxy]),
    )
}

fn root_map(namespace: &str, root: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "istio-ca-root-cert", "namespace": namespace,
                     "labels": {"istio.io/config": "true"}},
        "data": {"root-cert.pem": root},
    })
}

fn istiod() -> Value {
    let container = json!({
        "name": "discovery", "image": "istio/pilot:1.30.5",
        "env": [{"name": "CLUSTER_ID", "value": "east"},
                {"name": "EXTERNAL_ISTIOD", "value": "true"}],
    });
    let labels = json!({"app": "istiod", "istio": "pilot"});
    let mut istiod = deployment(SYSTEM, "istiod", &labels, &json!([container]));
    istiod["spec"]["template"]["spec"]["serviceAccountName"] = json!("istiod");
    istiod
}

/// The ServiceAccount of istiod and its role.
fn istiods_account() -> Vec<Value> {
    let all = sandbox_istio::istiod("east", "").into_iter();
    let kinds = [
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "Role",
        "RoleBinding",
    ];
    all.filter(|object| kinds.contains(&object["kind"].as_str().unwrap()))
        .collect()
}

impl TestCluster {
    /// An operator with the rights of the administrator.
    pub(crate) fn user(&self) -> AsUser {
        AsUser::new(self.cluster.clone())
    }

    fn member<'a>(&self, identity: &'a dyn Identity) -> GatherTarget<'a> {
        GatherTarget {
            role: None,
            network_override: NetworkOverride::default(),
            identity,
            server: self.server.clone(),
            response: None,
            planned: self.planned.clone(),
        }
    }

    /// Puts a listener in front of the console that accepts connections and never answers, as a stopped
    /// API server does. The sandbox continues to run.
    pub(crate) fn silence(&mut self) -> TcpListener {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("https://{}", listener.local_addr().unwrap());
        let token = self.sandbox().token_for("admin", &["system:masters"]);
        let text = kubeconfig(self, &token).replace(&self.server, &server);
        let name = self.cluster.name().to_string();
        self.cluster = test_cluster_of(&name, &text).cluster;
        listener
    }

    /// Ends the sandbox: its API server stops.
    pub(crate) fn end(&mut self) {
        self.sandbox = None;
    }

    /// Waits until the reader's stored token, which was deleted, is known no more; a real API server
    /// remembers for some seconds that it was good.
    pub(crate) async fn refuses(&self, token: &str) {
        let policy = AddressPolicy::WithLoopback;
        let text = kubeconfig(self, token);
        let contexts = read_kubeconfig(&text, policy).unwrap();
        let credentials = contexts.into_iter().next().unwrap().outcome.unwrap();
        let name = self.cluster.name().clone();
        let reader = Cluster::connect(name, &credentials, policy).unwrap();
        for _ in 0..300 {
            match reader.whoami().await {
                Err(error) if error.is_unauthorized() => return,
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("the deleted token is still known after 30 s");
    }

    /// The sandbox that it is.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox.as_ref().unwrap().0
    }

    pub(crate) async fn apply(&self, value: Value) -> Object {
        let object = Object::new(value).unwrap();
        match self.cluster.apply(&object, Apply::Persist).await {
            Ok(applied) => applied,
            Err(error) => panic!("{error}: {:?}", error.status()),
        }
    }

    /// Applies objects and waits until they are ready.
    pub(crate) async fn settle(&self, values: Vec<Value>) {
        let mut references = Vec::new();
        for value in values {
            references.push(self.apply(value).await.reference());
        }
        let stop = CancellationToken::new();
        let watches = Watches::new(AsConsole::new(self.cluster.clone()), stop.clone());
        let waiting = WaitOptions {
            timeout: Duration::from_secs(20),
            stop,
        };
        wait_until_ready(&watches, &references, &waiting, |_, _| {})
            .await
            .unwrap();
    }

    pub(crate) async fn delete(&self, api: &str, kind: &str, namespace: Option<&str>, name: &str) {
        let reference = reference(api, kind, namespace, name);
        let was = self.cluster.delete(&reference, Propagation::Background);
        assert!(was.await.unwrap(), "{reference} was there");
    }

    /// The address that a balancer gave to a Service of the control plane's namespace.
    pub(crate) async fn balancer_of(&self, name: &str) -> String {
        let service = reference("v1", "Service", Some(SYSTEM), name);
        let live = self.cluster.get(&service).await.unwrap().unwrap();
        live.text("/status/loadBalancer/ingress/0/ip").to_owned()
    }

    /// The reader's token, once it is filled.
    pub(crate) async fn token(&self) -> String {
        let secret = reference("v1", "Secret", Some(SYSTEM), "istio-reader-token");
        self.token_in(&secret).await
    }

    /// The token of a Secret, once it is filled.
    pub(crate) async fn token_in(&self, secret: &ObjectRef) -> String {
        for _ in 0..500 {
            let live = self.cluster.get(secret).await.unwrap().unwrap();
            let token = STANDARD.decode(live.text("/data/token")).unwrap();
            if !token.is_empty() {
                return String::from_utf8(token).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the token was not filled");
    }

    /// Applies an object as another field manager.
    pub(crate) async fn apply_as(&self, manager: &str, value: Value) {
        let object = Object::new(value).unwrap();
        let theirs = self.cluster.clone().with_field_manager(manager);
        if let Err(error) = theirs.apply(&object, Apply::Persist).await {
            panic!("{error}: {:?}", error.status());
        }
    }

    async fn furnish_primary(&self, root: &str) {
        let inject = json!({"istio-injection": "enabled"});
        self.apply(namespace(SYSTEM, &json!({}), &json!({}))).await;
        self.apply(namespace("bookinfo", &inject, &json!({}))).await;
        self.apply(root_map(SYSTEM, root)).await;
        self.apply(root_map("bookinfo", root)).await;
        self.apply(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "istio", "namespace": SYSTEM},
            "data": {"mesh": "trustDomain: cluster.local\ndefaultConfig:\n  meshId: mesh1\n"},
        }))
        .await;
        for object in istiods_account() {
            self.apply(object).await;
        }
        let gateway = json!({"istio": "eastwestgateway"});
        let mut balanced = service(SYSTEM, "istio-eastwestgateway", 15012, &gateway);
        balanced["spec"]["type"] = json!("LoadBalancer");
        balanced["metadata"]["annotations"] = json!({INTERNAL: "Internal"});
        let proxy = json!([{"name": "istio-proxy", "image": "istio/proxyv2:1.30.5", "env": [
            {"name": "ISTIO_META_CLUSTER_ID", "value": "east"},
            {"name": "ISTIO_META_MESH_ID", "value": "mesh1"}]}]);
        self.settle(vec![
            istiod(),
            service(SYSTEM, "istiod", 15012, &json!({"app": "istiod"})),
            balanced,
            deployment(SYSTEM, "istio-eastwestgateway", &gateway, &proxy),
            injected("productpage", "east"),
            service(
                "bookinfo",
                "productpage",
                9080,
                &json!({"app": "productpage"}),
            ),
            service("bookinfo", "details", 9080, &json!({"app": "details"})),
        ])
        .await;
    }

    async fn furnish_remote(&self, root: &str, address: &str) {
        let inject = json!({"istio-injection": "enabled"});
        let leads = json!({"topology.istio.io/controlPlaneClusters": "east"});
        self.apply(namespace(SYSTEM, &json!({}), &leads)).await;
        self.apply(namespace("bookinfo", &inject, &json!({}))).await;
        self.apply(root_map(SYSTEM, root)).await;
        self.apply(root_map("bookinfo", root)).await;
        for object in reader() {
            self.apply(object).await;
        }
        let mut open = service(SYSTEM, "istiod", 15012, &json!({}));
        open["spec"].as_object_mut().unwrap().remove("selector");
        self.apply(open).await;
        self.apply(slice(address)).await;
        self.settle(vec![
            injected("details", "west"),
            service("bookinfo", "details", 9080, &json!({"app": "details"})),
        ])
        .await;
        // Last: a real API server asks it about each pod from then on.
        self.apply(injector(root)).await;
    }
}

pub(crate) fn reference(api: &str, kind: &str, namespace: Option<&str>, name: &str) -> ObjectRef {
    ObjectRef {
        kind: kind.into(),
        api_version: api.into(),
        namespace: namespace.map(str::to_owned),
        name: name.into(),
    }
}

/// Where the remote's Service istiod leads.
pub(crate) fn slice(address: &str) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "istiod", "namespace": SYSTEM,
                     "labels": {"kubernetes.io/service-name": "istiod"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": true}}],
        "ports": [{"name": "tcp-istiod", "port": 15012, "protocol": "TCP"}],
    })
}

/// The remote's injection webhook, with this root in its bundle.
pub(crate) fn injector(root: &str) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "istio-sidecar-injector"},
        "webhooks": [{
            "name": "namespace.sidecar-injector.istio.io", "failurePolicy": "Fail",
            "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {
                "caBundle": STANDARD.encode(root),
                "service": {"namespace": SYSTEM, "name": "istiod", "path": "/inject"},
            },
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                       "resources": ["pods"]}],
        }],
    })
}

/// ServiceAccount, role, binding and token of the reader.
pub(crate) fn reader() -> Vec<Value> {
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
    let read = |group: &str, resources: &[&str]| rule(group, resources, &["get", "list", "watch"]);
    let role = "istio-reader-clusterrole-istio-system";
    let webhooks = "admissionregistration.k8s.io";
    let core = [
        "nodes",
        "pods",
        "services",
        "endpoints",
        "replicationcontrollers",
        "namespaces",
        "secrets",
        "configmaps",
    ];
    vec![
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
               "metadata": {"name": READER, "namespace": SYSTEM,
                            "labels": {"app.kubernetes.io/managed-by": "meshspan"}}}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
               "metadata": {"name": role}, "rules": [
                   read("", &core), read("apps", &["replicasets"]),
                   read("discovery.k8s.io", &["endpointslices"]),
                   read("apiextensions.k8s.io", &["customresourcedefinitions"]),
                   rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
                   rule("authorization.k8s.io", &["subjectaccessreviews"], &["create"]),
                   rule("", &["configmaps"], &["create", "update"]),
                   rule(webhooks, &["mutatingwebhookconfigurations"],
                        &["get", "list", "watch", "update", "patch"]),
                   rule(webhooks, &["validatingwebhookconfigurations"],
                        &["get", "list", "watch", "update"])]}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
               "metadata": {"name": role},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
               "subjects": [{"kind": "ServiceAccount", "name": READER, "namespace": SYSTEM}]}),
        token_secret("istio-reader-token"),
    ]
}

pub(crate) fn token_secret(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
           "metadata": {"name": name, "namespace": SYSTEM,
                        "annotations": {"kubernetes.io/service-account.name": READER}}})
}
