//! Discovery: the groups, versions and resources that the server serves.
//!
//! The plain format has one document per group; the aggregated format has one for all. Start at
//! [`handle`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::kinds::{Kind, Kinds, group_version};

/// The content type of the aggregated format.
pub(crate) const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The discovery document at a path, and whether it has the aggregated format.
pub(crate) fn handle(kinds: &Kinds, path: &str, accept: &str) -> Option<(Value, bool)> {
    let aggregated = accept.contains("as=APIGroupDiscoveryList") && accept.contains("v=v2;");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let groups = groups(kinds);
    let plain = match parts.as_slice() {
        ["api" | "apis"] if aggregated => {
            let core = parts == ["api"];
            let items: Vec<Value> = groups
                .iter()
                .filter(|(group, _)| group.is_empty() == core)
                .map(|(group, kinds)| aggregated_group(group, kinds))
                .collect();
            let list = json!({
                "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
                "metadata": {}, "items": items,
            });
            return Some((list, true));
        }
        ["api"] => json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "sandbox"}],
        }),
        ["apis"] => {
            let named = groups.iter().filter(|(group, _)| !group.is_empty());
            let list: Vec<Value> = named
                .map(|(group, kinds)| plain_group(group, kinds))
                .collect();
            json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": list})
        }
        ["apis", group] => {
            let mut found = plain_group(group, groups.get(*group)?);
            found["kind"] = json!("APIGroup");
            found["apiVersion"] = json!("v1");
            found
        }
        ["api", version] => resources("", version, groups.get("")?)?,
        ["apis", group, version] => resources(group, version, groups.get(*group)?)?,
        _ => return None,
    };
    Some((plain, false))
}

fn groups(kinds: &Kinds) -> BTreeMap<String, Vec<Arc<Kind>>> {
    let mut groups: BTreeMap<String, Vec<Arc<Kind>>> = BTreeMap::new();
    for kind in kinds.all() {
        groups
            .entry(kind.group.clone())
            .or_default()
            .push(kind.clone());
    }
    groups
}

/// The versions of a group, the preferred one first.
fn versions(kinds: &[Arc<Kind>]) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for version in kinds.iter().flat_map(|kind| &kind.versions) {
        if !versions.contains(version) {
            versions.push(version.clone());
        }
    }
    versions
}

fn plain_group(group: &str, kinds: &[Arc<Kind>]) -> Value {
    let versions: Vec<Value> = versions(kinds)
        .iter()
        .map(|version| json!({"groupVersion": group_version(group, version), "version": version}))
        .collect();
    json!({"name": group, "versions": versions, "preferredVersion": versions.first()})
}

fn served<'a>(kinds: &'a [Arc<Kind>], version: &'a str) -> impl Iterator<Item = &'a Arc<Kind>> {
    kinds.iter().filter(move |kind| {
        kind.versions
            .iter()
            .any(|served_version| served_version == version)
    })
}

fn resources(group: &str, version: &str, kinds: &[Arc<Kind>]) -> Option<Value> {
    let mut list = Vec::new();
    for kind in served(kinds, version) {
        let mut resource = json!({
            "name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced,
            "kind": kind.kind, "verbs": kind.verbs(),
        });
        if !kind.short.is_empty() {
            resource["shortNames"] = json!(kind.short);
        }
        if !kind.categories.is_empty() {
            resource["categories"] = json!(kind.categories);
        }
        list.push(resource);
        for (name, response_kind, verbs) in subresources(kind, version) {
            let mut resource = json!({
                "name": format!("{}/{name}", kind.plural), "singularName": "",
                "namespaced": kind.namespaced, "kind": response_kind.kind, "verbs": verbs,
            });
            if (response_kind.group.as_str(), response_kind.version.as_str()) != (group, version) {
                resource["group"] = json!(response_kind.group);
                resource["version"] = json!(response_kind.version);
            }
            list.push(resource);
        }
    }
    (!list.is_empty()).then(|| {
        json!({
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": group_version(group, version), "resources": list,
        })
    })
}

fn aggregated_group(group: &str, kinds: &[Arc<Kind>]) -> Value {
    let versions: Vec<Value> = versions(kinds)
        .iter()
        .map(|version| {
            let resources: Vec<Value> = served(kinds, version)
                .map(|kind| aggregated_kind(kind, version))
                .collect();
            json!({"version": version, "resources": resources, "freshness": "Current"})
        })
        .collect();
    json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": versions})
}

fn aggregated_kind(kind: &Kind, version: &str) -> Value {
    let mut resource = json!({
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": version, "kind": kind.kind},
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular, "verbs": kind.verbs(),
    });
    if !kind.short.is_empty() {
        resource["shortNames"] = json!(kind.short);
    }
    if !kind.categories.is_empty() {
        resource["categories"] = json!(kind.categories);
    }
    let below: Vec<Value> = subresources(kind, version)
        .into_iter()
        .map(|(name, response_kind, verbs)| {
            json!({
                "subresource": name, "verbs": verbs,
                "responseKind":
                    {"group": response_kind.group, "version": response_kind.version, "kind": response_kind.kind},
            })
        })
        .collect();
    if !below.is_empty() {
        resource["subresources"] = json!(below);
    }
    resource
}

/// The kind of a subresource.
struct ResponseKind {
    group: String,
    version: String,
    kind: String,
}

fn subresources(
    kind: &Kind,
    version: &str,
) -> Vec<(&'static str, ResponseKind, &'static [&'static str])> {
    let same = || ResponseKind {
        group: kind.group.clone(),
        version: version.to_owned(),
        kind: kind.kind.clone(),
    };
    let other = |group: &str, version: &str, kind: &str| ResponseKind {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
    };
    let change: &[&str] = &["get", "patch", "update"];
    let all = [
        ("status", same(), change),
        ("scale", other("autoscaling", "v1", "Scale"), change),
        ("log", same(), &["get"]),
        ("finalize", same(), &["update"]),
        ("eviction", other("policy", "v1", "Eviction"), &["create"]),
        ("binding", other("", "v1", "Binding"), &["create"]),
        (
            "portforward",
            other("", "v1", "PodPortForwardOptions"),
            &["create", "get"],
        ),
        (
            "token",
            other("authentication.k8s.io", "v1", "TokenRequest"),
            &["create"],
        ),
    ];
    all.into_iter()
        .filter(|(name, ..)| kind.has(name))
        .collect()
}
