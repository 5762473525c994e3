//! CoreDNS, the DNS of a cluster.

use super::images;
use crate::{ClusterConfig, Error, access::Access};
use k8s_openapi::api::apps::v1::Deployment;
use kube::{
    Api, Client,
    api::{DynamicObject, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};

const NAMESPACE: &str = "kube-system";
const NAME: &str = "coredns";

/// Answers for the cluster only; a short cache, so that a new Service resolves within seconds.
const COREFILE: &str = ".:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa
    cache 2
    loadbalance
}
";

/// Installs CoreDNS.
pub(super) async fn install(
    access: &Access,
    client: &Client,
    config: &ClusterConfig,
) -> Result<(), Error> {
    for object in objects(config) {
        let refused = |error| access.refused("install its DNS", error);
        let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
        let (group, version) = match text("apiVersion").split_once('/') {
            Some((group, version)) => (group.to_owned(), version.to_owned()),
            None => (String::new(), text("apiVersion")),
        };
        let kind = GroupVersionKind::gvk(&group, &version, &text("kind"));
        let resource = ApiResource::from_gvk(&kind);
        let api: Api<DynamicObject> = match object["metadata"]["namespace"].as_str() {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
            None => Api::all_with(client.clone(), &resource),
        };
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let parameters = PatchParams::apply("lab");
        let applied = api.patch(name, &parameters, &Patch::Apply(&object)).await;
        applied.map_err(refused)?;
    }
    Ok(())
}

/// Whether a pod of CoreDNS answers.
pub(super) async fn is_ready(client: &Client) -> bool {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let status = deployments.get(NAME).await.ok().and_then(|d| d.status);
    status.and_then(|status| status.available_replicas) >= Some(1)
}

fn objects(config: &ClusterConfig) -> [Value; 6] {
    let name = json!({"name": NAME, "namespace": NAMESPACE});
    let [role, binding] = access_objects();
    [
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": name}),
        role,
        binding,
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": name, "data": {"Corefile": COREFILE}}),
        deployment(&name),
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": NAMESPACE, "labels": {"k8s-app": "kube-dns"}},
            "spec": {
                "clusterIP": config.dns_service().to_string(),
                "selector": {"k8s-app": "kube-dns"},
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP"},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
                ],
            },
        }),
    ]
}

fn access_objects() -> [Value; 2] {
    let api = "rbac.authorization.k8s.io";
    let version = format!("{api}/v1");
    let verbs = ["list", "watch"];
    let role = "system:coredns";
    [
        json!({
            "apiVersion": version, "kind": "ClusterRole", "metadata": {"name": role},
            "rules": [
                {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": verbs},
                {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": verbs},
            ],
        }),
        json!({
            "apiVersion": version, "kind": "ClusterRoleBinding", "metadata": {"name": role},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
        }),
    ]
}

fn deployment(name: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": name,
        "spec": {
            "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
            "template": {
                "metadata": {"labels": {"k8s-app": "kube-dns"}},
                "spec": {
                    "serviceAccountName": NAME,
                    "dnsPolicy": "Default",
                    "containers": [{
                        "name": NAME,
                        "image": images::COREDNS,
                        "imagePullPolicy": "IfNotPresent",
                        "args": ["-conf", "/etc/coredns/Corefile"],
                        "readinessProbe": {
                            "httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1,
                        },
                        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns"}],
                    }],
                    "volumes": [{"name": "config", "configMap": {"name": NAME}}],
                },
            },
        },
    })
}
