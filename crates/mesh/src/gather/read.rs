//! Turns objects and responses of a cluster into facts; nothing here sends a request.
//!
//! A missing field reads as empty: the API server validates what it stores, and a check reports what is
//! missing. Start at the noun that you need.

mod conflict;
mod control;
mod debug;
mod remote;
mod workload;

pub use conflict::{crd, owner, tool, webhooks};
pub use control::{control_plane, deployment, gateway, locality, mesh_config, mutual_tls};
pub use debug::{clusterz, endpoint_shards, registration, syncz};
pub use remote::{claims, remote_secret};
pub use workload::{endpoints, namespace, node, pod, service};

use cluster::Object;
use serde_json::Value;
use std::collections::BTreeMap;

use crate::facts::{Requirement, Selector};

/// The condition of a type among the conditions of an object.
pub(crate) fn condition<'a>(object: &'a Object, condition_type: &str) -> Option<&'a Value> {
    let mut conditions = object.list("/status/conditions").iter();
    conditions.find(|condition| text(condition, "type") == condition_type)
}

/// Whether a condition of an object is `True`.
pub(crate) fn is_condition_true(object: &Object, condition_type: &str) -> bool {
    condition(object, condition_type).is_some_and(|found| text(found, "status") == "True")
}

/// The text under `key`, or "".
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a pointer, or an empty one.
fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a map at a pointer, such as labels.
fn texts(value: &Value, pointer: &str) -> BTreeMap<String, String> {
    let found = value.pointer(pointer).and_then(Value::as_object);
    let pairs = found.into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// A label selector of Kubernetes: matchLabels and matchExpressions.
pub fn selector(value: Option<&Value>) -> Selector {
    let Some(value) = value else {
        return Selector::default();
    };
    let equal = texts(value, "/matchLabels").into_iter();
    let equal = equal.map(|(key, value)| Requirement::In(key, vec![value]));
    let expressions = list(value, "/matchExpressions").iter();
    Selector(equal.chain(expressions.filter_map(requirement)).collect())
}

fn requirement(expression: &Value) -> Option<Requirement> {
    let key = text(expression, "key").to_owned();
    let values = list(expression, "/values").iter();
    let values: Vec<String> = values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    Some(match text(expression, "operator") {
        "In" => Requirement::In(key, values),
        "NotIn" => Requirement::NotIn(key, values),
        "Exists" => Requirement::Exists(key),
        "DoesNotExist" => Requirement::Absent(key),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_selector_matches_labelled_namespaces_only() {
        let value = json!({"matchLabels": {"istio-injection": "enabled"}});
        let selector = selector(Some(&value));
        assert!(selector.matches(&labels(&[("istio-injection", "enabled")])));
        assert!(!selector.matches(&labels(&[("name", "istio-system")])));
    }

    #[test]
    fn match_expressions_have_the_meaning_of_kubernetes() {
        let value = json!({"matchExpressions": [
            {"key": "istio-injection", "operator": "NotIn", "values": ["disabled"]},
            {"key": "istio.io/rev", "operator": "DoesNotExist"}]});
        let parsed = selector(Some(&value));
        assert!(parsed.matches(&labels(&[])));
        assert!(!parsed.matches(&labels(&[("istio-injection", "disabled")])));
        assert!(!parsed.matches(&labels(&[("istio.io/rev", "stable")])));
        assert!(selector(None).matches(&labels(&[("any", "thing")])));
    }
}
