//! The rules for one rendered object, with the messages of `helm lint`.

use serde_json::Value;
use wire::HelmVersion;

use super::Severity;
use crate::api_lifecycle::api_lifecycle;
use crate::manifest::Manifest;

/// The kinds whose objects select pods.
const WORKLOADS: [&str; 4] = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/// The findings in an object for a Kubernetes of minor version 1.`minor`.
pub(super) fn check(manifest: &Manifest, minor: u32, helm: HelmVersion) -> Vec<(Severity, String)> {
    let mut found = Vec::new();
    let name = gotmpl::quote(&manifest.name);
    let faults: Vec<String> = name_faults(&manifest.kind, &manifest.name)
        .into_iter()
        .map(|reason| format!("metadata.name: Invalid value: {name}: {reason}"))
        .collect();
    let faults = match faults.as_slice() {
        [fault] => fault.clone(),
        faults => format!("[{}]", faults.join(", ")),
    };
    // An object without a name has a message of its own.
    if faults != "[]" && !manifest.name.is_empty() {
        found.push((
            Severity::Warning,
            format!(
                "object name does not conform to Kubernetes naming requirements: {name}: {faults}"
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
        let annotation = match helm {
            HelmVersion::V3 => "Annotation",
            HelmVersion::V4 => "annotation",
        };
        let text =
            format!("{annotation} 'helm.sh/resource-policy' within List objects are ignored");
        found.push((Severity::Error, text));
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
fn name_faults(kind: &str, name: &str) -> Vec<String> {
    let labels_of = |max: usize, has_form: bool, form: &str| {
        let too_long = format!("must be no more than {max} characters");
        let faults = [(name.len() > max, too_long), (!has_form, form.to_owned())];
        let found = faults.into_iter().filter(|(is_fault, _)| *is_fault);
        found.map(|(_, text)| text).collect()
    };
    match kind.to_lowercase().as_str() {
        "service" => {
            let starts_with_letter = !name.starts_with(|c: char| c.is_ascii_digit());
            labels_of(63, is_label(name) && starts_with_letter, DNS_1035)
        }
        "namespace" if name.contains('.') => labels_of(63, false, "must not contain dots"),
        "namespace" => labels_of(63, is_label(name), LABEL),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => match name {
            "." => vec!["may not be '.'".to_owned()],
            ".." => vec!["may not be '..'".to_owned()],
            name => ["/", "%"]
                .into_iter()
                .filter(|part| name.contains(part))
                .map(|part| format!("may not contain '{part}'"))
                .collect(),
        },
        "certificatesigningrequest" => Vec::new(),
        _ => labels_of(253, name.split('.').all(is_label), SUBDOMAIN),
    }
}

fn is_label(name: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|byte| alphanumeric(*byte))
        && bytes.last().is_some_and(|byte| alphanumeric(*byte))
        && bytes
            .iter()
            .all(|byte| alphanumeric(*byte) || *byte == b'-')
}
