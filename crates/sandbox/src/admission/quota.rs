//! ResourceQuotas: the resources that the objects of a namespace use, and the refusal of more.
//!
//! Start at [`check`] and [`status`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::amount::{Amounts, ONE, format};
use super::pod_resources::{of_container, of_pod};
use crate::cluster::State;
use crate::kinds::Kind;
use crate::object;
use crate::quantity::thousandths;

/// The end of the names of resources that belong to a storage class.
const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io/";

/// The compute resources that each container has to specify if a quota limits them.
const REQUIRED: [&str; 6] = [
    "cpu",
    "memory",
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
];

/// The kind of the objects that use a resource of a quota.
fn kind_of(resource: &str) -> &str {
    if let Some(counted) = resource.strip_prefix("count/") {
        return counted;
    }
    match resource {
        "services" | "services.loadbalancers" | "services.nodeports" => "services",
        "configmaps" | "secrets" | "replicationcontrollers" | "resourcequotas" => resource,
        "persistentvolumeclaims" | "requests.storage" => "persistentvolumeclaims",
        _ if resource.contains(STORAGE_CLASS) => "persistentvolumeclaims",
        _ => "pods",
    }
}

/// The amount of a resource that an object of its kind uses, in thousandths.
fn amount(resource: &str, object: &Value) -> i128 {
    if resource.starts_with("count/") {
        return ONE;
    }
    let is_ended = matches!(
        object::text(object, "/status/phase"),
        "Succeeded" | "Failed"
    );
    match (kind_of(resource), resource) {
        ("pods", _) if is_ended => 0,
        ("pods", "pods") => ONE,
        ("pods", _) => {
            let (list, name) = match resource.split_once('.') {
                Some((list @ ("requests" | "limits"), name)) => (list, name),
                _ => ("requests", resource),
            };
            of_pod(object, list).get(name).copied().unwrap_or(0)
        }
        ("services", _) => service_amount(resource, object),
        ("persistentvolumeclaims", _) => claim_amount(resource, object),
        _ => ONE,
    }
}

fn service_amount(resource: &str, service: &Value) -> i128 {
    let service_type = object::text(service, "/spec/type");
    let is_balanced = service_type == "LoadBalancer";
    let has_node_ports = service_type == "NodePort"
        || is_balanced && service["spec"]["allocateLoadBalancerNodePorts"] != false;
    match resource {
        "services.loadbalancers" => i128::from(is_balanced) * ONE,
        "services.nodeports" if has_node_ports => {
            let ports = object::items(service, "/spec/ports").count();
            i128::try_from(ports).unwrap_or(0) * ONE
        }
        "services.nodeports" => 0,
        _ => ONE,
    }
}

fn claim_amount(resource: &str, claim: &Value) -> i128 {
    let resource = match resource.split_once(STORAGE_CLASS) {
        Some((class, _)) if object::text(claim, "/spec/storageClassName") != class => return 0,
        Some((_, resource)) => resource,
        None => resource,
    };
    if resource == "requests.storage" {
        return thousandths(&claim["spec"]["resources"]["requests"]["storage"]).unwrap_or(0);
    }
    ONE
}

/// The limited resources of a quota, with the texts of their limits.
fn limits(quota: &Value) -> BTreeMap<&str, String> {
    let hard = quota["spec"]["hard"].as_object().into_iter().flatten();
    hard.map(|(resource, limit)| {
        let text = limit
            .as_str()
            .map_or_else(|| limit.to_string(), str::to_owned);
        (resource.as_str(), text)
    })
    .collect()
}

/// Whether the scopes of a quota include an object.
fn includes(quota: &Value, kind: &str, object: &Value) -> bool {
    let scopes = object::items(quota, "/spec/scopes").filter_map(Value::as_str);
    let selected = object::items(quota, "/spec/scopeSelector/matchExpressions");
    let selected = selected.map(|expression| object::text(expression, "/scopeName"));
    let mut scopes = scopes.chain(selected).peekable();
    if scopes.peek().is_some() && kind != "pods" {
        return false;
    }
    scopes.all(|scope| {
        let is_terminating = !object["spec"]["activeDeadlineSeconds"].is_null();
        let is_best_effort =
            of_pod(object, "requests").is_empty() && of_pod(object, "limits").is_empty();
        match scope {
            "Terminating" => is_terminating,
            "NotTerminating" => !is_terminating,
            "BestEffort" => is_best_effort,
            "NotBestEffort" => !is_best_effort,
            _ => !object::text(object, "/spec/priorityClassName").is_empty(),
        }
    })
}

/// The amounts that the objects of the namespace use of the resources of a quota.
fn used(state: &State, quota: &Value) -> Amounts {
    let namespace = object::namespace(quota);
    let limits = limits(quota);
    let resources = limits.keys().map(|resource| {
        let kind = kind_of(resource);
        let objects = state.objects.list(kind, Some(namespace)).into_iter();
        let included = objects.filter(|object| includes(quota, kind, object));
        let used = included.map(|object| amount(resource, &object)).sum();
        ((*resource).to_owned(), used)
    });
    resources.collect()
}

/// The status of a quota.
pub(crate) fn status(state: &State, quota: &Value) -> Value {
    let limits = limits(quota);
    let used: BTreeMap<String, String> = used(state, quota)
        .into_iter()
        .map(|(resource, amount)| {
            let limit = limits.get(resource.as_str()).map_or("", String::as_str);
            let text = format(amount, limit);
            (resource, text)
        })
        .collect();
    json!({"hard": quota["spec"]["hard"], "used": used})
}

/// Checks a new object against the quotas of its namespace; the error is a message.
pub(super) fn check(state: &State, kind: &Kind, object: &Value) -> Result<(), String> {
    let quotas = state
        .objects
        .list("resourcequotas", Some(object::namespace(object)));
    for quota in quotas {
        if !includes(&quota, &kind.id, object) {
            continue;
        }
        let mut limits = limits(&quota);
        limits.retain(|resource, _| kind_of(resource) == kind.id);
        if limits.is_empty() {
            continue;
        }
        let name = object::name(&quota);
        if kind.id == "pods" {
            check_specified(&limits, object)
                .map_err(|problem| format!("failed quota: {name}: {problem}"))?;
        }
        check_limits(state, &quota, &limits, object)?;
    }
    Ok(())
}

/// Checks that every container specifies the compute resources that a quota limits.
fn check_specified(limits: &BTreeMap<&str, String>, pod: &Value) -> Result<(), String> {
    let containers: Vec<&Value> = object::items(pod, "/spec/initContainers")
        .chain(object::items(pod, "/spec/containers"))
        .collect();
    let required = limits.keys().filter(|resource| REQUIRED.contains(resource));
    let missing: Vec<String> = required
        .filter_map(|resource| {
            let (list, name) = resource.split_once('.').unwrap_or(("requests", resource));
            let lacking: Vec<&str> = containers
                .iter()
                .filter(|container| !of_container(container, list).contains_key(name))
                .map(|container| object::text(container, "/name"))
                .collect();
            (!lacking.is_empty()).then(|| format!("{resource} for: {}", lacking.join(",")))
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("must specify {}", missing.join("; ")))
}

fn check_limits(
    state: &State,
    quota: &Value,
    limits: &BTreeMap<&str, String>,
    object: &Value,
) -> Result<(), String> {
    let used = used(state, quota);
    let (mut requested_texts, mut used_texts, mut limit_texts) = (vec![], vec![], vec![]);
    for (resource, text) in limits {
        let requested = amount(resource, object);
        let before = used.get(*resource).copied().unwrap_or(0);
        let limit = thousandths(&json!(text)).unwrap_or(0);
        if requested > 0 && before + requested > limit {
            requested_texts.push(format!("{resource}={}", format(requested, text)));
            used_texts.push(format!("{resource}={}", format(before, text)));
            limit_texts.push(format!("{resource}={text}"));
        }
    }
    if requested_texts.is_empty() {
        return Ok(());
    }
    Err(format!(
        "exceeded quota: {}, requested: {}, used: {}, limited: {}",
        object::name(quota),
        requested_texts.join(","),
        used_texts.join(","),
        limit_texts.join(",")
    ))
}
