//! The manifests of istiod, reduced to what a sandbox needs.
//!
//! Written for tests and demonstrations: its pod, its permissions and its webhooks.
//! Start at [`istiod`].

use serde_json::{Value, json};

const NAMESPACE: &str = "istio-system";

/// The manifests of istiod for a cluster with this cluster ID and network, in the order of
/// creation.
pub fn istiod(cluster: &str, network: &str) -> Vec<Value> {
    let mut manifests = vec![
        json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": NAMESPACE, "labels": {"topology.istio.io/network": network}},
        }),
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata("istiod")}),
    ];
    manifests.extend(permissions());
    manifests.push(json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("istio"),
        "data": {
            "mesh": "trustDomain: cluster.local\n",
            "meshNetworks": "networks: {}\n",
        },
    }));
    manifests.push(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata("istiod"),
        "spec": {
            "selector": {"app": "istiod", "istio": "pilot"},
            "ports": [
                {"name": "grpc-xds", "port": 15010},
                {"name": "https-dns", "port": 15012},
                {"name": "https-webhook", "port": 443, "targetPort": 15017},
                {"name": "http-monitoring", "port": 15014},
            ],
        },
    }));
    manifests.push(deployment(cluster, network));
    manifests.push(webhooks());
    manifests
}

fn metadata(name: &str) -> Value {
    json!({
        "name": name, "namespace": NAMESPACE,
        "labels": {"app": "istiod", "istio": "pilot", "istio.io/rev": "default"},
    })
}

/// Read access to the mesh in all namespaces, and write access to Secrets in its own.
fn permissions() -> [Value; 4] {
    let group = "rbac.authorization.k8s.io";
    let cluster_role = "istiod-clusterrole-istio-system";
    let read = ["get", "list", "watch"];
    let subject = json!({"kind": "ServiceAccount", "name": "istiod", "namespace": NAMESPACE});
    let reads = |api: &str, resources: &[&str]| json!({"apiGroups": [api], "resources": resources, "verbs": read});
    let core = [
        "pods",
        "nodes",
        "services",
        "namespaces",
        "endpoints",
        "configmaps",
    ];
    [
        json!({
            "apiVersion": format!("{group}/v1"), "kind": "ClusterRole",
            "metadata": {"name": cluster_role, "labels": {"app": "istiod"}},
            "rules": [
                reads("", &core),
                reads("discovery.k8s.io", &["endpointslices"]),
                reads("networking.istio.io", &["*"]),
                reads("apiextensions.k8s.io", &["customresourcedefinitions"]),
                {"apiGroups": ["admissionregistration.k8s.io"],
                 "resources": ["mutatingwebhookconfigurations"],
                 "verbs": ["get", "list", "watch", "update", "patch"]},
                {"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"],
                 "verbs": ["create"]},
            ],
        }),
        json!({
            "apiVersion": format!("{group}/v1"), "kind": "ClusterRoleBinding",
            "metadata": {"name": cluster_role, "labels": {"app": "istiod"}},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": cluster_role},
            "subjects": [subject],
        }),
        json!({
            "apiVersion": format!("{group}/v1"), "kind": "Role", "metadata": metadata("istiod"),
            "rules": [{
                "apiGroups": [""], "resources": ["secrets"],
                "verbs": ["create", "get", "watch", "list", "update", "delete"],
            }],
        }),
        json!({
            "apiVersion": format!("{group}/v1"), "kind": "RoleBinding",
            "metadata": metadata("istiod"),
            "roleRef": {"apiGroup": group, "kind": "Role", "name": "istiod"},
            "subjects": [subject],
        }),
    ]
}

fn deployment(cluster: &str, network: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata("istiod"),
        "spec": {
            "selector": {"matchLabels": {"app": "istiod", "istio": "pilot"}},
            "template": {
                "metadata": {
                    "labels": {"app": "istiod", "istio": "pilot", "istio.io/rev": "default",
                        "sidecar.istio.io/inject": "false"},
                },
                "spec": {
                    "serviceAccountName": "istiod",
                    "containers": [{
                        "name": "discovery", "image": "docker.io/istio/pilot:1.30.5",
                        "args": ["discovery"],
                        "env": [
                            {"name": "CLUSTER_ID", "value": cluster},
                            {"name": "ISTIO_NETWORK", "value": network},
                            {"name": "EXTERNAL_ISTIOD", "value": "true"},
                        ],
                        "ports": [
                            {"containerPort": 8080, "name": "http-debug"},
                            {"containerPort": 15010, "name": "grpc-xds"},
                            {"containerPort": 15012, "name": "tls-xds"},
                            {"containerPort": 15014, "name": "http-monitoring"},
                            {"containerPort": 15017, "name": "https-webhooks"},
                        ],
                        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
                    }],
                },
            },
        },
    })
}

/// A webhook for labelled namespaces, and one for labelled pods in other namespaces.
fn webhooks() -> Value {
    let absent = |key: &str| json!({"key": key, "operator": "DoesNotExist"});
    let webhook = |name: &str, namespaces: Value, pods: Value| {
        json!({
            "name": format!("{name}.sidecar-injector.istio.io"),
            "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail",
            "clientConfig": {"service": {
                "name": "istiod", "namespace": NAMESPACE, "path": "/inject", "port": 443,
            }},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                "resources": ["pods"]}],
            "namespaceSelector": {"matchExpressions": namespaces},
            "objectSelector": {"matchExpressions": pods},
        })
    };
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "istio-sidecar-injector", "labels": {"app": "sidecar-injector"}},
        "webhooks": [
            webhook(
                "namespace",
                json!([
                    {"key": "istio-injection", "operator": "In", "values": ["enabled"]},
                ]),
                json!([
                    {"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]},
                ]),
            ),
            webhook(
                "object",
                json!([absent("istio-injection"), absent("istio.io/rev")]),
                json!([
                    {"key": "sidecar.istio.io/inject", "operator": "In", "values": ["true"]},
                    absent("istio.io/rev"),
                ]),
            ),
        ],
    })
}
