//! Conflicts by field: the chart sets a field that another field manager owns.
//!
//! Nothing is taken silently. A field is left to its manager, which drops it from what is applied as long as that
//! manager owns it, or it is taken, which forces the apply of that object alone when every conflict of it is decided.
//! All verbs go through [`dry_run`], which the review shows, and [`apply`], which executes what was decided.

mod known;
mod path;
mod stored;

pub use stored::{left_fields, remember, revoke};

use crate::{
    compare::{MASK, written},
    managers::is_own,
};
use cluster::{Apply, Cluster, Error, Object};
use path::FieldPath;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use wire::decision::{FieldChoice, FieldConflict, FieldDecision};

/// How often an object is applied again, because it was changed between its read and the write.
const MAX_ATTEMPTS: u32 = 4;
/// Dry runs of one object: with all fields, without those that are left, and with those that are taken.
const MAX_DRY_RUNS: u32 = 4;
/// Characters of a value that are shown.
const MAX_SHOWN: usize = 400;

/// A field that an earlier revision left to another manager.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LeftField {
    /// The object.
    pub object: wire::ObjectName,
    /// Its UID: the decision does not hold for another object of the name.
    pub uid: String,
    /// The field.
    pub path: String,
    /// The field manager.
    pub manager: String,
}

/// The decisions about the fields of a release.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldChoices<'a> {
    /// Those for this revision.
    pub decided: &'a [FieldDecision],
    /// The fields that earlier revisions left to other managers.
    pub stored: &'a [LeftField],
    /// The objects that are deleted and created again.
    pub recreated: &'a [wire::ObjectName],
}

/// What a dry run found.
pub(crate) struct DryRun {
    /// The object as it would be; an error when it is rejected.
    pub(crate) applied: Result<Object, Error>,
    /// Its fields that other managers own.
    pub(crate) conflicts: Vec<FieldConflict>,
}

impl DryRun {
    /// Whether the operator has to choose first.
    pub(crate) fn is_undecided(&self) -> bool {
        self.conflicts.iter().any(|row| row.choice.is_none())
    }
}

/// What [`apply`] would do. `cluster` applies as the field manager of the release.
pub(crate) async fn dry_run(
    cluster: &Cluster,
    object: &Object,
    live: Option<&Object>,
    choices: FieldChoices<'_>,
) -> DryRun {
    let Some(live) = live else {
        let applied = cluster.apply(object, Apply::DryRun).await;
        return DryRun {
            applied,
            conflicts: Vec::new(),
        };
    };
    let mut rows = left(object, live, choices);
    for _ in 0..MAX_DRY_RUNS {
        let reduced = without(object, &rows);
        let applied = cluster.apply(&reduced, Apply::DryRun).await;
        let found = match &applied {
            Err(error) => conflicts(error, (object, live), choices),
            Ok(_) => None,
        };
        let Some(found) = found else {
            let conflicts = rows;
            return DryRun { applied, conflicts };
        };
        let is_taken = |row: &FieldConflict| row.choice == Some(FieldChoice::Take);
        if found.iter().all(is_taken) {
            rows.extend(found);
            return DryRun {
                applied: cluster.apply(&reduced, Apply::ForcedDryRun).await,
                conflicts: rows,
            };
        }
        let is_undecided = found.iter().any(|row| row.choice.is_none());
        let is_left = |row: &FieldConflict| row.choice == Some(FieldChoice::Leave);
        let before = rows.len();
        rows.extend(found.into_iter().filter(|row| is_undecided || is_left(row)));
        if is_undecided || rows.len() == before {
            let conflicts = rows;
            return DryRun { applied, conflicts };
        }
    }
    DryRun {
        applied: cluster.apply(&without(object, &rows), Apply::DryRun).await,
        conflicts: rows,
    }
}

/// Applies an object as it was decided. `cluster` applies as the field manager of the release.
///
/// # Errors
/// As [`Cluster::apply`]; a conflict that was not decided stays one.
pub(crate) async fn apply(
    cluster: &Cluster,
    object: &Object,
    decided: &[FieldDecision],
) -> Result<Object, Error> {
    let reference = object.reference();
    let choices = FieldChoices {
        decided,
        ..FieldChoices::default()
    };
    if !decided.iter().any(|decision| decision.object == reference) {
        return cluster.apply(object, Apply::Persist).await;
    }
    let mut attempt = 1;
    loop {
        let live = cluster.get(&reference).await?;
        let Some(live) = live else {
            return cluster.apply(object, Apply::Persist).await;
        };
        let mut reduced = without(object, &left(object, &live, choices));
        let error = match cluster.apply(&reduced, Apply::Persist).await {
            Err(error) => error,
            applied => return applied,
        };
        let found = conflicts(&error, (object, &live), choices).unwrap_or_default();
        let is_taken = |row: &FieldConflict| row.choice == Some(FieldChoice::Take);
        if found.is_empty() || !found.iter().all(is_taken) {
            return Err(error);
        }
        // Only of the object whose conflicts were decided: another manager may take a field meanwhile.
        reduced.value_mut()["metadata"]["resourceVersion"] = json!(live.resource_version());
        match cluster.apply(&reduced, Apply::Force).await {
            Err(error) if error.is_conflict() && attempt < MAX_ATTEMPTS => attempt += 1,
            applied => return applied,
        }
    }
}

/// The fields of a live object that were decided to be left, and that their managers own.
fn left(object: &Object, live: &Object, choices: FieldChoices<'_>) -> Vec<FieldConflict> {
    let reference = object.reference();
    let decided = choices.decided.iter();
    let decided = decided
        .filter(|decision| decision.object == reference && decision.choice == FieldChoice::Leave)
        .map(|decision| (&decision.path, &decision.manager));
    let stored = stored_for(live, choices);
    let stored = stored.map(|field| (&field.path, &field.manager));
    let mut rows: Vec<FieldConflict> = Vec::new();
    for (text, manager) in decided.chain(stored) {
        let Some(path) = FieldPath::resolve(text, object.value()) else {
            continue;
        };
        let is_known = rows.iter().any(|row| row.path == path.text());
        let is_owned = names(manager).any(|manager| owners(live, &path).contains(manager));
        if is_known || !is_owned {
            continue;
        }
        let row = row((object, live), &path, manager.clone(), choices);
        // A later decision may revoke what is stored.
        if row.choice == Some(FieldChoice::Leave) {
            rows.push(row);
        }
    }
    rows
}

/// The fields of a live object that earlier revisions left.
fn stored_for<'a>(
    live: &'a Object,
    choices: FieldChoices<'a>,
) -> impl Iterator<Item = &'a LeftField> {
    let (reference, uid) = (live.reference(), live.text("/metadata/uid"));
    let fields = choices.stored.iter();
    fields.filter(move |field| {
        field.uid == uid
            && field.object.kind == reference.kind
            && field.object.name == reference.name
    })
}

/// The fields of other managers in a conflict, each with what was decided; none for another error, or when a field
/// cannot be found in the object. Fields of the release's own managers are no conflict.
fn conflicts(
    error: &Error,
    (object, live): (&Object, &Object),
    choices: FieldChoices<'_>,
) -> Option<Vec<FieldConflict>> {
    let owners = error.field_owners();
    if owners.is_empty() {
        return None;
    }
    let mut by_path: BTreeMap<String, (FieldPath, BTreeSet<String>)> = BTreeMap::new();
    for owner in owners {
        if is_own(&owner.manager) {
            continue;
        }
        let path = FieldPath::resolve(&owner.field, object.value())?;
        let entry = by_path.entry(path.text());
        let (_, managers) = entry.or_insert((path, BTreeSet::new()));
        managers.insert(owner.manager);
    }
    let rows = by_path.into_values().map(|(path, managers)| {
        let managers: Vec<String> = managers.into_iter().collect();
        row((object, live), &path, managers.join(", "), choices)
    });
    Some(rows.collect())
}

fn row(
    (object, live): (&Object, &Object),
    path: &FieldPath,
    manager: String,
    choices: FieldChoices<'_>,
) -> FieldConflict {
    let (reference, text) = (object.reference(), path.text());
    let mut decided = choices.decided.iter();
    let decided = decided.find(|decision| {
        decision.object == reference && decision.path == text && decision.manager == manager
    });
    let is_stored = stored_for(live, choices)
        .any(|field| field.path == text && names(&field.manager).eq(names(&manager)));
    let managers = || names(&manager);
    let known = managers().next().and_then(|first| {
        let known = |name| known::known_owner(object.kind(), &text, name);
        let found = known(first)?;
        managers()
            .all(|name| known(name).is_some())
            .then_some(found)
    });
    let default = (is_stored || known.is_some()).then_some(FieldChoice::Leave);
    let value = |from: &Object| path.of(from.value()).map(|value| shown(from, path, value));
    FieldConflict {
        theirs: value(live).unwrap_or_default(),
        ours: value(object).unwrap_or_default(),
        object: reference,
        choice: decided.map(|decision| decision.choice).or(default),
        path: text,
        manager,
        known,
        is_stored,
    }
}

/// A value as it is shown: that of a Secret is masked, and a long one is cut.
fn shown(object: &Object, path: &FieldPath, value: &serde_json::Value) -> String {
    if object.kind() == "Secret" && matches!(path.first(), "data" | "stringData") {
        return MASK.to_owned();
    }
    let text = written(value);
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The object without the fields that are left.
fn without(object: &Object, rows: &[FieldConflict]) -> Object {
    let mut reduced = object.clone();
    for row in rows {
        if row.choice == Some(FieldChoice::Leave)
            && let Some(path) = FieldPath::resolve(&row.path, object.value())
        {
            path.remove_from(reduced.value_mut());
        }
    }
    reduced
}

/// The other managers that own a field of a live object.
fn owners<'a>(live: &'a Object, path: &FieldPath) -> BTreeSet<&'a str> {
    let entries = live.list("/metadata/managedFields").iter();
    let owners = entries.filter_map(|entry| {
        let manager = entry.get("manager")?.as_str()?;
        (!is_own(manager) && path.is_in(entry.get("fieldsV1")?)).then_some(manager)
    });
    owners.collect()
}

/// The managers of a row.
fn names(managers: &str) -> impl Iterator<Item = &str> {
    managers.split(", ")
}

#[cfg(test)]
mod tests;
