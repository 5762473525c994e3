//! The default roles of a cluster.
//!
//! They are ordinary objects, so clients can list and change them. Start at [`objects`].

use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

const READ: [&str; 3] = ["get", "list", "watch"];
const WRITE: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

/// The roles and bindings of a new cluster, each with the plural of its kind.
pub(crate) fn objects() -> Vec<(&'static str, Value)> {
    let mut objects = vec![
        role(
            "cluster-admin",
            json!([
                {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                {"nonResourceURLs": ["*"], "verbs": ["*"]},
            ]),
        ),
        role("admin", admin()),
        role("edit", edit()),
        role("view", view()),
    ];
    objects.extend(for_everyone());
    for (name, groups) in [
        ("cluster-admin", &["system:masters"][..]),
        ("system:discovery", &["system:authenticated"]),
        ("system:basic-user", &["system:authenticated"]),
        (
            "system:public-info-viewer",
            &["system:authenticated", "system:unauthenticated"],
        ),
    ] {
        objects.push(binding(name, groups));
    }
    objects
}

/// The rules for workloads of a namespace.
fn workloads(verbs: &[&str]) -> Vec<Value> {
    let rule = |groups: &[&str], resources: &[&str]| json!({"apiGroups": groups, "resources": resources, "verbs": verbs});
    let core = [
        "configmaps",
        "endpoints",
        "events",
        "persistentvolumeclaims",
        "pods",
        "pods/log",
        "replicationcontrollers",
        "serviceaccounts",
        "services",
    ];
    vec![
        rule(&[""], &core),
        rule(&["apps"], &["*"]),
        rule(&["autoscaling", "batch", "policy"], &["*"]),
        rule(&["networking.k8s.io"], &["ingresses", "networkpolicies"]),
    ]
}

fn view() -> Value {
    let mut rules = workloads(&READ);
    rules.push(json!({"apiGroups": [""], "resources": ["namespaces"], "verbs": READ}));
    json!(rules)
}

fn edit() -> Value {
    let mut rules = workloads(&WRITE);
    let resources = ["secrets", "serviceaccounts/token"];
    rules.push(json!({"apiGroups": [""], "resources": resources, "verbs": WRITE}));
    json!(rules)
}

fn admin() -> Value {
    let mut rules = edit();
    if let Some(rules) = rules.as_array_mut() {
        let resources = ["roles", "rolebindings"];
        rules.push(json!({"apiGroups": [GROUP], "resources": resources, "verbs": WRITE}));
    }
    rules
}

/// The roles of every caller.
fn for_everyone() -> [(&'static str, Value); 3] {
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
    [
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
    ]
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
