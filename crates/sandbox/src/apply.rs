//! Server-side apply: merges the configuration of a manager into the live object.
//!
//! A change to a field of another manager is a conflict unless it is forced; fields that the manager
//! no longer applies and no other manager owns are removed. Start at [`apply`].

pub(crate) mod fields;
pub(crate) mod managers;
pub(crate) mod merge;

use serde_json::Value;

use crate::api_status::{ApiStatus, Cause};
use crate::object;
use crate::schema::Type;
use fields::FieldSet;
use managers::{Entry, Managers};

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
    let result = merge::remove(&merged, &removed, &retained, kind).unwrap_or(merged);
    manager.fields = fields;
    managers.set(manager);
    Ok((result, managers))
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
