//! The roles every cluster starts with.
//!
//! They are ordinary objects, so they can be listed and changed. Start at [`objects`].

use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The roles and bindings of a new cluster, each with the plural of its kind.
pub(crate) fn objects() -> Vec<(&'static str, Value)> {
    let read = ["get", "list", "watch"];
    let write = [
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    ];
    let all = |verbs: &[&str]| {
        json!([
            {"apiGroups": [""], "verbs": verbs, "resources": [
                "configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log",
                "replicationcontrollers", "serviceaccounts", "services",
            ]},
            {"apiGroups": ["apps"], "resources": ["*"], "verbs": verbs},
            {"apiGroups": ["autoscaling", "batch", "policy"], "resources": ["*"], "verbs": verbs},
            {"apiGroups": ["networking.k8s.io"], "verbs": verbs,
             "resources": ["ingresses", "networkpolicies"]},
        ])
    };
    let with = |mut rules: Value, more: Value| {
        if let (Some(rules), Value::Array(more)) = (rules.as_array_mut(), more) {
            rules.extend(more);
        }
        rules
    };
    let edit = with(
        all(&write),
        json!([{"apiGroups": [""], "resources": ["secrets", "serviceaccounts/token"], "verbs": write}]),
    );
    let admin = with(
        edit.clone(),
        json!([{"apiGroups": [GROUP], "resources": ["roles", "rolebindings"], "verbs": write}]),
    );
    let paths = json!([
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
    ]);
    let mut made = vec![
        role(
            "cluster-admin",
            json!([
                {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                {"nonResourceURLs": ["*"], "verbs": ["*"]},
            ]),
        ),
        role("admin", admin),
        role("edit", edit),
        role(
            "view",
            with(
                all(&read),
                json!([
                    {"apiGroups": [""], "resources": ["namespaces"], "verbs": read},
                ]),
            ),
        ),
        role(
            "system:discovery",
            json!([{"nonResourceURLs": paths, "verbs": ["get"]}]),
        ),
        role(
            "system:public-info-viewer",
            json!([{
                "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"],
                "verbs": ["get"],
            }]),
        ),
        role(
            "system:basic-user",
            json!([
                {"apiGroups": ["authorization.k8s.io"], "verbs": ["create"],
                 "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]},
                {"apiGroups": ["authentication.k8s.io"], "verbs": ["create"],
                 "resources": ["selfsubjectreviews"]},
            ]),
        ),
    ];
    for (name, groups) in [
        ("cluster-admin", &["system:masters"][..]),
        ("system:discovery", &["system:authenticated"]),
        ("system:basic-user", &["system:authenticated"]),
        (
            "system:public-info-viewer",
            &["system:authenticated", "system:unauthenticated"],
        ),
    ] {
        made.push(binding(name, groups));
    }
    made
}

fn meta(name: &str) -> Value {
    json!({
        "name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
        "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"},
    })
}

fn role(name: &str, rules: Value) -> (&'static str, Value) {
    let object = json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "ClusterRole", "metadata": meta(name),
        "rules": rules,
    });
    ("clusterroles.rbac.authorization.k8s.io", object)
}

fn binding(name: &str, groups: &[&str]) -> (&'static str, Value) {
    let subjects: Vec<Value> = groups
        .iter()
        .map(|group| json!({"apiGroup": GROUP, "kind": "Group", "name": group}))
        .collect();
    let object = json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "ClusterRoleBinding", "metadata": meta(name),
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": name}, "subjects": subjects,
    });
    ("clusterrolebindings.rbac.authorization.k8s.io", object)
}
