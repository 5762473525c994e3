//! Validation of objects.
//!
//! Only common mistakes are checked, with the error messages of the API server. Start at
//! [`check_new`] and [`check_change`].

use serde_json::{Value, json};

use crate::api_status::{ApiStatus, Cause};
use crate::kinds::Kind;
use crate::object;
use crate::selector;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
    characters, '-' or '.', and must start and end with an alphanumeric character (e.g. \
    'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
    characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
    'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
    characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
    or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
/// Validates a new object.
pub(crate) fn check_new(kind: &Kind, object: &Value) -> Result<(), ApiStatus> {
    let mut causes = Vec::new();
    check_name(kind, object::name(object), &mut causes);
    check_spec(kind, object, &mut causes);
    invalid_unless_empty(kind, object, causes)
}

/// Validates a changed object and the immutability of its fields.
pub(crate) fn check_change(kind: &Kind, old: &Value, new: &Value) -> Result<(), ApiStatus> {
    let mut causes = Vec::new();
    check_spec(kind, new, &mut causes);
    let mut check_immutable = |pointer: &str, field: &str| {
        let (before, after) = (old.pointer(pointer), new.pointer(pointer));
        if before != after {
            let after = after.cloned().unwrap_or_default();
            causes.push(Cause::invalid(field, &after, "field is immutable"));
        }
    };
    match kind.kind.as_str() {
        "Deployment" | "ReplicaSet" | "DaemonSet" => {
            check_immutable("/spec/selector", "spec.selector");
        }
        "Job" => {
            check_immutable("/spec/selector", "spec.selector");
            check_immutable("/spec/template", "spec.template");
        }
        "Secret" => check_immutable("/type", "type"),
        "RoleBinding" | "ClusterRoleBinding" if old["roleRef"] != new["roleRef"] => {
            causes.push(Cause::invalid(
                "roleRef",
                &new["roleRef"],
                "cannot change roleRef",
            ));
        }
        "StatefulSet" if old.pointer("/spec/selector") != new.pointer("/spec/selector") => {
            causes.push(Cause::forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', \
                 'template', 'updateStrategy', 'revisionHistoryLimit', \
                 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
            ));
        }
        "Service" => {
            let before = object::text(old, "/spec/clusterIP");
            let after = object::text(new, "/spec/clusterIP");
            if !before.is_empty() && !after.is_empty() && before != after {
                let value = json!([after]);
                causes.push(Cause::invalid(
                    "spec.clusterIPs[0]",
                    &value,
                    "may not change once set",
                ));
            }
        }
        "ConfigMap" if old["immutable"] == true && old["data"] != new["data"] => {
            causes.push(Cause::forbidden(
                "data",
                "field is immutable when `immutable` is set",
            ));
        }
        _ => {}
    }
    invalid_unless_empty(kind, new, causes)
}

fn invalid_unless_empty(kind: &Kind, object: &Value, causes: Vec<Cause>) -> Result<(), ApiStatus> {
    if causes.is_empty() {
        return Ok(());
    }
    Err(ApiStatus::invalid(kind, object::name(object), causes))
}

fn check_name(kind: &Kind, name: &str, causes: &mut Vec<Cause>) {
    let field = "metadata.name";
    if name.is_empty() {
        causes.push(Cause::required(field, "name or generateName is required"));
        return;
    }
    let value = json!(name);
    match kind.kind.as_str() {
        "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding" => {
            if let Some(character) = name.chars().find(|letter| matches!(letter, '/' | '%')) {
                causes.push(Cause::invalid(
                    field,
                    &value,
                    &format!("may not contain '{character}'"),
                ));
            }
        }
        "Namespace" | "Service" if !is_label(name) => {
            causes.push(Cause::invalid(field, &value, LABEL));
        }
        _ if name.len() > 253 => {
            causes.push(Cause::invalid(
                field,
                &value,
                "must be no more than 253 bytes",
            ));
        }
        _ if !name.split('.').all(is_label_of_any_length) => {
            causes.push(Cause::invalid(field, &value, SUBDOMAIN));
        }
        _ => {}
    }
}

fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_label_of_any_length(text)
}

fn is_label_of_any_length(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().copied().is_some_and(is_letter)
        && bytes.last().copied().is_some_and(is_letter)
        && bytes.iter().all(|byte| is_letter(*byte) || *byte == b'-')
}

fn check_labels(object: &Value, pointer: &str, field: &str, causes: &mut Vec<Cause>) {
    for (_, value) in object::pairs(object, pointer) {
        let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = value.as_bytes();
        let is_valid = value.is_empty()
            || is_letter(bytes.first())
                && is_letter(bytes.last())
                && bytes
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
        if !is_valid {
            causes.push(Cause::invalid(field, &json!(value), LABEL_VALUE));
        } else if value.len() > 63 {
            causes.push(Cause::invalid(
                field,
                &json!(value),
                "must be no more than 63 bytes",
            ));
        }
    }
}

/// The maximum size of the data of a Secret or ConfigMap.
const MAX_DATA_BYTES: usize = 1_048_576;

fn check_size(object: &Value, causes: &mut Vec<Cause>) {
    let plain: usize = object::pairs(object, "/data")
        .map(|(_, text)| text.len())
        .sum();
    let is_encoded = object["kind"] == "Secret";
    let size = if is_encoded { plain / 4 * 3 } else { plain };
    if size > MAX_DATA_BYTES {
        causes.push(Cause {
            reason: "FieldValueTooLong",
            field: "data".into(),
            message: format!("Too long: may not be more than {MAX_DATA_BYTES} bytes"),
        });
    }
}

fn check_spec(kind: &Kind, object: &Value, causes: &mut Vec<Cause>) {
    check_labels(object, "/metadata/labels", "metadata.labels", causes);
    match kind.kind.as_str() {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => {
            check_selector(object, causes);
            check_containers(object, "/spec/template/spec", "spec.template.spec", causes);
        }
        "Job" => check_containers(object, "/spec/template/spec", "spec.template.spec", causes),
        "Pod" => check_containers(object, "/spec", "spec", causes),
        "Service" => check_service(object, causes),
        "Secret" | "ConfigMap" => check_size(object, causes),
        "CustomResourceDefinition" => check_crd(object, causes),
        _ => {}
    }
}

fn check_selector(object: &Value, causes: &mut Vec<Cause>) {
    let selector = object.pointer("/spec/selector").unwrap_or(&Value::Null);
    let labels = object
        .pointer("/spec/template/metadata/labels")
        .unwrap_or(&Value::Null);
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
    }
    let is_empty = selector.as_object().is_none_or(serde_json::Map::is_empty);
    if is_empty && !selector.is_null() {
        causes.push(Cause::invalid(
            "spec.selector",
            selector,
            "empty selector is invalid for deployment",
        ));
    } else if is_empty || !selector::selector_matches(selector, labels) {
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            labels,
            "`selector` does not match template `labels`",
        ));
    }
}

fn check_containers(object: &Value, pointer: &str, field: &str, causes: &mut Vec<Cause>) {
    let containers = format!("{pointer}/containers");
    if object::items(object, &containers).next().is_none() {
        causes.push(Cause::required(&format!("{field}.containers"), ""));
    }
    for (at, container) in object::items(object, &containers).enumerate() {
        let field = format!("{field}.containers[{at}]");
        if object::text(container, "/name").is_empty() {
            causes.push(Cause::required(&format!("{field}.name"), ""));
        }
        if object::text(container, "/image").is_empty() {
            causes.push(Cause::required(&format!("{field}.image"), ""));
        }
    }
}

fn check_service(object: &Value, causes: &mut Vec<Cause>) {
    let service_type = object::text(object, "/spec/type");
    let ports: Vec<&Value> = object::items(object, "/spec/ports").collect();
    let is_headless = object::text(object, "/spec/clusterIP") == "None";
    if ports.is_empty() && service_type != "ExternalName" && !is_headless {
        causes.push(Cause::required("spec.ports", ""));
    }
    for (at, port) in ports.iter().enumerate() {
        let field = format!("spec.ports[{at}]");
        if ports.len() > 1 && object::text(port, "/name").is_empty() {
            causes.push(Cause::required(&format!("{field}.name"), ""));
        }
        let number = object::number(port, "/port").unwrap_or(0);
        if !(1..=65535).contains(&number) {
            let detail = "must be between 1 and 65535, inclusive";
            causes.push(Cause::invalid(
                &format!("{field}.port"),
                &json!(number),
                detail,
            ));
        }
        let target = object::number(port, "/targetPort").filter(|to| !(1..=65535).contains(to));
        if let Some(target) = target {
            let detail = "must be between 1 and 65535, inclusive";
            causes.push(Cause::invalid(
                &format!("{field}.targetPort"),
                &json!(target),
                detail,
            ));
        }
    }
}

fn check_crd(object: &Value, causes: &mut Vec<Cause>) {
    let group = object::text(object, "/spec/group");
    let plural = object::text(object, "/spec/names/plural");
    let expected = format!("{plural}.{group}");
    if object::name(object) != expected {
        causes.push(Cause::invalid(
            "metadata.name",
            &json!(object::name(object)),
            "must be spec.names.plural+\".\"+spec.group",
        ));
    }
    for (at, version) in object::items(object, "/spec/versions").enumerate() {
        if version.pointer("/schema/openAPIV3Schema").is_none() {
            let field = format!("spec.versions[{at}].schema.openAPIV3Schema");
            causes.push(Cause::required(&field, "schemas are required"));
        }
    }
}
