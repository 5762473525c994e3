//! Where a test runs: one cluster, a namespace of its own in it, and ways to make things fail.

use cluster::{
    AddressPolicy, Apply, AsConsole, Cluster, Credentials, Object, ObjectRef, Waiting, Watches,
    read_kubeconfig,
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

/// One cluster as a test sees it.
pub(crate) struct World {
    /// Asked as its administrator.
    pub(crate) cluster: Cluster,
    /// There, empty, and of this test alone.
    pub(crate) namespace: String,
    kind: Kind,
}

enum Kind {
    InMemory(Sandbox),
    OverHttps(Sandbox, HttpsServer),
    Real(&'static RealCluster),
}

/// A number that no other test of this process has.
fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The first context of a kubeconfig.
pub(crate) fn credentials(kubeconfig: &str) -> Credentials {
    let contexts = read_kubeconfig(kubeconfig, AddressPolicy::WithLoopback).unwrap();
    contexts.into_iter().next().unwrap().outcome.unwrap()
}

/// The whole way to the cluster of a kubeconfig.
pub(crate) fn connect(kubeconfig: &str) -> Cluster {
    let name = ClusterName::new("east").unwrap();
    Cluster::connect(name, &credentials(kubeconfig), AddressPolicy::WithLoopback).unwrap()
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        let sandbox = Sandbox::new();
        let cluster = Cluster::over(sandbox.service());
        Self::over(cluster, sandbox).await
    }

    pub(crate) async fn over_https() -> Self {
        let sandbox = Sandbox::new();
        let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
        let cluster = connect(&listening.kubeconfig());
        Self::of(Kind::OverHttps(sandbox, listening), cluster).await
    }

    /// None, and a line that says why, where there are no real API servers.
    pub(crate) async fn real(test: &str) -> Option<Self> {
        match lab::shared().await {
            Ok(real) => {
                let cluster = connect(&real.kubeconfig());
                Some(Self::of(Kind::Real(real), cluster).await)
            }
            Err(error) => {
                lab::skip(test, error);
                None
            }
        }
    }

    /// A cluster that the test has started and will end itself.
    pub(crate) async fn over(cluster: Cluster, sandbox: Sandbox) -> Self {
        Self::of(Kind::InMemory(sandbox), cluster).await
    }

    async fn of(kind: Kind, cluster: Cluster) -> Self {
        let namespace = format!("test-{}", number());
        let made = namespace_object(&namespace);
        cluster.apply(&made, Apply::ForGood).await.unwrap();
        Self {
            cluster,
            namespace,
            kind,
        }
    }

    /// The sandbox behind it, when it is one.
    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        match &self.kind {
            Kind::InMemory(sandbox) | Kind::OverHttps(sandbox, _) => Some(sandbox),
            Kind::Real(_) => None,
        }
    }

    /// A kubeconfig for programs outside; the in-memory sandbox has none.
    pub(crate) fn kubeconfig(&self) -> Option<String> {
        match &self.kind {
            Kind::InMemory(_) => None,
            Kind::OverHttps(_, listening) => Some(listening.kubeconfig()),
            Kind::Real(real) => Some(real.kubeconfig()),
        }
    }

    /// A cluster-wide name of this test alone.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{name}-{}", self.namespace)
    }

    pub(crate) fn fail_image_pull(&self, part: &str) {
        match &self.kind {
            Kind::InMemory(sandbox) | Kind::OverHttps(sandbox, _) => sandbox.fail_image_pull(part),
            Kind::Real(real) => real.fail_image_pull(part),
        }
    }

    pub(crate) fn heal_image_pull(&self, part: &str) {
        match &self.kind {
            Kind::InMemory(sandbox) | Kind::OverHttps(sandbox, _) => {
                sandbox.restore_image_pull(part)
            }
            Kind::Real(real) => real.heal_image_pull(part),
        }
    }

    /// The same cluster, asked by somebody who may only look.
    pub(crate) async fn as_viewer(&self) -> Cluster {
        if let Some(sandbox) = self.sandbox() {
            self.bind_viewers().await;
            let token = sandbox.token_for("viewer", &["viewers"]);
            return self.with_token(&token);
        }
        match &self.kind {
            Kind::Real(real) => connect(&real.token_kubeconfig("viewer")),
            Kind::InMemory(_) | Kind::OverHttps(..) => unreachable!("a sandbox"),
        }
    }

    /// The same cluster, asked with a token that it does not know.
    pub(crate) fn as_stranger(&self) -> Cluster {
        match &self.kind {
            Kind::Real(real) => connect(&real.token_kubeconfig("stranger")),
            Kind::InMemory(_) | Kind::OverHttps(..) => self.with_token("nobody-knows-this"),
        }
    }

    fn with_token(&self, token: &str) -> Cluster {
        match &self.kind {
            Kind::InMemory(sandbox) => Cluster::over(sandbox.service_with_token(token)),
            Kind::OverHttps(_, listening) => {
                let admin = &listening.admin_token;
                connect(&listening.kubeconfig().replace(admin.as_str(), token))
            }
            Kind::Real(_) => unreachable!("the real cluster has kubeconfigs for its users"),
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

    /// Watches over the cluster; they end with the value.
    pub(crate) fn watches(&self) -> Watches {
        Watches::new(
            AsConsole::new(self.cluster.clone()),
            CancellationToken::new(),
        )
    }

    pub(crate) async fn apply(&self, value: Value) -> Object {
        let object = Object::new(value).unwrap();
        match self.cluster.apply(&object, Apply::ForGood).await {
            Ok(applied) => applied,
            Err(error) => panic!("{error}: {:?}", error.said()),
        }
    }

    /// Which object, in the namespace of this test.
    pub(crate) fn mine(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
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

    /// A definition of a kind of this test alone: group and kind.
    pub(crate) fn definition(&self, kind: &str) -> (String, Value) {
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

/// A namespace as an object.
pub(crate) fn namespace_object(name: &str) -> Object {
    Object::new(json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
    }))
    .unwrap()
}

/// A Deployment of one container.
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

/// A bound in seconds that nobody ends early.
pub(crate) fn within(seconds: u64) -> Waiting {
    Waiting {
        for_at_most: Duration::from_secs(seconds),
        stop: CancellationToken::new(),
    }
}
