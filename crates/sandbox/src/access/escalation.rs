//! Escalation of permissions: a caller grants only permissions that it has.
//!
//! The verbs `escalate` and `bind` lift the restriction. Start at [`check`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{AccessReview, Identity, allows, rules};
use crate::api_status::ApiStatus;
use crate::kinds::Kind;
use crate::object;
use crate::object_map::ObjectMap;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Checks that a caller may write a role or a binding; `old` is the object before the change.
pub(crate) fn check(
    objects: &ObjectMap,
    identity: &Identity,
    kind: &Kind,
    old: Option<&Value>,
    new: &Value,
) -> Result<(), ApiStatus> {
    if kind.group != GROUP || identity.is_master() {
        return Ok(());
    }
    match kind.kind.as_str() {
        "Role" | "ClusterRole" => check_role(objects, identity, kind, old, new),
        _ => check_binding(objects, identity, kind, new),
    }
}

fn check_role(
    objects: &ObjectMap,
    identity: &Identity,
    kind: &Kind,
    old: Option<&Value>,
    new: &Value,
) -> Result<(), ApiStatus> {
    let is_unchanged = |member: &str| old.is_some_and(|old| old[member] == new[member]);
    if is_unchanged("rules") && is_unchanged("aggregationRule")
        || is_explicitly_allowed(objects, identity, "escalate", &kind.plural, new, "")
    {
        return Ok(());
    }
    if new["aggregationRule"].is_object() {
        let everything = json!([
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
            {"nonResourceURLs": ["*"], "verbs": ["*"]},
        ]);
        if !missing(objects, identity, "", everything.as_array()).is_empty() {
            let detail = "must have cluster-admin privileges to use the aggregationRule";
            return Err(ApiStatus::forbidden(kind, object::name(new), detail));
        }
    }
    let namespace = object::namespace(new);
    let missing = missing(objects, identity, namespace, new["rules"].as_array());
    reject(identity, kind, new, &missing)
}

fn check_binding(
    objects: &ObjectMap,
    identity: &Identity,
    kind: &Kind,
    new: &Value,
) -> Result<(), ApiStatus> {
    let namespace = object::namespace(new);
    let name = object::text(new, "/roleRef/name");
    let (plural, role_namespace) = match object::text(new, "/roleRef/kind") {
        "ClusterRole" => ("clusterroles", ""),
        _ => ("roles", namespace),
    };
    if is_explicitly_allowed(objects, identity, "bind", plural, new, name) {
        return Ok(());
    }
    let role = objects
        .get(&format!("{plural}.{GROUP}"), role_namespace, name)
        .ok_or_else(|| ApiStatus::not_found(kind, name))?;
    let missing = missing(objects, identity, namespace, role["rules"].as_array());
    reject(identity, kind, new, &missing)
}

/// Whether the caller has a verb that permits the write; `name` is that of the object by default.
fn is_explicitly_allowed(
    objects: &ObjectMap,
    identity: &Identity,
    verb: &str,
    plural: &str,
    new: &Value,
    name: &str,
) -> bool {
    let name = if name.is_empty() {
        object::name(new)
    } else {
        name
    };
    let review = AccessReview {
        verb,
        group: GROUP,
        resource: plural,
        namespace: object::namespace(new),
        name,
        ..AccessReview::default()
    };
    allows(objects, identity, &review)
}

fn reject(
    identity: &Identity,
    kind: &Kind,
    new: &Value,
    missing: &[Permission],
) -> Result<(), ApiStatus> {
    if missing.is_empty() {
        return Ok(());
    }
    let groups: Vec<String> = identity
        .groups
        .iter()
        .map(|group| json!(group).to_string())
        .collect();
    let detail = format!(
        "user {} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
        json!(identity.name),
        groups.join(" "),
        compact(missing).join("\n")
    );
    Err(ApiStatus::forbidden(kind, object::name(new), &detail))
}

/// The permission for one verb on one resource or path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Permission {
    target: Target,
    verb: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Resource {
        group: String,
        resource: String,
        name: Option<String>,
    },
    Path(String),
}

/// The permissions in rules that a caller does not have.
fn missing(
    objects: &ObjectMap,
    identity: &Identity,
    namespace: &str,
    granted: Option<&Vec<Value>>,
) -> Vec<Permission> {
    let held = rules(objects, identity, namespace);
    let granted = granted.into_iter().flatten().flat_map(permissions);
    granted
        .filter(|permission| !held.iter().any(|rule| covers(rule, permission)))
        .collect()
}

/// The single permissions of a rule.
fn permissions(rule: &Value) -> Vec<Permission> {
    let texts = |member: &str| -> Vec<String> {
        object::items(rule, &format!("/{member}"))
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let mut names: Vec<Option<String>> = texts("resourceNames").into_iter().map(Some).collect();
    if names.is_empty() {
        names.push(None);
    }
    let mut targets: Vec<Target> = texts("nonResourceURLs")
        .into_iter()
        .map(Target::Path)
        .collect();
    for group in texts("apiGroups") {
        for resource in texts("resources") {
            targets.extend(names.iter().map(|name| Target::Resource {
                group: group.clone(),
                resource: resource.clone(),
                name: name.clone(),
            }));
        }
    }
    let verbs = texts("verbs");
    let pairs = targets.into_iter().flat_map(|target| {
        verbs.iter().map(move |verb| Permission {
            target: target.clone(),
            verb: verb.clone(),
        })
    });
    pairs.collect()
}

/// Whether a rule contains a permission.
fn covers(rule: &Value, permission: &Permission) -> bool {
    let lists = |member: &str, expected: &str| {
        object::items(rule, &format!("/{member}")).any(|item| item == "*" || item == expected)
    };
    if !lists("verbs", &permission.verb) {
        return false;
    }
    match &permission.target {
        Target::Path(path) => object::items(rule, "/nonResourceURLs")
            .filter_map(Value::as_str)
            .any(|held| match held.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => held == path,
            }),
        Target::Resource {
            group,
            resource,
            name,
        } => {
            let of_any = resource
                .split_once('/')
                .is_some_and(|(_, subresource)| lists("resources", &format!("*/{subresource}")));
            let mut names = object::items(rule, "/resourceNames").peekable();
            let is_named = names.peek().is_none()
                || name
                    .as_ref()
                    .is_some_and(|name| names.any(|held| held == name.as_str()));
            lists("apiGroups", group) && (lists("resources", resource) || of_any) && is_named
        }
    }
}

/// The permissions as the API server lists them: one line for each target with its verbs.
fn compact(missing: &[Permission]) -> Vec<String> {
    let mut verbs: BTreeMap<&Target, Vec<String>> = BTreeMap::new();
    for permission in missing {
        let found = verbs.entry(&permission.target).or_default();
        let verb = json!(permission.verb).to_string();
        if !found.contains(&verb) {
            found.push(verb);
        }
    }
    let lines = verbs.iter().map(|(target, verbs)| {
        let target = match target {
            Target::Path(path) => format!("NonResourceURLs:[{}]", json!(path)),
            Target::Resource {
                group,
                resource,
                name,
            } => {
                let name = name.as_ref().map_or_else(String::new, |name| {
                    format!(", ResourceNames:[{}]", json!(name))
                });
                let (group, resource) = (json!(group), json!(resource));
                format!("APIGroups:[{group}], Resources:[{resource}]{name}")
            }
        };
        format!("{{{target}, Verbs:[{}]}}", verbs.join(" "))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}
