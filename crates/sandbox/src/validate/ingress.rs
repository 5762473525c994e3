//! Ingresses.
//!
//! Start at [`check`].

use std::net::IpAddr;

use serde_json::{Value, json};

use super::names;
use crate::object;
use crate::problems::Problems;

/// Checks an Ingress.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    if object::items(spec, "/rules").next().is_none() && spec["defaultBackend"].is_null() {
        let detail = "either `defaultBackend` or `rules` must be specified";
        problems.invalid("spec", &Value::Null, detail);
    }
    if !spec["defaultBackend"].is_null() {
        check_backend(&spec["defaultBackend"], "spec.defaultBackend", problems);
    }
    for (at, rule) in object::items(spec, "/rules").enumerate() {
        let field = format!("spec.rules[{at}]");
        let host = object::text(rule, "/host");
        if host.parse::<IpAddr>().is_ok() {
            let detail = "must be a DNS name, not an IP address";
            problems.invalid(&format!("{field}.host"), &json!(host), detail);
        } else if !host.is_empty() {
            let messages = names::subdomain(host.strip_prefix("*.").unwrap_or(host));
            problems.text(&format!("{field}.host"), host, messages);
        }
        for (at, path) in object::items(rule, "/http/paths").enumerate() {
            check_path(path, &format!("{field}.http.paths[{at}]"), problems);
        }
    }
}

fn check_path(path: &Value, field: &str, problems: &mut Problems) {
    let text = object::text(path, "/path");
    match object::text(path, "/pathType") {
        "" => problems.required(&format!("{field}.pathType"), "pathType must be specified"),
        "Exact" | "Prefix" if !text.starts_with('/') => {
            let detail = "must be an absolute path";
            problems.invalid(&format!("{field}.path"), &json!(text), detail);
        }
        "ImplementationSpecific" if !text.is_empty() && !text.starts_with('/') => {
            let detail = "must be an absolute path";
            problems.invalid(&format!("{field}.path"), &json!(text), detail);
        }
        kind => problems.one_of(
            &format!("{field}.pathType"),
            kind,
            &["Exact", "ImplementationSpecific", "Prefix"],
        ),
    }
    check_backend(&path["backend"], &format!("{field}.backend"), problems);
}

fn check_backend(backend: &Value, field: &str, problems: &mut Problems) {
    let service = &backend["service"];
    if service.is_null() {
        if backend["resource"].is_null() {
            problems.required(field, "a service or resource backend is required");
        }
        return;
    }
    if object::text(service, "/name").is_empty() {
        problems.required(&format!("{field}.service.name"), "");
    }
    let name = object::text(service, "/port/name");
    match object::number(service, "/port/number").unwrap_or(0) {
        0 if name.is_empty() => problems.required(field, "port name or number is required"),
        0 => {}
        number => problems.port(&format!("{field}.service.port.number"), number),
    }
}
