//! Server-side apply: joins what a manager states with the live object.
//!
//! Fields that others own and that would change are a conflict unless forced; fields the manager no
//! longer states and nobody else owns go away. Pure. Start at [`apply`].

pub(crate) mod fields;
pub(crate) mod managers;
pub(crate) mod merge;

use serde_json::Value;

use crate::api_status::{ApiStatus, Cause};
use crate::object;
use crate::schema::Type;
use fields::FieldSet;
use managers::{Entry, Managers};

/// What a manager applies.
pub(crate) struct Applied<'a> {
    pub(crate) stated: &'a Value,
    /// The manager; its fields are filled in here.
    pub(crate) manager: Entry,
    pub(crate) force: bool,
}

/// The object after an apply, with its managers, before defaults are filled in.
pub(crate) fn apply(
    live: &Value,
    applied: Applied<'_>,
    kind: &Type,
) -> Result<(Value, Managers), ApiStatus> {
    let Applied {
        stated,
        mut manager,
        force,
    } = applied;
    let mut managers = Managers::read(live);
    let mut stated = stated.clone();
    object::meta(&mut stated).remove("managedFields");
    if manager.subresource != "status" && live.get("status").is_some() {
        drop(
            stated
                .as_object_mut()
                .map(|members| members.remove("status")),
        );
    }
    let mut fields = FieldSet::of(&stated, kind);
    managers::strip(&mut fields, &manager.subresource);

    let merged = merge::merge(live, &stated, kind);
    let difference = fields::compare(live, &merged, kind);
    let mut changed = difference.modified;
    changed.add(&difference.added);
    let touched = fields.shared_with(&changed);
    let conflicts: Vec<(&Entry, FieldSet)> = managers
        .others(&manager)
        .map(|other| (other, other.fields.shared_with(&touched)))
        .filter(|(_, shared)| !shared.is_empty())
        .collect();
    if !conflicts.is_empty() && !force {
        return Err(conflict(&conflicts));
    }
    managers.disown(&manager, &touched);

    let earlier = managers
        .entry(&manager)
        .map(|entry| entry.fields.clone())
        .unwrap_or_default();
    let mut gone = earlier;
    gone.take_away(&fields);
    let mut kept = fields.clone();
    for other in managers.others(&manager) {
        kept.add(&other.fields);
    }
    let left = merge::remove(&merged, &gone, &kept, kind).unwrap_or(merged);
    manager.fields = fields;
    managers.set(manager);
    Ok((left, managers))
}

fn conflict(conflicts: &[(&Entry, FieldSet)]) -> ApiStatus {
    let mut causes = Vec::new();
    let mut said = Vec::new();
    for (other, shared) in conflicts {
        said.push(format!("conflicts with {}:", other.said()));
        for path in shared.paths() {
            said.push(format!("- {path}"));
            causes.push(Cause {
                reason: "FieldManagerConflict",
                field: path,
                message: format!("conflict with {}", other.said()),
            });
        }
    }
    let message = match causes.as_slice() {
        [one] => format!(
            "Apply failed with 1 conflict: {}: {}",
            one.message, one.field
        ),
        many => format!(
            "Apply failed with {} conflicts: {}",
            many.len(),
            said.join("\n")
        ),
    };
    ApiStatus::field_conflict(message, causes)
}
