//! The rules for one rendered object, with the messages of `helm lint`.

use serde_json::Value;

use super::Severity;
use crate::api_lifecycle::api_lifecycle;
use crate::manifest::Manifest;

/// The kinds whose objects select pods.
const WORKLOADS: [&str; 4] = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/// The findings in an object for a Kubernetes of minor version 1.`minor`.
pub(super) fn check(manifest: &Manifest, minor: u32) -> Vec<(Severity, String)> {
    let mut found = Vec::new();
    let fault = name_fault(&manifest.kind, &manifest.name);
    if let Some(reason) = fault.filter(|_| !manifest.name.is_empty()) {
        let name = gotmpl::quote(&manifest.name);
        found.push((
            Severity::Warning,
            format!(
                "object name does not conform to Kubernetes naming requirements: {name}: metadata.name: Invalid value: {name}: {reason}"
            ),
        ));
    }
    let lifecycle = api_lifecycle(&manifest.api_version, &manifest.kind);
    if let Some(lifecycle) = lifecycle.filter(|lifecycle| lifecycle.deprecated <= minor) {
        let warning = lifecycle.warning(&manifest.api_version, &manifest.kind);
        found.push((Severity::Warning, warning));
    }
    let selects = ["matchLabels", "matchExpressions"]
        .iter()
        .any(|key| manifest.text.contains(key));
    if WORKLOADS.contains(&manifest.kind.as_str()) && !selects {
        found.push((
            Severity::Error,
            format!(
                "a {} must contain matchLabels or matchExpressions, and {} does not",
                manifest.kind,
                gotmpl::quote(&manifest.name)
            ),
        ));
    }
    if manifest.kind == "List" && has_policy_inside(&manifest.object) {
        let text = "Annotation 'helm.sh/resource-policy' within List objects are ignored";
        found.push((Severity::Error, text.to_owned()));
    }
    found
}

fn has_policy_inside(list: &Value) -> bool {
    let items = list.get("items").and_then(Value::as_array);
    items.into_iter().flatten().any(|item| {
        item.pointer("/metadata/annotations")
            .is_some_and(|annotations| annotations.get("helm.sh/resource-policy").is_some())
    })
}

/// Why Kubernetes does not accept a name for this kind.
fn name_fault(kind: &str, name: &str) -> Option<&'static str> {
    match kind.to_lowercase().as_str() {
        "service" => {
            (!is_label(name) || name.starts_with(|c: char| c.is_ascii_digit())).then_some(DNS_1035)
        }
        "namespace" if name.contains('.') => Some("must not contain dots"),
        "namespace" => (!is_label(name)).then_some(LABEL),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => match name {
            "." => Some("may not be '.'"),
            ".." => Some("may not be '..'"),
            name if name.contains('/') => Some("may not contain '/'"),
            name if name.contains('%') => Some("may not contain '%'"),
            _ => None,
        },
        "certificatesigningrequest" => None,
        _ => {
            (name.len() > 253 || !name.split('.').all(is_label_of_any_length)).then_some(SUBDOMAIN)
        }
    }
}

fn is_label(name: &str) -> bool {
    name.len() <= 63 && is_label_of_any_length(name)
}

fn is_label_of_any_length(name: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|byte| alphanumeric(*byte))
        && bytes.last().is_some_and(|byte| alphanumeric(*byte))
        && bytes
            .iter()
            .all(|byte| alphanumeric(*byte) || *byte == b'-')
}
