//! Defaults of pods and pod templates.
//!
//! Start at [`pod`] and [`template`].

use serde_json::{Map, Value, json};

use super::each_map;
use crate::object::set_default;

/// Sets the defaults of a pod spec.
pub(super) fn pod(spec: &mut Map<String, Value>) {
    fill(spec);
    let account = spec
        .get("serviceAccountName")
        .cloned()
        .unwrap_or_else(|| json!("default"));
    set_default(spec, "serviceAccountName", account.clone());
    set_default(spec, "serviceAccount", account);
    set_default(spec, "enableServiceLinks", true);
    set_default(spec, "priority", 0);
    set_default(spec, "preemptionPolicy", "PreemptLowerPriority");
    let toleration = |key: &str| json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
    set_default(
        spec,
        "tolerations",
        json!([
            toleration("node.kubernetes.io/not-ready"),
            toleration("node.kubernetes.io/unreachable"),
        ]),
    );
}

/// Sets the defaults of the pod template of a workload.
pub(super) fn template(template: Option<&mut Value>) {
    if let Some(spec) = template
        .and_then(|template| template.get_mut("spec"))
        .and_then(Value::as_object_mut)
    {
        fill(spec);
        if let Some(account) = spec.get("serviceAccountName").cloned() {
            set_default(spec, "serviceAccount", account);
        }
    }
}

fn fill(spec: &mut Map<String, Value>) {
    set_default(spec, "restartPolicy", "Always");
    set_default(spec, "dnsPolicy", "ClusterFirst");
    set_default(spec, "schedulerName", "default-scheduler");
    set_default(spec, "terminationGracePeriodSeconds", 30);
    set_default(spec, "securityContext", json!({}));
    for list in ["containers", "initContainers"] {
        for container in each_map(spec.get_mut(list)) {
            fill_container(container);
        }
    }
    for volume in each_map(spec.get_mut("volumes")) {
        fill_volume(volume);
    }
}

fn fill_container(container: &mut Map<String, Value>) {
    let image = container
        .get("image")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let tag = image
        .rsplit('/')
        .next()
        .and_then(|last| last.split_once(':'))
        .map(|(_, tag)| tag);
    let policy = match tag {
        _ if image.contains('@') => "IfNotPresent",
        None | Some("latest") => "Always",
        Some(_) => "IfNotPresent",
    };
    set_default(container, "imagePullPolicy", policy);
    set_default(container, "terminationMessagePath", "/dev/termination-log");
    set_default(container, "terminationMessagePolicy", "File");
    set_default(container, "resources", json!({}));
    for port in each_map(container.get_mut("ports")) {
        set_default(port, "protocol", "TCP");
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(probe).and_then(Value::as_object_mut) {
            fill_probe(probe);
        }
    }
    for variable in each_map(container.get_mut("env")) {
        let reference = variable
            .get_mut("valueFrom")
            .and_then(|from| from.get_mut("fieldRef"));
        if let Some(reference) = reference.and_then(Value::as_object_mut) {
            set_default(reference, "apiVersion", "v1");
        }
    }
    if let Some(resources) = container
        .get_mut("resources")
        .and_then(Value::as_object_mut)
        && let Some(Value::Object(limits)) = resources.get("limits").cloned()
    {
        let requests = resources.entry("requests").or_insert_with(|| json!({}));
        if let Some(requests) = requests.as_object_mut() {
            for (name, amount) in limits {
                set_default(requests, &name, amount);
            }
        }
    }
}

fn fill_probe(probe: &mut Map<String, Value>) {
    for (name, value) in [
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ] {
        set_default(probe, name, value);
    }
    if let Some(get) = probe.get_mut("httpGet").and_then(Value::as_object_mut) {
        set_default(get, "path", "/");
        set_default(get, "scheme", "HTTP");
    }
}

fn fill_volume(volume: &mut Map<String, Value>) {
    for source in ["secret", "configMap", "projected", "downwardAPI"] {
        if let Some(source) = volume.get_mut(source).and_then(Value::as_object_mut) {
            set_default(source, "defaultMode", 420);
        }
    }
    if let Some(path) = volume.get_mut("hostPath").and_then(Value::as_object_mut) {
        set_default(path, "type", "");
    }
}
