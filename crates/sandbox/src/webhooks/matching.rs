//! Which requests a webhook selects: by its rules and by labels.
//!
//! Start at [`selects`].

use serde_json::Value;

use super::Review;
use crate::cluster::State;
use crate::object;
use crate::selector::selector_matches;

/// Whether a webhook selects a request for an object.
pub(super) fn selects(state: &State, webhook: &Value, review: &Review<'_>, object: &Value) -> bool {
    let labels_match = |object: &Value| {
        selector_matches(&webhook["objectSelector"], &object["metadata"]["labels"])
    };
    object::items(webhook, "/rules").any(|rule| rule_matches(rule, review, object))
        && selects_namespace(state, webhook, review, object)
        && (labels_match(object) || review.old.is_some_and(labels_match))
}

fn rule_matches(rule: &Value, review: &Review<'_>, object: &Value) -> bool {
    let lists = |member: &str, expected: &str| {
        object::items(rule, &format!("/{member}")).any(|item| item == "*" || item == expected)
    };
    let version = object::text(object, "/apiVersion").rsplit('/').next();
    let scope = if review.kind.namespaced {
        "Namespaced"
    } else {
        "Cluster"
    };
    let rule_scope = object::text(rule, "/scope");
    lists("operations", review.operation)
        && lists("apiGroups", &review.kind.group)
        && lists("apiVersions", version.unwrap_or_default())
        && (matches!(rule_scope, "" | "*") || rule_scope == scope)
        && resource_matches(rule, review)
}

fn resource_matches(rule: &Value, review: &Review<'_>) -> bool {
    let (plural, subresource) = (review.kind.plural.as_str(), review.subresource);
    object::items(rule, "/resources")
        .filter_map(Value::as_str)
        .any(|resource| match resource.split_once('/') {
            None => subresource.is_empty() && (resource == "*" || resource == plural),
            Some((own, part)) => {
                (own == "*" || own == plural) && (part == "*" || part == subresource)
            }
        })
}

/// Whether the labels of the namespace of the object match; a namespace has its own labels, and
/// other objects of the cluster always match.
fn selects_namespace(state: &State, webhook: &Value, review: &Review<'_>, object: &Value) -> bool {
    let selector = &webhook["namespaceSelector"];
    if review.kind.id == "namespaces" {
        return selector_matches(selector, &object["metadata"]["labels"]);
    }
    if !review.kind.namespaced {
        return true;
    }
    let namespace = state
        .objects
        .get("namespaces", "", object::namespace(object))
        .unwrap_or_default();
    selector_matches(selector, &namespace["metadata"]["labels"])
}
