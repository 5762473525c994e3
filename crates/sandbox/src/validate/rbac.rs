//! Roles and role bindings.
//!
//! Whether the writer has the rights of a role is not checked here. Start at [`check_role`] and
//! [`check_binding`].

use serde_json::{Value, json};

use crate::api_status::Cause;
use crate::object;
use crate::problems::Problems;

/// Checks a Role or ClusterRole.
pub(super) fn check_role(object: &Value, problems: &mut Problems) {
    let is_namespaced = object::text(object, "/kind") == "Role";
    for (at, rule) in object::items(object, "/rules").enumerate() {
        let field = format!("rules[{at}]");
        let is_empty = |member: &str| object::items(rule, &format!("/{member}")).next().is_none();
        if is_empty("verbs") {
            let detail = "verbs must contain at least one value";
            problems.required(&format!("{field}.verbs"), detail);
        }
        if !is_empty("nonResourceURLs") {
            let value = &rule["nonResourceURLs"];
            let field = format!("{field}.nonResourceURLs");
            if is_namespaced {
                let detail = "namespaced rules cannot apply to non-resource URLs";
                problems.invalid(&field, value, detail);
            } else if !is_empty("resources") || !is_empty("apiGroups") {
                let detail = "rules cannot apply to both regular resources and non-resource URLs";
                problems.invalid(&field, value, detail);
            }
            continue;
        }
        for (member, noun) in [("apiGroups", "api group"), ("resources", "resource")] {
            if is_empty(member) {
                let detail = format!("resource rules must supply at least one {noun}");
                problems.required(&format!("{field}.{member}"), &detail);
            }
        }
    }
}

/// Checks a RoleBinding or ClusterRoleBinding.
pub(super) fn check_binding(object: &Value, problems: &mut Problems) {
    let is_namespaced = object::text(object, "/kind") == "RoleBinding";
    let role_kinds: &[&str] = if is_namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    let role_kind = object["roleRef"]["kind"].as_str().unwrap_or_default();
    if !role_kinds.contains(&role_kind) {
        let cause = Cause::unsupported("roleRef.kind", &json!(role_kind), role_kinds);
        problems.causes.push(cause);
    }
    if object::text(object, "/roleRef/name").is_empty() {
        problems.required("roleRef.name", "");
    }
    for (at, subject) in object::items(object, "/subjects").enumerate() {
        let field = format!("subjects[{at}]");
        let text = |member: &str| object::text(subject, &format!("/{member}"));
        if text("name").is_empty() {
            problems.required(&format!("{field}.name"), "");
        }
        let kind = text("kind");
        let kinds = ["ServiceAccount", "User", "Group"];
        if !kinds.contains(&kind) {
            let cause = Cause::unsupported(&format!("{field}.kind"), &json!(kind), &kinds);
            problems.causes.push(cause);
        } else if kind == "ServiceAccount" && text("namespace").is_empty() && !is_namespaced {
            // A ServiceAccount without a namespace is in that of the RoleBinding.
            problems.required(&format!("{field}.namespace"), "");
        }
    }
}

/// Checks a change of a binding.
pub(super) fn check_binding_change(old: &Value, new: &Value, problems: &mut Problems) {
    if old["roleRef"] != new["roleRef"] {
        let role = &new["roleRef"];
        let value = json!({
            "APIGroup": role["apiGroup"], "Kind": role["kind"], "Name": role["name"],
        });
        problems.invalid("roleRef", &value, "cannot change roleRef");
    }
}
