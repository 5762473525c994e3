//! Defaults of the kinds that run pods.
//!
//! One function a kind.

use serde_json::{Value, json};

use super::pod;
use crate::object::{default, map};

pub(super) fn deployment(object: &mut Value) {
    let spec = map(object, "spec");
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "progressDeadlineSeconds", 600);
    let strategy = spec.entry("strategy").or_insert_with(|| json!({}));
    let kind = strategy["type"]
        .as_str()
        .unwrap_or("RollingUpdate")
        .to_owned();
    if let Some(strategy) = strategy.as_object_mut() {
        default(strategy, "type", kind.clone());
        if kind == "RollingUpdate" {
            let rolling = strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
            if let Some(rolling) = rolling.as_object_mut() {
                default(rolling, "maxSurge", "25%");
                default(rolling, "maxUnavailable", "25%");
            }
        }
    }
    pod::template(spec.get_mut("template"));
}

pub(super) fn stateful_set(object: &mut Value) {
    let spec = map(object, "spec");
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "podManagementPolicy", "OrderedReady");
    default(spec, "serviceName", "");
    default(
        spec,
        "updateStrategy",
        json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}),
    );
    default(
        spec,
        "persistentVolumeClaimRetentionPolicy",
        json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
    );
    pod::template(spec.get_mut("template"));
}

pub(super) fn daemon_set(object: &mut Value) {
    let spec = map(object, "spec");
    default(spec, "revisionHistoryLimit", 10);
    default(
        spec,
        "updateStrategy",
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}),
    );
    pod::template(spec.get_mut("template"));
}

pub(super) fn job(object: &mut Value) {
    let spec = map(object, "spec");
    default(spec, "parallelism", 1);
    default(spec, "completions", 1);
    default(spec, "backoffLimit", 6);
    default(spec, "completionMode", "NonIndexed");
    default(spec, "suspend", false);
    default(spec, "manualSelector", false);
    default(spec, "podReplacementPolicy", "TerminatingOrFailed");
    pod::template(spec.get_mut("template"));
}

pub(super) fn cron_job(object: &mut Value) {
    let spec = map(object, "spec");
    default(spec, "concurrencyPolicy", "Allow");
    default(spec, "suspend", false);
    default(spec, "successfulJobsHistoryLimit", 3);
    default(spec, "failedJobsHistoryLimit", 1);
    pod::template(
        spec.get_mut("jobTemplate")
            .and_then(|job| job.pointer_mut("/spec/template")),
    );
}

/// Gives a Job the selector and labels by which it knows its pods.
pub(super) fn select_own_pods(object: &mut Value) {
    let uid = json!(crate::object::uid(object));
    let name = object["metadata"]["name"].clone();
    let spec = map(object, "spec");
    if spec.get("manualSelector") == Some(&json!(true)) {
        return;
    }
    default(
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
