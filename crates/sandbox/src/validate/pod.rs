//! Pods and pod templates.
//!
//! Start at [`check_spec`] and [`check_change`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::names;
use super::{container, volume};
use crate::object;
use crate::problems::Problems;

/// The message about a change to a field of a pod that is fixed.
const FIXED_FIELDS: &str = "pod updates may not change fields other than \
    `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
    `spec.tolerations` (only additions to existing tolerations),\
    `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Checks the labels and the specification of a pod template; `field` is the path of the template.
pub(super) fn check_template(template: &Value, field: &str, problems: &mut Problems) {
    let labels = format!("{field}.metadata.labels");
    super::metadata::labels(template, "/metadata/labels", &labels, problems);
    check_spec(&template["spec"], &format!("{field}.spec"), problems);
}

/// Checks the specification of a pod.
pub(super) fn check_spec(spec: &Value, field: &str, problems: &mut Problems) {
    let volumes = volume::check_all(spec, field, problems);
    let containers: Vec<&Value> = object::items(spec, "/containers").collect();
    if containers.is_empty() {
        problems.required(&format!("{field}.containers"), "");
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for member in ["containers", "initContainers"] {
        for (at, container) in object::items(spec, &format!("/{member}")).enumerate() {
            let field = format!("{field}.{member}[{at}]");
            let name = object::text(container, "/name");
            if !name.is_empty() && !names.insert(name) {
                problems.duplicate(&format!("{field}.name"), &json!(name));
            }
            container::check(container, &field, &volumes, problems);
        }
    }
    let text = |member: &str| object::text(spec, &format!("/{member}"));
    problems.one_of(
        &format!("{field}.restartPolicy"),
        text("restartPolicy"),
        &["Always", "OnFailure", "Never"],
    );
    problems.one_of(
        &format!("{field}.dnsPolicy"),
        text("dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
    super::metadata::labels(
        spec,
        "/nodeSelector",
        &format!("{field}.nodeSelector"),
        problems,
    );
    for (member, messages) in [
        ("hostname", names::label(text("hostname"))),
        ("subdomain", names::label(text("subdomain"))),
        (
            "serviceAccountName",
            names::subdomain(text("serviceAccountName")),
        ),
        ("nodeName", names::subdomain(text("nodeName"))),
        (
            "priorityClassName",
            names::subdomain(text("priorityClassName")),
        ),
    ] {
        if !text(member).is_empty() {
            problems.text(&format!("{field}.{member}"), text(member), messages);
        }
    }
    check_tolerations(spec, field, problems);
}

fn check_tolerations(spec: &Value, field: &str, problems: &mut Problems) {
    for (at, toleration) in object::items(spec, "/tolerations").enumerate() {
        let field = format!("{field}.tolerations[{at}]");
        let text = |member: &str| object::text(toleration, &format!("/{member}"));
        if !text("key").is_empty() {
            let messages = names::label_key(text("key"));
            problems.text(&format!("{field}.key"), text("key"), messages);
        } else if text("operator") != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all \
                          values and all keys\"";
            let operator = json!(text("operator"));
            problems.invalid(&format!("{field}.operator"), &operator, detail);
        }
        match (text("operator"), text("value")) {
            ("Exists", value) if !value.is_empty() => {
                let detail = "value must be empty when `operator` is 'Exists'";
                problems.invalid(&format!("{field}.operator"), &json!(value), detail);
            }
            ("" | "Equal", value) => {
                let messages = names::label_value(value);
                problems.text(&format!("{field}.operator"), value, messages);
            }
            (operator, _) => {
                problems.one_of(&format!("{field}.operator"), operator, &["Equal", "Exists"]);
            }
        }
        problems.one_of(
            &format!("{field}.effect"),
            text("effect"),
            &["NoSchedule", "PreferNoSchedule", "NoExecute"],
        );
    }
}

/// Checks a change of a pod by a client: few fields may change.
pub(super) fn check_change(old: &Value, new: &Value, problems: &mut Problems) {
    let before = &old["spec"];
    let mut after = new["spec"].clone();
    for member in ["containers", "initContainers"] {
        let images: Vec<Value> = object::items(before, &format!("/{member}"))
            .map(|container| container["image"].clone())
            .collect();
        let containers = after.get_mut(member).and_then(Value::as_array_mut);
        for (container, image) in containers.into_iter().flatten().zip(images) {
            container["image"] = image;
        }
    }
    let extended = object::items(before, "/tolerations")
        .all(|kept| object::items(&new["spec"], "/tolerations").any(|found| found == kept));
    if extended && let Some(members) = after.as_object_mut() {
        match before.get("tolerations") {
            Some(kept) => drop(members.insert("tolerations".into(), kept.clone())),
            None => drop(members.remove("tolerations")),
        }
    }
    if let Some(members) = after.as_object_mut() {
        match before.get("activeDeadlineSeconds") {
            Some(kept) => drop(members.insert("activeDeadlineSeconds".into(), kept.clone())),
            None => drop(members.remove("activeDeadlineSeconds")),
        }
    }
    if *before != after {
        problems.forbidden("spec", FIXED_FIELDS);
    }
}
