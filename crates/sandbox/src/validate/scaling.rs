//! Autoscalers and disruption budgets, and numbers that may be percentages.
//!
//! Start at [`check_autoscaler`], [`check_budget`] and [`check_int_or_percent`].

use serde_json::{Value, json};

use crate::object;
use crate::problems::Problems;

const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' \
    (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// Checks a number or a percentage; `null` is valid.
pub(super) fn check_int_or_percent(value: &Value, field: &str, problems: &mut Problems) {
    match value {
        Value::String(text) => {
            let is_valid = text.strip_suffix('%').is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
            if !is_valid {
                problems.invalid(field, value, PERCENT);
            }
        }
        value if value.as_i64().is_some_and(|number| number < 0) => {
            problems.invalid(field, value, "must be greater than or equal to 0");
        }
        _ => {}
    }
}

/// Whether a number or percentage is zero.
pub(super) fn is_zero(value: &Value) -> bool {
    value == 0 || value == "0%" || value == "0"
}

/// Checks a HorizontalPodAutoscaler.
pub(super) fn check_autoscaler(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    let minimum = object::number(spec, "/minReplicas").unwrap_or(1);
    let maximum = object::number(spec, "/maxReplicas").unwrap_or(0);
    if minimum < 1 {
        let detail = "must be greater than or equal to 1";
        problems.invalid("spec.minReplicas", &json!(minimum), detail);
    }
    if maximum < 1 {
        problems.required("spec.maxReplicas", "must be set and greater than 0");
    }
    if maximum < minimum {
        let detail = "must be greater than or equal to `minReplicas`";
        problems.invalid("spec.maxReplicas", &json!(maximum), detail);
    }
    let target = &spec["scaleTargetRef"];
    for member in ["kind", "name"] {
        if object::text(target, &format!("/{member}")).is_empty() {
            problems.required(&format!("spec.scaleTargetRef.{member}"), "");
        }
    }
    let api_version = object::text(target, "/apiVersion");
    let is_core = object::text(target, "/kind") == "ReplicationController";
    if !api_version.contains('/') && !is_core {
        problems.invalid(
            "spec.scaleTargetRef.apiVersion",
            &json!(api_version),
            "apiVersion must specify API group",
        );
    }
}

/// Checks a PodDisruptionBudget.
pub(super) fn check_budget(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    if !spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null() {
        let value = json!({
            "MinAvailable": spec["minAvailable"], "Selector": spec["selector"],
            "MaxUnavailable": spec["maxUnavailable"],
            "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"],
        });
        let detail = "minAvailable and maxUnavailable cannot be both set";
        problems.invalid("spec", &value, detail);
    }
    for member in ["minAvailable", "maxUnavailable"] {
        check_int_or_percent(&spec[member], &format!("spec.{member}"), problems);
    }
}
