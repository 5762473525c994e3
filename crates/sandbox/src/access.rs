//! Identities and their permissions.
//!
//! Every request evaluates the current roles and bindings of the cluster.
//! Start at [`allows`].

pub(crate) mod escalation;
pub(crate) mod impersonation;
pub(crate) mod roles;
pub(crate) mod tokens;

use serde_json::Value;

use crate::object;
use crate::object_map::ObjectMap;

/// The identity of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) groups: Vec<String>,
}

impl Identity {
    pub(crate) fn new(name: &str, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        groups.push("system:authenticated".to_owned());
        Self {
            name: name.to_owned(),
            uid: String::new(),
            groups,
        }
    }

    /// The administrator.
    pub(crate) fn admin() -> Self {
        Self::new("kubernetes-admin", &["system:masters"])
    }

    pub(crate) fn service_account(namespace: &str, name: &str, uid: &str) -> Self {
        let group = format!("system:serviceaccounts:{namespace}");
        let mut identity = Self::new(
            &format!("system:serviceaccount:{namespace}:{name}"),
            &["system:serviceaccounts", &group],
        );
        uid.clone_into(&mut identity.uid);
        identity
    }

    fn is_master(&self) -> bool {
        self.groups.iter().any(|group| group == "system:masters")
    }

    fn matches_subject(&self, subject: &Value, binding_namespace: &str) -> bool {
        let name = object::text(subject, "/name");
        match object::text(subject, "/kind") {
            "User" => name == self.name,
            "Group" => self.groups.iter().any(|group| group == name),
            "ServiceAccount" => {
                let subject_namespace = object::text(subject, "/namespace");
                let namespace = if subject_namespace.is_empty() {
                    binding_namespace
                } else {
                    subject_namespace
                };
                self.name == format!("system:serviceaccount:{namespace}:{name}")
            }
            _ => false,
        }
    }
}

/// The attributes of a request that is authorized.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessReview<'a> {
    pub(crate) verb: &'a str,
    pub(crate) group: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) subresource: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    /// A path such as `/version`, instead of a resource.
    pub(crate) path: &'a str,
}

/// Whether an identity has the permission for a request.
pub(crate) fn allows(
    objects: &ObjectMap,
    identity: &Identity,
    access_review: &AccessReview<'_>,
) -> bool {
    identity.is_master()
        || rules(objects, identity, access_review.namespace)
            .iter()
            .any(|rule| covers(rule, access_review))
}

/// All rules for an identity in a namespace and in the whole cluster.
pub(crate) fn rules(objects: &ObjectMap, identity: &Identity, namespace: &str) -> Vec<Value> {
    let cluster_bindings = objects.list("clusterrolebindings.rbac.authorization.k8s.io", None);
    let namespace_bindings = if namespace.is_empty() {
        Vec::new()
    } else {
        objects.list("rolebindings.rbac.authorization.k8s.io", Some(namespace))
    };
    cluster_bindings
        .iter()
        .chain(&namespace_bindings)
        .filter(|binding| {
            object::items(binding, "/subjects")
                .any(|subject| identity.matches_subject(subject, object::namespace(binding)))
        })
        .filter_map(|binding| role(objects, binding))
        .flat_map(|role| object::items(&role, "/rules").cloned().collect::<Vec<_>>())
        .collect()
}

fn role(objects: &ObjectMap, binding: &Value) -> Option<std::sync::Arc<Value>> {
    let name = object::text(binding, "/roleRef/name");
    match object::text(binding, "/roleRef/kind") {
        "ClusterRole" => objects.get("clusterroles.rbac.authorization.k8s.io", "", name),
        _ => objects.get(
            "roles.rbac.authorization.k8s.io",
            object::namespace(binding),
            name,
        ),
    }
}

fn covers(rule: &Value, access_review: &AccessReview<'_>) -> bool {
    let lists = |pointer: &str, expected: &str| {
        object::items(rule, pointer).any(|value| value == "*" || value == expected)
    };
    if !lists("/verbs", access_review.verb) {
        return false;
    }
    if !access_review.path.is_empty() {
        return object::items(rule, "/nonResourceURLs")
            .filter_map(Value::as_str)
            .any(|value| {
                value
                    .strip_suffix('*')
                    .map_or(value == access_review.path, |start| {
                        access_review.path.starts_with(start)
                    })
            });
    }
    let resource = if access_review.subresource.is_empty() {
        access_review.resource.to_owned()
    } else {
        format!("{}/{}", access_review.resource, access_review.subresource)
    };
    let of_any = format!("*/{}", access_review.subresource);
    let is_named = object::items(rule, "/resourceNames").next().is_none()
        || object::items(rule, "/resourceNames").any(|value| value == access_review.name);
    lists("/apiGroups", access_review.group)
        && (lists("/resources", &resource)
            || !access_review.subresource.is_empty() && lists("/resources", &of_any))
        && is_named
}
