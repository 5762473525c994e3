//! Defaulting of objects.
//!
//! Defaulting is idempotent and runs at every write. Start at [`fill`].

mod pod;
mod service;
mod volume;
mod workload;

pub(crate) use service::{allocate, release_node_ports};
pub(crate) use volume::default_class;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::custom;
use crate::kinds::Kind;
use crate::object::{self, map, set_default};

/// Sets the defaults of an object.
pub(crate) fn fill(kind: &Kind, object: &mut Value) {
    if kind.crd.is_some() {
        custom::fill_defaults(kind, object);
        return;
    }
    match kind.kind.as_str() {
        "Deployment" => workload::deployment(object),
        "ReplicaSet" | "ReplicationController" => set_default(map(object, "spec"), "replicas", 1),
        "StatefulSet" => workload::stateful_set(object),
        "DaemonSet" => workload::daemon_set(object),
        "Job" => workload::job(object),
        "CronJob" => workload::cron_job(object),
        "Pod" => pod::pod(map(object, "spec")),
        "Service" => service::service(map(object, "spec")),
        "Secret" => secret(object),
        "Namespace" => namespace(object),
        "CustomResourceDefinition" => crd(object),
        "HorizontalPodAutoscaler" => set_default(map(object, "spec"), "minReplicas", 1),
        "ClusterRoleBinding" | "RoleBinding" => binding(object),
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => webhooks(object),
        "Event" if kind.group.is_empty() => event(object),
        "LimitRange" => crate::admission::fill_limit_range(object),
        "PersistentVolumeClaim" => set_default(map(object, "spec"), "volumeMode", "Filesystem"),
        _ => {}
    }
    if matches!(kind.kind.as_str(), "ReplicaSet" | "ReplicationController") {
        pod::template(object.pointer_mut("/spec/template"));
    }
}

/// The items of a list that may be missing.
fn list(found: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    found.and_then(Value::as_array_mut).into_iter().flatten()
}

fn each_map(found: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    list(found).filter_map(Value::as_object_mut)
}

fn secret(object: &mut Value) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    set_default(members, "type", "Opaque");
    if let Some(Value::Object(plain)) = members.remove("stringData") {
        let encoded = map(object, "data");
        for (key, value) in plain {
            encoded.insert(
                key,
                json!(STANDARD.encode(value.as_str().unwrap_or_default())),
            );
        }
    }
}

fn namespace(object: &mut Value) {
    let name = object::name(object).to_owned();
    let is_terminating = object::is_terminating(object);
    let meta = object::meta(object);
    let labels = meta.entry("labels").or_insert_with(|| json!({}));
    if let Some(labels) = labels.as_object_mut() {
        labels.insert("kubernetes.io/metadata.name".into(), json!(name));
    }
    if !is_terminating {
        set_default(map(object, "spec"), "finalizers", json!(["kubernetes"]));
        set_default(map(object, "status"), "phase", "Active");
    }
}

fn crd(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "conversion", json!({"strategy": "None"}));
    let Some(names) = spec.get_mut("names").and_then(Value::as_object_mut) else {
        return;
    };
    let kind = names
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    set_default(names, "listKind", format!("{kind}List"));
    set_default(names, "singular", kind.to_lowercase());
}

fn binding(object: &mut Value) {
    for subject in each_map(object.get_mut("subjects")) {
        if subject
            .get("kind")
            .is_some_and(|kind| kind != "ServiceAccount")
        {
            set_default(subject, "apiGroup", "rbac.authorization.k8s.io");
        }
    }
    set_default(
        map(object, "roleRef"),
        "apiGroup",
        "rbac.authorization.k8s.io",
    );
}

fn webhooks(object: &mut Value) {
    let is_mutating = object["kind"] == "MutatingWebhookConfiguration";
    for hook in each_map(object.get_mut("webhooks")) {
        set_default(hook, "failurePolicy", "Fail");
        set_default(hook, "matchPolicy", "Equivalent");
        set_default(hook, "namespaceSelector", json!({}));
        set_default(hook, "objectSelector", json!({}));
        set_default(hook, "timeoutSeconds", 10);
        if is_mutating {
            set_default(hook, "reinvocationPolicy", "Never");
        }
        if let Some(service) = hook
            .get_mut("clientConfig")
            .and_then(|config| config.get_mut("service"))
            && let Some(service) = service.as_object_mut()
        {
            set_default(service, "port", 443);
        }
        for rule in each_map(hook.get_mut("rules")) {
            set_default(rule, "scope", "*");
        }
    }
}

fn event(object: &mut Value) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    for (name, value) in [
        ("reportingComponent", json!("")),
        ("reportingInstance", json!("")),
        ("source", json!({})),
    ] {
        set_default(members, name, value);
    }
}
