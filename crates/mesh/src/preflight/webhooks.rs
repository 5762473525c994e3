//! P20: is a webhook left over whose Service is gone, so that pods would be refused?
//!
//! It blocks when it would be asked about pods of the plan's namespace, else it warns.

use super::{Finding, Ground};
use cluster::Object;
use serde_json::Value;
use std::collections::BTreeMap;
use wire::check::Verdict;

const KINDS: &[&str] = &[
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

pub(super) async fn look(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let mut left = Vec::new();
    let mut worst = Verdict::Passed;
    let labels = namespace_labels(ground).await?;
    for kind in KINDS {
        let found = ground
            .cluster
            .list("admissionregistration.k8s.io/v1", kind, None, "")
            .await?;
        for configuration in &found {
            for webhook in configuration.list("/webhooks") {
                let Some((namespace, service)) = service_of(webhook) else {
                    continue;
                };
                if text(webhook, "failurePolicy") == "Ignore" || ours(ground, kind, configuration) {
                    continue;
                }
                if serves(ground, namespace, service).await? {
                    continue;
                }
                let blocks = selects(webhook, &labels);
                worst = worst.max(if blocks {
                    Verdict::Blocked
                } else {
                    Verdict::Warning
                });
                let name = configuration.name();
                left.push(format!(
                    "{kind} {name} asks Service {namespace}/{service}, which has no ready endpoint"
                ));
            }
        }
    }
    Ok(Finding::of(worst).with("webhooks", left.len()).found(left))
}

/// Whether the plan itself brings this configuration: then it will be mended.
fn ours(ground: Ground<'_>, kind: &str, configuration: &Object) -> bool {
    let release = configuration.annotation("meta.helm.sh/release-name");
    release == Some(ground.place.release.as_str())
        && ground
            .plan
            .objects()
            .any(|o| o.kind() == kind && o.name() == configuration.name())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn service_of(webhook: &Value) -> Option<(&str, &str)> {
    let service = webhook.pointer("/clientConfig/service")?;
    Some((text(service, "namespace"), text(service, "name")))
}

async fn serves(
    ground: Ground<'_>,
    namespace: &str,
    service: &str,
) -> Result<bool, cluster::Error> {
    let labels = format!("kubernetes.io/service-name={service}");
    let slices = ground
        .cluster
        .list(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            Some(namespace),
            &labels,
        )
        .await?;
    let ready = |endpoint: &Value| {
        endpoint
            .pointer("/conditions/ready")
            .and_then(Value::as_bool)
            .unwrap_or(true)
    };
    Ok(slices
        .iter()
        .any(|slice| slice.list("/endpoints").iter().any(ready)))
}

async fn namespace_labels(ground: Ground<'_>) -> Result<BTreeMap<String, String>, cluster::Error> {
    let name = ground.place.namespace.as_str();
    let reference = cluster::ObjectRef {
        kind: "Namespace".into(),
        api_version: "v1".into(),
        namespace: None,
        name: name.to_owned(),
    };
    let live = ground.cluster.get(&reference).await?;
    let known = live
        .as_ref()
        .and_then(|live| live.value().pointer("/metadata/labels")?.as_object());
    let mut labels: BTreeMap<String, String> = known
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    Ok(labels)
}

/// Whether a webhook's namespaceSelector matches these labels.
fn selects(webhook: &Value, labels: &BTreeMap<String, String>) -> bool {
    let equal = webhook
        .pointer("/namespaceSelector/matchLabels")
        .and_then(Value::as_object);
    let equal = equal.is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
    });
    let expressions = webhook
        .pointer("/namespaceSelector/matchExpressions")
        .and_then(Value::as_array);
    equal && expressions.is_none_or(|all| all.iter().all(|one| holds(one, labels)))
}

fn holds(expression: &Value, labels: &BTreeMap<String, String>) -> bool {
    let have = labels.get(text(expression, "key"));
    let values = expression.get("values").and_then(Value::as_array);
    let among = have.is_some_and(|have| {
        values.is_some_and(|values| values.iter().any(|value| value.as_str() == Some(have)))
    });
    match text(expression, "operator") {
        "In" => among,
        "NotIn" => !among,
        "Exists" => have.is_some(),
        "DoesNotExist" => have.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_webhook_for_labelled_namespaces_leaves_the_others_alone() {
        let webhook = json!({"namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}}});
        assert!(selects(
            &webhook,
            &labels(&[("istio-injection", "enabled")])
        ));
        assert!(!selects(&webhook, &labels(&[("name", "istio-system")])));
    }

    #[test]
    fn expressions_are_read_as_kubernetes_reads_them() {
        let not = json!({"namespaceSelector": {"matchExpressions": [
            {"key": "istio-injection", "operator": "NotIn", "values": ["disabled"]}]}});
        assert!(selects(&not, &labels(&[])));
        assert!(!selects(&not, &labels(&[("istio-injection", "disabled")])));
    }
}
