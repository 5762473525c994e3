//! Containers: names, images, ports, environment, mounts, resources and probes.
//!
//! Start at [`check`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::names;
use crate::api_status::Cause;
use crate::object;
use crate::problems::Problems;
use crate::quantity::Quantity;

/// The fields of a pod that an environment variable may have as its value.
const POD_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Checks a container of a pod with these volumes.
pub(super) fn check(
    container: &Value,
    field: &str,
    volumes: &BTreeSet<&str>,
    problems: &mut Problems,
) {
    let (name, image) = (
        object::text(container, "/name"),
        object::text(container, "/image"),
    );
    if name.is_empty() {
        problems.required(&format!("{field}.name"), "");
    } else {
        problems.text(&format!("{field}.name"), name, names::label(name));
    }
    if image.is_empty() {
        problems.required(&format!("{field}.image"), "");
    } else if image.trim() != image {
        let detail = "must not have leading or trailing whitespace";
        problems.invalid(&format!("{field}.image"), &json!(image), detail);
    }
    problems.one_of(
        &format!("{field}.imagePullPolicy"),
        object::text(container, "/imagePullPolicy"),
        &["Always", "IfNotPresent", "Never"],
    );
    check_ports(container, field, problems);
    check_environment(container, field, problems);
    check_mounts(container, field, volumes, problems);
    check_resources(container, field, problems);
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        check_probe(&container[probe], &format!("{field}.{probe}"), problems);
        let threshold = object::number(&container[probe], "/successThreshold");
        if let Some(threshold) = threshold.filter(|count| *count != 1 && probe != "readinessProbe")
        {
            let field = format!("{field}.{probe}.successThreshold");
            problems.invalid(&field, &json!(threshold), "must be 1");
        }
    }
}

fn check_ports(container: &Value, field: &str, problems: &mut Problems) {
    let mut names_of_ports: BTreeSet<&str> = BTreeSet::new();
    for (at, port) in object::items(container, "/ports").enumerate() {
        let field = format!("{field}.ports[{at}]");
        let name = object::text(port, "/name");
        if !name.is_empty() {
            let messages = names::port_name(name);
            if messages.is_empty() && !names_of_ports.insert(name) {
                problems.duplicate(&format!("{field}.name"), &json!(name));
            }
            problems.text(&format!("{field}.name"), name, messages);
        }
        match object::number(port, "/containerPort").unwrap_or(0) {
            0 => problems.required(&format!("{field}.containerPort"), ""),
            number => problems.port(&format!("{field}.containerPort"), number),
        }
        if let Some(number) = object::number(port, "/hostPort").filter(|number| *number != 0) {
            problems.port(&format!("{field}.hostPort"), number);
        }
        problems.one_of(
            &format!("{field}.protocol"),
            object::text(port, "/protocol"),
            &["SCTP", "TCP", "UDP"],
        );
    }
}

fn check_environment(container: &Value, field: &str, problems: &mut Problems) {
    for (at, variable) in object::items(container, "/env").enumerate() {
        let field = format!("{field}.env[{at}]");
        let name = object::text(variable, "/name");
        let is_printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'=';
        if name.is_empty() {
            problems.required(&format!("{field}.name"), "");
        } else if !name.bytes().all(is_printable) {
            let detail = "a valid environment variable name must consist only of printable ASCII \
                          characters other than '='";
            problems.invalid(&format!("{field}.name"), &json!(name), detail);
        }
        let source = &variable["valueFrom"];
        if source.is_null() {
            continue;
        }
        let field = format!("{field}.valueFrom");
        if !object::text(variable, "/value").is_empty() {
            let detail = "may not be specified when `value` is not empty";
            problems.invalid(&field, &json!(""), detail);
        }
        if let Some(path) = source
            .pointer("/fieldRef/fieldPath")
            .and_then(Value::as_str)
        {
            let is_map = ["metadata.labels[", "metadata.annotations["]
                .iter()
                .any(|start| path.starts_with(start));
            if !is_map && !POD_FIELDS.contains(&path) {
                let detail =
                    format!("error converting fieldPath: field label not supported: {path}");
                problems.invalid(
                    &format!("{field}.fieldRef.fieldPath"),
                    &json!(path),
                    &detail,
                );
            }
        }
        for reference in ["configMapKeyRef", "secretKeyRef"] {
            if source[reference].is_object() && object::text(&source[reference], "/key").is_empty()
            {
                problems.required(&format!("{field}.{reference}.key"), "");
            }
        }
    }
}

fn check_mounts(container: &Value, field: &str, volumes: &BTreeSet<&str>, problems: &mut Problems) {
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    for (at, mount) in object::items(container, "/volumeMounts").enumerate() {
        let field = format!("{field}.volumeMounts[{at}]");
        let (name, path) = (
            object::text(mount, "/name"),
            object::text(mount, "/mountPath"),
        );
        if name.is_empty() {
            problems.required(&format!("{field}.name"), "");
        } else if !volumes.contains(name) {
            let cause = Cause::not_found(&format!("{field}.name"), &json!(name));
            problems.causes.push(cause);
        }
        if path.is_empty() {
            problems.required(&format!("{field}.mountPath"), "");
        } else if !paths.insert(path) {
            problems.invalid(
                &format!("{field}.mountPath"),
                &json!(path),
                "must be unique",
            );
        }
    }
}

fn check_resources(container: &Value, field: &str, problems: &mut Problems) {
    let field = format!("{field}.resources");
    for member in ["limits", "requests"] {
        let amounts = container.pointer(&format!("/resources/{member}"));
        for (name, amount) in amounts.and_then(Value::as_object).into_iter().flatten() {
            let member_field = format!("{field}.{member}[{name}]");
            check_resource_name(name, &member_field, problems);
            if Quantity::of(amount).is_some_and(Quantity::is_negative) {
                let detail = "must be greater than or equal to 0";
                problems.invalid(&member_field, amount, detail);
            }
            let limit = container
                .pointer("/resources/limits")
                .and_then(|limits| limits.get(name))
                .filter(|_| member == "requests");
            if let (Some(limit), Some(requested)) = (limit, Quantity::of(amount))
                && Quantity::of(limit).is_some_and(|limit| requested > limit)
            {
                let limit = limit.as_str().unwrap_or_default();
                let detail = format!("must be less than or equal to {name} limit of {limit}");
                problems.invalid(&format!("{field}.{member}"), amount, &detail);
            }
        }
    }
}

fn check_resource_name(name: &str, field: &str, problems: &mut Problems) {
    let is_standard = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if is_standard || name.starts_with("hugepages-") || name.contains('/') {
        return;
    }
    for detail in [
        "must be a standard resource type or fully qualified",
        "must be a standard resource for containers",
    ] {
        problems.invalid(field, &json!(name), detail);
    }
}

fn check_probe(probe: &Value, field: &str, problems: &mut Problems) {
    if probe.is_null() {
        return;
    }
    let mut handlers = ["exec", "httpGet", "tcpSocket", "grpc"]
        .into_iter()
        .filter(|handler| !probe[handler].is_null());
    if handlers.next().is_none() {
        problems.required(field, "must specify a handler type");
    }
    for other in handlers {
        let detail = "may not specify more than 1 handler type";
        problems.forbidden(&format!("{field}.{other}"), detail);
    }
    for handler in ["httpGet", "tcpSocket", "grpc"] {
        if let Some(port) = object::number(&probe[handler], "/port") {
            problems.port(&format!("{field}.{handler}.port"), port);
        }
    }
    problems.non_negative(
        probe,
        field,
        &[
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ],
    );
}
