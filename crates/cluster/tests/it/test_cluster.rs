//! The cluster of a test: sandbox or real API server, a namespace of its own, and ways to inject failures.

use cluster::{
    AddressPolicy, Apply, AsConsole, AsUser, Cluster, Credentials, Object, ObjectRef, WaitOptions,
    Watches, read_kubeconfig,
};
use lab::RealCluster;
use sandbox::{HttpsServer, Sandbox};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

/// The cluster of one test.
pub(crate) struct TestCluster {
    /// The client of the administrator.
    pub(crate) cluster: Cluster,
    /// An empty namespace of this test alone.
    pub(crate) namespace: String,
    backend: Backend,
}

enum Backend {
    InMemory(Sandbox),
    OverHttps(Sandbox, HttpsServer),
    Real(&'static RealCluster),
}

/// A number that is unique in this process.
fn unique_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The first context of a kubeconfig.
pub(crate) fn credentials(kubeconfig: &str) -> Credentials {
    let contexts = read_kubeconfig(kubeconfig, AddressPolicy::WithLoopback).unwrap();
    contexts.into_iter().next().unwrap().outcome.unwrap()
}

/// The complete client of the cluster of a kubeconfig.
pub(crate) fn connect(kubeconfig: &str) -> Cluster {
    let name = ClusterName::new("east").unwrap();
    Cluster::connect(name, &credentials(kubeconfig), AddressPolicy::WithLoopback).unwrap()
}

impl TestCluster {
    /// An operator with the rights of the administrator.
    pub(crate) fn user(&self) -> AsUser {
        AsUser::new(self.cluster.clone())
    }

    pub(crate) async fn in_memory() -> Self {
        let sandbox = Sandbox::new();
        let cluster = Cluster::from_service(sandbox.service());
        Self::from_sandbox(cluster, sandbox).await
    }

    pub(crate) async fn over_https() -> Self {
        let sandbox = Sandbox::new();
        let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
        let cluster = connect(&listening.kubeconfig());
        Self::with_backend(Backend::OverHttps(sandbox, listening), cluster).await
    }

    /// None, and a line with the reason, without real API servers.
    pub(crate) async fn real(test: &str) -> Option<Self> {
        match lab::shared().await {
            Ok(real) => {
                let cluster = connect(&real.kubeconfig());
                Some(Self::with_backend(Backend::Real(real), cluster).await)
            }
            Err(error) => {
                lab::skip(test, error);
                None
            }
        }
    }

    /// A sandbox that the test has started.
    pub(crate) async fn from_sandbox(cluster: Cluster, sandbox: Sandbox) -> Self {
        Self::with_backend(Backend::InMemory(sandbox), cluster).await
    }

    async fn with_backend(backend: Backend, cluster: Cluster) -> Self {
        let namespace = format!("test-{}", unique_number());
        let object = namespace_object(&namespace);
        cluster.apply(&object, Apply::Persist).await.unwrap();
        Self {
            cluster,
            namespace,
            backend,
        }
    }

    /// The sandbox, unless the cluster is real.
    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        match &self.backend {
            Backend::InMemory(sandbox) | Backend::OverHttps(sandbox, _) => Some(sandbox),
            Backend::Real(_) => None,
        }
    }

    /// A kubeconfig for other clients; the in-memory sandbox has none.
    pub(crate) fn kubeconfig(&self) -> Option<String> {
        match &self.backend {
            Backend::InMemory(_) => None,
            Backend::OverHttps(_, listening) => Some(listening.kubeconfig()),
            Backend::Real(real) => Some(real.kubeconfig()),
        }
    }

    /// A cluster-wide name of this test alone.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{name}-{}", self.namespace)
    }

    pub(crate) fn fail_image_pull(&self, part: &str) {
        match &self.backend {
            Backend::InMemory(sandbox) | Backend::OverHttps(sandbox, _) => {
                sandbox.fail_image_pull(part);
            }
            Backend::Real(real) => real.fail_image_pull(part),
        }
    }

    pub(crate) fn heal_image_pull(&self, part: &str) {
        match &self.backend {
            Backend::InMemory(sandbox) | Backend::OverHttps(sandbox, _) => {
                sandbox.restore_image_pull(part);
            }
            Backend::Real(real) => real.heal_image_pull(part),
        }
    }

    /// The same cluster with the credentials of a viewer.
    pub(crate) async fn as_viewer(&self) -> Cluster {
        if let Some(sandbox) = self.sandbox() {
            self.bind_viewers().await;
            let token = sandbox.token_for("viewer", &["viewers"]);
            return self.with_token(&token);
        }
        match &self.backend {
            Backend::Real(real) => connect(&real.token_kubeconfig("viewer")),
            Backend::InMemory(_) | Backend::OverHttps(..) => unreachable!("a sandbox"),
        }
    }

    /// The same cluster with an unknown token.
    pub(crate) fn as_unknown_user(&self) -> Cluster {
        match &self.backend {
            Backend::Real(real) => connect(&real.token_kubeconfig("stranger")),
            Backend::InMemory(_) | Backend::OverHttps(..) => self.with_token("unknown-token"),
        }
    }

    fn with_token(&self, token: &str) -> Cluster {
        match &self.backend {
            Backend::InMemory(sandbox) => Cluster::from_service(sandbox.service_with_token(token)),
            Backend::OverHttps(_, listening) => {
                let admin = &listening.admin_token;
                connect(&listening.kubeconfig().replace(admin.as_str(), token))
            }
            Backend::Real(_) => unreachable!("the real cluster has kubeconfigs for its users"),
        }
    }

    async fn bind_viewers(&self) {
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": "viewers"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "viewers"}],
        });
        self.apply(binding).await;
    }

    /// The watches of the cluster; they end when the value is dropped.
    pub(crate) fn watches(&self) -> Watches {
        Watches::new(
            AsConsole::new(self.cluster.clone()),
            CancellationToken::new(),
        )
    }

    pub(crate) async fn apply(&self, value: Value) -> Object {
        let object = Object::new(value).unwrap();
        match self.cluster.apply(&object, Apply::Persist).await {
            Ok(applied) => applied,
            Err(error) => panic!("{error}: {:?}", error.status()),
        }
    }

    /// A reference to an object in the namespace of this test.
    pub(crate) fn reference(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            kind: kind.into(),
            api_version: api_version.into(),
            namespace: Some(self.namespace.clone()),
            name: name.into(),
        }
    }

    pub(crate) fn config_map(&self, name: &str, key: &str, value: &str) -> Value {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": self.namespace, "labels": {"app": "web"}},
            "data": {key: value},
        })
    }

    pub(crate) fn deployment(&self, name: &str, image: &str) -> Value {
        deployment(&self.namespace, name, image)
    }

    /// A CRD of this test alone: its group and its manifest.
    pub(crate) fn crd(&self, kind: &str) -> (String, Value) {
        let group = format!("{}.example.test", self.namespace);
        let plural = format!("{}s", kind.to_lowercase());
        let value = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.{group}")},
            "spec": {
                "group": group, "scope": "Namespaced",
                "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase()},
                "versions": [{
                    "name": "v1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {
                        "type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                }],
            },
        });
        (group, value)
    }
}

/// A Namespace.
pub(crate) fn namespace_object(name: &str) -> Object {
    Object::new(json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
    }))
    .unwrap()
}

/// A Deployment with one container.
pub(crate) fn deployment(namespace: &str, name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": 1, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image}]},
            },
        },
    })
}

/// Wait options with a timeout in seconds, never cancelled.
pub(crate) fn within(seconds: u64) -> WaitOptions {
    WaitOptions {
        timeout: Duration::from_secs(seconds),
        stop: CancellationToken::new(),
    }
}
