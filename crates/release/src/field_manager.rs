//! The field manager of the objects of releases: `helm`, by server-side apply, as Helm 4 applies them.
//!
//! Two managers of one chart collide even on identical manifests. The fields that Helm 3 wrote by updates, and those
//! that earlier versions of the console applied as `meshspan`, are those of the release too: the first apply takes them
//! over, as `client-go/util/csaupgrade` does it, so that fields which the manifest does not have any more are removed.
//! Start at [`apply`] and [`dry_run`].

use crate::{
    adopt,
    fields::{self, DryRun, FieldChoices},
    managers::{HELM, is_own},
};
use cluster::{Apply, Cluster, Error, FIELD_MANAGER, Object};
use serde_json::{Map, Value, json};
use wire::decision::FieldDecision;

/// How often an object is read again, because it was changed between its read and the write.
const MAX_ATTEMPTS: u32 = 4;

/// Applies an object of a release. An object that a join needs too is applied as the mesh applies it.
pub(crate) async fn apply(
    cluster: &Cluster,
    object: &Object,
    (revision, decided): (Revision, &[FieldDecision]),
) -> Result<Object, Error> {
    if adopt::is_shareable(object)
        && let Some(live) = read(cluster, object).await?
        && adopt::is_used_by_join(&live)
    {
        let (merged, mode) = adopt::with_join(object, &live);
        return cluster.apply(&merged, mode).await;
    }
    let of_release = of_release(cluster);
    if revision == Revision::First {
        match fields::apply(&of_release, object, decided).await {
            Err(error) if is_own_conflict(&error) => {}
            applied => return applied,
        }
    }
    take_over(cluster, object).await?;
    fields::apply(&of_release, object, decided).await
}

/// The revision whose objects are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// The first one, whose objects do not exist yet.
    First,
    /// A later one.
    Next,
}

/// Takes over the fields of earlier writers of a live object.
async fn take_over(cluster: &Cluster, object: &Object) -> Result<(), Error> {
    for attempt in 1.. {
        let Some(live) = read(cluster, object).await? else {
            break;
        };
        let Some(fields) = taken_over(&live) else {
            break;
        };
        let (reference, version) = (object.reference(), live.text("/metadata/resourceVersion"));
        let replaced = cluster.replace_managed_fields(&reference, &fields, version);
        match replaced.await {
            Ok(_) => break,
            Err(error) if error.is_conflict() && attempt < MAX_ATTEMPTS => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What [`apply`] would do. A conflict with a manager whose fields it takes over is none.
pub(crate) async fn dry_run(
    cluster: &Cluster,
    object: &Object,
    live: Option<&Object>,
    choices: FieldChoices<'_>,
) -> DryRun {
    if let Some(shared) = live.filter(|live| adopt::is_used_by_join(live)) {
        let (merged, mode) = adopt::with_join(object, shared);
        let mode = match mode {
            Apply::Force => Apply::ForcedDryRun,
            _ => Apply::DryRun,
        };
        return DryRun {
            applied: cluster.apply(&merged, mode).await,
            conflicts: Vec::new(),
        };
    }
    fields::dry_run(&of_release(cluster), object, live, choices).await
}

/// The client that applies objects of releases.
fn of_release(cluster: &Cluster) -> Cluster {
    cluster.clone().with_field_manager(HELM)
}

/// A live object; none when it does not exist or its kind is not served.
async fn read(cluster: &Cluster, object: &Object) -> Result<Option<Object>, Error> {
    match cluster.get(&object.reference()).await {
        Err(Error::NoSuchKind { .. }) => Ok(None),
        read => read,
    }
}

/// Whether every conflict is with a manager whose fields are those of the release.
fn is_own_conflict(error: &Error) -> bool {
    let owners = error.field_owners();
    !owners.is_empty() && owners.iter().all(|owner| is_own(&owner.manager))
}

/// The managed fields of a live object with those of earlier writers of the release in one entry; none when no entry is
/// taken over.
fn taken_over(live: &Object) -> Option<Vec<Value>> {
    let (own, mut others): (Vec<Value>, Vec<Value>) = live
        .list("/metadata/managedFields")
        .iter()
        .cloned()
        .partition(|entry| is_applied_by_helm(entry) || is_taken_over(entry));
    if own.iter().all(is_applied_by_helm) {
        return None;
    }
    // The newest one tells API version and time.
    let newest = own.iter().max_by_key(|entry| text(entry, "time"))?;
    let mut entry = newest.clone();
    entry["manager"] = json!(HELM);
    entry["operation"] = json!("Apply");
    let mut fields = Map::new();
    for own in &own {
        union(&mut fields, own.get("fieldsV1"));
    }
    entry["fieldsV1"] = Value::Object(fields);
    others.push(entry);
    Some(others)
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_applied_by_helm(entry: &Value) -> bool {
    is_of_object(entry) && text(entry, "manager") == HELM && text(entry, "operation") == "Apply"
}

/// Whether an entry is of an earlier writer: Helm by an update, or an earlier version of the console by an apply.
fn is_taken_over(entry: &Value) -> bool {
    let by = (text(entry, "manager"), text(entry, "operation"));
    is_of_object(entry) && matches!(by, (HELM, "Update") | (FIELD_MANAGER, "Apply"))
}

/// Whether an entry is of the object itself, and not of its status or scale.
fn is_of_object(entry: &Value) -> bool {
    text(entry, "subresource").is_empty()
}

/// Adds a set of fields to another one.
fn union(into: &mut Map<String, Value>, fields: Option<&Value>) {
    for (key, value) in fields.and_then(Value::as_object).into_iter().flatten() {
        let known = into.entry(key.clone()).or_insert_with(|| json!({}));
        if let Some(known) = known.as_object_mut() {
            union(known, Some(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(entries: &Value) -> Object {
        Object::new(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "managedFields": entries},
        }))
        .expect("an object")
    }

    fn entry(manager: &str, operation: &str, time: &str, fields: &Value) -> Value {
        json!({"manager": manager, "operation": operation, "time": time, "fieldsV1": fields})
    }

    #[test]
    fn fields_of_earlier_writers_are_united_and_those_of_others_stay() {
        let theirs = entry("kubectl", "Update", "4", &json!({"f:data": {"f:b": {}}}));
        let found = taken_over(&live(&json!([
            entry("meshspan", "Apply", "1", &json!({"f:data": {"f:a": {}}})),
            theirs,
            entry(
                "helm",
                "Update",
                "3",
                &json!({"f:data": {".": {}, "f:c": {}}})
            ),
        ])));
        let united = json!({"f:data": {".": {}, "f:a": {}, "f:c": {}}});
        assert_eq!(
            found,
            Some(vec![theirs, entry("helm", "Apply", "3", &united)])
        );
    }

    #[test]
    fn nothing_is_taken_over_from_helm_by_apply_and_from_a_status() {
        let fields = json!({"f:status": {}});
        let mut status = entry("helm", "Update", "1", &fields);
        status["subresource"] = json!("status");
        let applied = entry("helm", "Apply", "1", &json!({"f:data": {}}));
        assert_eq!(taken_over(&live(&json!([status, applied]))), None);
        assert_eq!(taken_over(&live(&json!([]))), None);
    }
}
