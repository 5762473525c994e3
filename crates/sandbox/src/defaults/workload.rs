//! Defaults of workloads, with one function per kind.

use serde_json::{Map, Value, json};

use super::pod;
use crate::object::{map, set_default};

pub(super) fn deployment(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "replicas", 1);
    set_default(spec, "revisionHistoryLimit", 10);
    set_default(spec, "progressDeadlineSeconds", 600);
    let strategy = spec.entry("strategy").or_insert_with(|| json!({}));
    let kind = strategy["type"]
        .as_str()
        .unwrap_or("RollingUpdate")
        .to_owned();
    if let Some(strategy) = strategy.as_object_mut() {
        set_default(strategy, "type", kind.clone());
        if kind == "RollingUpdate" {
            let rolling = strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
            if let Some(rolling) = rolling.as_object_mut() {
                set_default(rolling, "maxSurge", "25%");
                set_default(rolling, "maxUnavailable", "25%");
            }
        }
    }
    pod::template(spec.get_mut("template"));
}

pub(super) fn stateful_set(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "replicas", 1);
    set_default(spec, "revisionHistoryLimit", 10);
    set_default(spec, "podManagementPolicy", "OrderedReady");
    set_default(spec, "serviceName", "");
    update_strategy(spec, &[("partition", 0)]);
    set_default(
        spec,
        "persistentVolumeClaimRetentionPolicy",
        json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
    );
    pod::template(spec.get_mut("template"));
}

/// Sets the defaults of an update strategy, with those of a rolling update.
fn update_strategy(spec: &mut Map<String, Value>, rolling: &[(&str, i64)]) {
    let strategy = spec.entry("updateStrategy").or_insert_with(|| json!({}));
    if strategy["type"].is_null() {
        strategy["type"] = json!("RollingUpdate");
    }
    if strategy["type"] == "RollingUpdate" {
        for (name, value) in rolling {
            set_default(map(strategy, "rollingUpdate"), name, *value);
        }
    }
}

pub(super) fn daemon_set(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "revisionHistoryLimit", 10);
    update_strategy(spec, &[("maxSurge", 0), ("maxUnavailable", 1)]);
    pod::template(spec.get_mut("template"));
}

pub(super) fn job(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "parallelism", 1);
    set_default(spec, "completions", 1);
    set_default(spec, "backoffLimit", 6);
    set_default(spec, "completionMode", "NonIndexed");
    set_default(spec, "suspend", false);
    set_default(spec, "manualSelector", false);
    set_default(spec, "podReplacementPolicy", "TerminatingOrFailed");
    pod::template(spec.get_mut("template"));
}

pub(super) fn cron_job(object: &mut Value) {
    let spec = map(object, "spec");
    set_default(spec, "concurrencyPolicy", "Allow");
    set_default(spec, "suspend", false);
    set_default(spec, "successfulJobsHistoryLimit", 3);
    set_default(spec, "failedJobsHistoryLimit", 1);
    pod::template(
        spec.get_mut("jobTemplate")
            .and_then(|job| job.pointer_mut("/spec/template")),
    );
}

/// Sets the selector of a Job and the labels of its pods.
pub(super) fn select_own_pods(object: &mut Value) {
    let uid = json!(crate::object::uid(object));
    let name = object["metadata"]["name"].clone();
    let spec = map(object, "spec");
    if spec.get("manualSelector") == Some(&json!(true)) {
        return;
    }
    set_default(
        spec,
        "selector",
        json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}),
    );
    let template = spec.entry("template").or_insert_with(|| json!({}));
    let own = [
        ("batch.kubernetes.io/controller-uid", uid.clone()),
        ("batch.kubernetes.io/job-name", name.clone()),
        ("controller-uid", uid),
        ("job-name", name),
    ];
    for (key, value) in own {
        let labels = map(template, "metadata")
            .entry("labels")
            .or_insert_with(|| json!({}));
        if labels[key].is_null() {
            labels[key] = value;
        }
    }
    let labels = template["metadata"]["labels"].clone();
    let meta = map(object, "metadata");
    if meta.get("labels").is_none_or(Value::is_null) {
        meta.insert("labels".into(), labels);
    }
}
