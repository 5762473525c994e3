//! Turns objects and responses of a cluster into facts; nothing here sends a request.
//!
//! A missing field reads as empty, and a check reports what is missing. A field that does not have the type
//! of its kind is an error which names the object and the field. Start at the noun that you need.

mod conflict;
mod control;
mod debug;
mod istio;
mod namespace;
mod node;
mod pod;
mod remote;
mod service;
mod shards;

pub use conflict::{crd, custom_resource, owner, tool, webhooks};
pub use control::{app_of_pods, control_plane, deployment, mesh_config};
pub use debug::{clusterz, registration, syncz};
pub use istio::{gateway, locality, mutual_tls, workload_entries};
pub use namespace::namespace;
pub use node::node;
pub use pod::{arguments, pod, ready_since, requests};
pub use remote::{claims, remote_secret, token_secret};
pub use service::{endpoints, service};
pub use shards::endpoint_shards;

use cluster::{Error, Object};
use k8s_openapi::apimachinery::pkg::{
    api::resource::Quantity,
    apis::meta::v1::{LabelSelector, LabelSelectorRequirement},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

use crate::facts::{Requirement, Selector};

/// A condition in the status of an object of any kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Condition {
    r#type: String,
    status: String,
    /// The reason, such as `DeadlineExceeded`.
    pub(crate) reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WithConditions {
    status: Option<Conditions>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Conditions {
    conditions: Option<Vec<Condition>>,
}

/// The condition of a type of an object, when it is `True`.
pub(crate) fn true_condition(object: &Object, of_type: &str) -> Result<Option<Condition>, Error> {
    let read: WithConditions = object.typed()?;
    let conditions = read.status.and_then(|status| status.conditions);
    let mut conditions = conditions.into_iter().flatten();
    let found = conditions.find(|found| found.r#type == of_type);
    Ok(found.filter(|found| found.status == "True"))
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

/// Reads several facts from each object.
///
/// # Errors
/// The error of the first object that is malformed.
pub fn all<T>(
    objects: &[Object],
    read: impl Fn(&Object) -> Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    for object in objects {
        all.extend(read(object)?);
    }
    Ok(all)
}

/// A quantity, or "".
fn quantity<'a>(quantities: &'a BTreeMap<String, Quantity>, resource: &str) -> &'a str {
    quantities
        .get(resource)
        .map_or("", |quantity| quantity.0.as_str())
}

/// Labels, annotations or a selector of them.
fn labels(found: Option<BTreeMap<String, String>>) -> BTreeMap<String, String> {
    found.unwrap_or_default()
}

/// A label selector of Kubernetes: matchLabels and matchExpressions.
pub fn selector(selector: LabelSelector) -> Selector {
    let equal = labels(selector.match_labels).into_iter();
    let equal = equal.map(|(key, value)| Requirement::In(key, vec![value]));
    let expressions = selector.match_expressions.into_iter().flatten();
    Selector(equal.chain(expressions.filter_map(requirement)).collect())
}

fn requirement(expression: LabelSelectorRequirement) -> Option<Requirement> {
    let key = expression.key;
    let values = expression.values.unwrap_or_default();
    Some(match expression.operator.as_str() {
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

    fn parsed(value: Value) -> Selector {
        selector(serde_json::from_value(value).expect("a selector"))
    }

    #[test]
    fn a_selector_matches_labelled_namespaces_only() {
        let selector = parsed(json!({"matchLabels": {"istio-injection": "enabled"}}));
        assert!(selector.matches(&labels(&[("istio-injection", "enabled")])));
        assert!(!selector.matches(&labels(&[("name", "istio-system")])));
    }

    #[test]
    fn match_expressions_have_the_meaning_of_kubernetes() {
        let selector = parsed(json!({"matchExpressions": [
            {"key": "istio-injection", "operator": "NotIn", "values": ["disabled"]},
            {"key": "istio.io/rev", "operator": "DoesNotExist"}]}));
        assert!(selector.matches(&labels(&[])));
        assert!(!selector.matches(&labels(&[("istio-injection", "disabled")])));
        assert!(!selector.matches(&labels(&[("istio.io/rev", "stable")])));
        assert!(Selector::default().matches(&labels(&[("any", "thing")])));
    }
}
