//! Server-side apply: merges the configuration of a manager into the live object.
//!
//! A change to a field of another manager is a conflict unless it is forced; fields that the manager
//! no longer applies and no other manager owns are removed. Start at [`apply`].

pub(crate) mod fields;
pub(crate) mod managers;
pub(crate) mod merge;

use serde_json::{Value, json};

use crate::api_status::{ApiStatus, Cause};
use crate::object;
use crate::schema::Type;
use fields::FieldSet;
use managers::{Entry, Managers};

/// The manager of kubectl's server-side apply.
const KUBECTL: &str = "kubectl";

/// The annotation of kubectl's client-side apply.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A configuration and the manager that applies it.
pub(crate) struct Applied<'a> {
    pub(crate) config: &'a Value,
    /// The manager; `apply` sets its fields.
    pub(crate) manager: Entry,
    pub(crate) force: bool,
}

/// The object after an apply and its managers, before defaulting.
pub(crate) fn apply(
    live: &Value,
    applied: Applied<'_>,
    kind: &Type,
) -> Result<(Value, Managers), ApiStatus> {
    let Applied {
        config,
        mut manager,
        force,
    } = applied;
    let mut managers = Managers::read(live);
    if managers.entries.is_empty() && live.get("metadata").is_some() {
        managers.set(before_first_apply(live, &manager, kind));
    }
    let mut config = config.clone();
    object::meta(&mut config).remove("managedFields");
    if manager.subresource != "status" && live.get("status").is_some() {
        drop(
            config
                .as_object_mut()
                .map(|members| members.remove("status")),
        );
    }
    let mut fields = FieldSet::of(&config, kind);
    managers::strip_unowned(&mut fields, &manager.subresource);

    let merged = merge::merge(live, &config, kind);
    let difference = fields::compare(live, &merged, kind);
    let mut changed = difference.modified;
    changed.add(&difference.added);
    let changed_fields = fields.intersection(&changed);
    let conflicts: Vec<(&Entry, FieldSet)> = managers
        .others(&manager)
        .map(|other| (other, other.fields.intersection(&changed_fields)))
        .filter(|(_, shared)| !shared.is_empty())
        .collect();
    let conflicts = without_last_applied(live, kind, &manager, conflicts);
    if !conflicts.is_empty() && !force {
        return Err(conflict(&conflicts));
    }
    managers.remove_from_others(&manager, &changed_fields);

    let earlier = managers
        .entry(&manager)
        .map(|entry| entry.fields.clone())
        .unwrap_or_default();
    let mut removed = earlier;
    removed.subtract(&fields);
    let mut retained = fields.clone();
    for other in managers.others(&manager) {
        retained.add(&other.fields);
    }
    let mut result = merge::remove(&merged, &removed, &retained, kind).unwrap_or(merged);
    if manager.manager == KUBECTL && last_applied(live).is_some() {
        let annotations = object::meta(&mut result)
            .entry("annotations")
            .or_insert_with(|| json!({}));
        annotations[LAST_APPLIED] = json!(format!("{config}\n"));
    }
    manager.fields = fields;
    managers.set(manager);
    Ok((result, managers))
}

/// The owner of the fields of an object without managers at its first apply.
fn before_first_apply(live: &Value, applied: &Entry, kind: &Type) -> Entry {
    let mut content = live.clone();
    drop(
        content
            .as_object_mut()
            .map(|members| members.remove("status")),
    );
    let mut fields = fields::compare(&json!({}), &content, kind).added;
    managers::strip_unowned(&mut fields, "");
    Entry {
        manager: "before-first-apply".to_owned(),
        operation: "Update".to_owned(),
        subresource: String::new(),
        fields,
        ..applied.clone()
    }
}

/// The configuration that kubectl applied last on the client side.
fn last_applied(live: &Value) -> Option<Value> {
    let text = live["metadata"]["annotations"][LAST_APPLIED].as_str()?;
    serde_json::from_str(text).ok()
}

/// The conflicts, for kubectl without those about fields that it applied on the client side before.
fn without_last_applied<'a>(
    live: &Value,
    kind: &Type,
    manager: &Entry,
    conflicts: Vec<(&'a Entry, FieldSet)>,
) -> Vec<(&'a Entry, FieldSet)> {
    let Some(config) = last_applied(live).filter(|_| manager.manager == KUBECTL) else {
        return conflicts;
    };
    let allowed = FieldSet::of(&config, kind);
    let remaining = conflicts.into_iter().map(|(other, mut shared)| {
        shared.subtract(&allowed);
        (other, shared)
    });
    remaining.filter(|(_, shared)| !shared.is_empty()).collect()
}

fn conflict(conflicts: &[(&Entry, FieldSet)]) -> ApiStatus {
    let mut causes = Vec::new();
    let mut lines = Vec::new();
    for (other, shared) in conflicts {
        lines.push(format!("conflicts with {}:", other.display()));
        for path in shared.paths() {
            lines.push(format!("- {path}"));
            causes.push(Cause {
                reason: "FieldManagerConflict",
                field: path,
                message: format!("conflict with {}", other.display()),
            });
        }
    }
    let message = match causes.as_slice() {
        [cause] => format!(
            "Apply failed with 1 conflict: {}: {}",
            cause.message, cause.field
        ),
        causes => format!(
            "Apply failed with {} conflicts: {}",
            causes.len(),
            lines.join("\n")
        ),
    };
    ApiStatus::field_conflict(message, causes)
}
