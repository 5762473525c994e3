//! Deployments, ReplicaSets, StatefulSets and DaemonSets.
//!
//! Start at [`check`] and [`check_change`].

use serde_json::{Value, json};

use super::pod;
use super::scaling::{check_int_or_percent, is_zero};
use crate::api_status::Cause;
use crate::object;
use crate::problems::Problems;
use crate::selector;

const STATEFUL_SET_FIELDS: &str = "updates to statefulset spec for fields other than 'replicas', \
    'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', \
    'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Checks a workload whose pods run until they are deleted.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    let members = ["replicas", "minReadySeconds", "revisionHistoryLimit"];
    problems.non_negative(spec, "spec", &members);
    check_selector(object, problems);
    pod::check_template(&spec["template"], "spec.template", problems);
    let policy = object::text(spec, "/template/spec/restartPolicy");
    if matches!(policy, "Never" | "OnFailure") {
        let field = "spec.template.spec.restartPolicy";
        problems.one_of(field, policy, &["Always"]);
    }
    match object::text(object, "/kind") {
        "Deployment" => check_deployment(spec, problems),
        "StatefulSet" => {
            let policy = object::text(spec, "/podManagementPolicy");
            if !matches!(policy, "" | "OrderedReady" | "Parallel") {
                let detail = "must be 'OrderedReady' or 'Parallel'";
                problems.invalid("spec.podManagementPolicy", &json!(policy), detail);
            }
        }
        _ => {}
    }
}

fn check_deployment(spec: &Value, problems: &mut Problems) {
    problems.non_negative(spec, "spec", &["progressDeadlineSeconds"]);
    let ready = object::number(spec, "/minReadySeconds").unwrap_or(0);
    if let Some(deadline) = object::number(spec, "/progressDeadlineSeconds")
        && deadline <= ready
    {
        let detail = "must be greater than minReadySeconds";
        problems.invalid("spec.progressDeadlineSeconds", &json!(deadline), detail);
    }
    let rolling = &spec["strategy"]["rollingUpdate"];
    let field = "spec.strategy.rollingUpdate";
    match object::text(spec, "/strategy/type") {
        "Recreate" if !rolling.is_null() => {
            let detail = "may not be specified when strategy `type` is 'Recreate'";
            problems.forbidden(field, detail);
        }
        "Recreate" => {}
        "RollingUpdate" | "" => {
            for member in ["maxUnavailable", "maxSurge"] {
                check_int_or_percent(&rolling[member], &format!("{field}.{member}"), problems);
            }
            if is_zero(&rolling["maxSurge"]) && is_zero(&rolling["maxUnavailable"]) {
                let value = &rolling["maxUnavailable"];
                let detail = "may not be 0 when `maxSurge` is 0";
                problems.invalid(&format!("{field}.maxUnavailable"), value, detail);
            }
        }
        other => {
            let value = json!({"Type": other, "RollingUpdate": null});
            let supported = ["Recreate", "RollingUpdate"];
            let cause = Cause::unsupported("spec.strategy", &value, &supported);
            problems.causes.push(cause);
        }
    }
}

fn check_selector(object: &Value, problems: &mut Problems) {
    let selector = object.pointer("/spec/selector").unwrap_or(&Value::Null);
    let labels = object
        .pointer("/spec/template/metadata/labels")
        .unwrap_or(&Value::Null);
    let is_empty = selector.as_object().is_none_or(serde_json::Map::is_empty);
    let is_valid = check_expressions(selector, problems);
    if selector.is_null() {
        problems.required("spec.selector", "");
    } else if is_empty {
        let kind = match object::text(object, "/kind") {
            "StatefulSet" => "statefulset",
            "DaemonSet" => "daemonset",
            _ => "deployment",
        };
        let detail = format!("empty selector is invalid for {kind}");
        problems.invalid("spec.selector", selector, &detail);
        return;
    } else if !is_valid {
        problems.invalid("spec.selector", selector, "invalid label selector");
        return;
    }
    if is_empty || !selector::selector_matches(selector, labels) {
        let detail = "`selector` does not match template `labels`";
        problems.invalid("spec.template.metadata.labels", labels, detail);
    }
}

/// Whether the expressions of a selector are valid.
fn check_expressions(selector: &Value, problems: &mut Problems) -> bool {
    let before = problems.causes.len();
    for (at, expression) in object::items(selector, "/matchExpressions").enumerate() {
        let field = format!("spec.selector.matchExpressions[{at}]");
        let has_values = object::items(expression, "/values").next().is_some();
        match object::text(expression, "/operator") {
            "In" | "NotIn" if !has_values => {
                let detail = "must be specified when `operator` is 'In' or 'NotIn'";
                problems.required(&format!("{field}.values"), detail);
            }
            "Exists" | "DoesNotExist" if has_values => {
                let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                problems.forbidden(&format!("{field}.values"), detail);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                let detail = "not a valid selector operator";
                problems.invalid(&format!("{field}.operator"), &json!(other), detail);
            }
        }
    }
    problems.causes.len() == before
}

/// Checks a change of a workload.
pub(super) fn check_change(old: &Value, new: &Value, problems: &mut Problems) {
    if object::text(new, "/kind") != "StatefulSet" {
        problems.immutable(old, new, "/spec/selector");
        return;
    }
    let fixed = |object: &Value| {
        let mut spec = object["spec"].as_object().cloned().unwrap_or_default();
        for changeable in [
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ] {
            spec.remove(changeable);
        }
        spec
    };
    if fixed(old) != fixed(new) {
        problems.forbidden("spec", STATEFUL_SET_FIELDS);
    }
}
