//! The pods of an object: of a workload, of a Service, or the pod itself.
//!
//! [`pod_selector`] is pure; [`Cluster::pods_of`] lists what it selects.

use crate::{Cluster, Error, Kind, Object};
use serde_json::Value;

/// The kinds whose objects select pods.
const KINDS: [&str; 7] = [
    "DaemonSet",
    "Deployment",
    "Job",
    "ReplicaSet",
    "ReplicationController",
    "Service",
    "StatefulSet",
];

/// The label selector of the pods of an object; none when it selects no pods.
pub fn pod_selector(object: &Object) -> Option<String> {
    if !KINDS.contains(&object.kind()) {
        return None;
    }
    let selector = object.value().pointer("/spec/selector")?;
    let has_labels_only = matches!(object.kind(), "Service" | "ReplicationController");
    let labels = if has_labels_only {
        Some(selector)
    } else {
        selector.get("matchLabels")
    };
    let labels = labels.and_then(Value::as_object).into_iter().flatten();
    let labels = labels.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    let expressions = expressions.filter(|_| !has_labels_only);
    let expressions = expressions.into_iter().flatten().filter_map(expression);
    let terms: Vec<String> = labels.chain(expressions).collect();
    // An empty selector would select every pod of the namespace.
    (!terms.is_empty()).then(|| terms.join(","))
}

/// One requirement of a selector, as a query has it.
fn expression(requirement: &Value) -> Option<String> {
    let key = requirement.get("key")?.as_str()?;
    let values = requirement.get("values").and_then(Value::as_array);
    let values: Vec<&str> = values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let values = values.join(",");
    match requirement.get("operator")?.as_str()? {
        "In" => Some(format!("{key} in ({values})")),
        "NotIn" => Some(format!("{key} notin ({values})")),
        "Exists" => Some(key.to_owned()),
        "DoesNotExist" => Some(format!("!{key}")),
        _ => None,
    }
}

impl Cluster {
    /// The pods of an object; none for a kind without pods.
    ///
    /// # Errors
    /// As [`Cluster::list_objects`].
    pub async fn pods_of(&self, object: &Object) -> Result<Vec<Object>, Error> {
        if object.kind() == "Pod" {
            return Ok(vec![object.clone()]);
        }
        match (pod_selector(object), object.namespace()) {
            (Some(labels), Some(namespace)) => {
                self.list_objects(Kind::POD, Some(namespace), &labels).await
            }
            _ => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selector(kind: &str, selector: &Value) -> Option<String> {
        let object = Object::new(json!({
            "apiVersion": "v1", "kind": kind, "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": selector},
        }));
        pod_selector(&object.expect("an object"))
    }

    #[test]
    fn a_selector_is_written_as_a_query() {
        assert_eq!(
            selector("Service", &json!({"app": "web", "tier": "front"})).as_deref(),
            Some("app=web,tier=front")
        );
        let expressions = json!({
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "track", "operator": "In", "values": ["a", "b"]},
                {"key": "tier", "operator": "NotIn", "values": ["back"]},
                {"key": "canary", "operator": "DoesNotExist"},
                {"key": "shop", "operator": "Exists"},
            ],
        });
        assert_eq!(
            selector("Deployment", &expressions).as_deref(),
            Some("app=web,track in (a,b),tier notin (back),!canary,shop")
        );
    }

    #[test]
    fn a_kind_without_pods_and_an_empty_selector_select_nothing() {
        assert_eq!(selector("ConfigMap", &json!({"app": "web"})), None);
        assert_eq!(selector("Service", &json!({})), None);
        assert_eq!(selector("Deployment", &json!({"matchLabels": {}})), None);
    }
}
