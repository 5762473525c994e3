//! Names, labels, annotations, owners and finalizers.
//!
//! Every kind has them. Start at [`check_name`] and [`check`].

use serde_json::{Value, json};

use super::names;
use crate::kinds::Kind;
use crate::object;
use crate::problems::Problems;

/// Checks the name of a new object.
pub(super) fn check_name(kind: &Kind, object: &Value, problems: &mut Problems) {
    let prefix = object::text(object, "/metadata/generateName");
    if !prefix.is_empty() {
        let messages = name_messages(kind, prefix.trim_end_matches('-'));
        problems.text("metadata.generateName", prefix, messages);
    }
    let name = object::name(object);
    if name.is_empty() {
        problems.required("metadata.name", "name or generateName is required");
        return;
    }
    problems.text("metadata.name", name, name_messages(kind, name));
}

fn name_messages(kind: &Kind, name: &str) -> Vec<String> {
    /// The pods of a CronJob have a suffix of eleven characters.
    const MAX_CRON_JOB_NAME: usize = 52;
    match kind.kind.as_str() {
        "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding"
            if kind.group == "rbac.authorization.k8s.io" =>
        {
            let found = name.chars().find(|letter| matches!(letter, '/' | '%'));
            let found = found.map(|character| format!("may not contain '{character}'"));
            found.into_iter().collect()
        }
        "Namespace" | "Service" if kind.group.is_empty() => names::label(name),
        "CronJob" if kind.crd.is_none() && name.len() > MAX_CRON_JOB_NAME => {
            vec![names::too_long(MAX_CRON_JOB_NAME)]
        }
        _ => names::subdomain(name),
    }
}

/// Checks the metadata that clients write.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    labels(object, "/metadata/labels", "metadata.labels", problems);
    for (key, _) in object::pairs(object, "/metadata/annotations") {
        // Keys of annotations may be in upper case, also in the prefix.
        let messages = names::label_key(&key.to_lowercase());
        problems.text("metadata.annotations", key, messages);
    }
    owners(object, problems);
    for (at, finalizer) in object::items(object, "/metadata/finalizers").enumerate() {
        let finalizer = finalizer.as_str().unwrap_or_default();
        let field = format!("metadata.finalizers[{at}]");
        let messages = names::label_key(finalizer);
        let is_standard = matches!(finalizer, "orphan" | "foregroundDeletion" | "kubernetes");
        if messages.is_empty() && !is_standard && !finalizer.contains('/') {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            problems.invalid(&field, &json!(finalizer), detail);
        }
        problems.text(&field, finalizer, messages);
    }
}

/// Checks keys and values of labels.
pub(super) fn labels(object: &Value, pointer: &str, field: &str, problems: &mut Problems) {
    for (key, value) in object::pairs(object, pointer) {
        problems.text(field, key, names::label_key(key));
        problems.text(field, value, names::label_value(value));
    }
}

fn owners(object: &Value, problems: &mut Problems) {
    let field = "metadata.ownerReferences";
    let mut controller: Option<String> = None;
    for owner in object::items(object, "/metadata/ownerReferences") {
        for (member, detail) in [
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ] {
            if object::text(owner, &format!("/{member}")).is_empty() {
                problems.invalid(&format!("{field}.{member}"), &json!(""), detail);
            }
        }
        if owner["controller"] == true {
            let name = format!(
                "{}/{}",
                object::text(owner, "/kind"),
                object::text(owner, "/name")
            );
            if let Some(first) = &controller {
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in \
                     references for {first} and {name}"
                );
                let owners = object.pointer("/metadata/ownerReferences");
                problems.invalid(field, owners.unwrap_or(&Value::Null), &detail);
            } else {
                controller = Some(name);
            }
        }
    }
}
