//! Executes single steps of a plan: writes, deletes, and the check that nothing changed since the plan.

use crate::{
    error::Error,
    step::{Action, Step},
};
use cluster::{Apply, Cluster, MetadataPatch, Object, Propagation};
use release::Outcome;
use serde_json::Value;

/// Checks that each planned step is either unchanged or done already.
///
/// # Errors
/// [`Error::Changed`] with the first object of another step.
pub(crate) fn ensure_unchanged(planned: &[Step], now: &[Step]) -> Result<(), Error> {
    let changed = planned.iter().zip(now).find(|(planned, now)| {
        let same = planned.object == now.object
            && planned.side == now.side
            && planned.manifest == now.manifest
            && planned.action == now.action;
        let done = planned.object == now.object && now.action == Action::Unchanged;
        !same && !done
    });
    match changed {
        None => Ok(()),
        Some((planned, _)) => Err(Error::Changed {
            side: planned.side,
            object: planned.object.clone(),
        }),
    }
}

/// Writes the object of a step.
pub(crate) async fn apply(
    cluster: &Cluster,
    step: &Step,
    manifest: Value,
    resource_version: Option<&str>,
) -> Result<Outcome, Error> {
    let failed = Error::at(step.side);
    let is_namespace = step.object.kind == "Namespace";
    if is_namespace && step.action != Action::Create {
        let marks = labels_and_annotations(&manifest);
        let marked = cluster
            .patch_metadata(&step.object, &marks, resource_version)
            .await;
        marked.map_err(failed)?;
        return Ok(Outcome::Updated);
    }
    let (mode, outcome) = match &step.action {
        Action::Create => (Apply::Persist, Outcome::Created),
        Action::Adopt { .. } => (Apply::Force, Outcome::Adopted),
        Action::Replace { .. } => {
            delete(cluster, step).await?;
            (Apply::Persist, Outcome::Replaced)
        }
        Action::Update { .. } => (Apply::Force, Outcome::Updated),
        _ => return Ok(Outcome::Unchanged),
    };
    let object = Object::new(manifest).map_err(Error::Malformed)?;
    cluster.apply(&object, mode).await.map_err(failed)?;
    Ok(outcome)
}

/// Deletes the object of a step, if it exists.
pub(crate) async fn delete(cluster: &Cluster, step: &Step) -> Result<(), Error> {
    let failed = Error::at(step.side);
    let live = cluster.get(&step.object).await.map_err(&failed)?;
    if let Some(live) = live {
        let deleted = cluster.delete_by_uid(&live, Propagation::Background).await;
        deleted.map_err(failed)?;
    }
    Ok(())
}

/// The labels and annotations of a manifest, as a patch.
pub(crate) fn labels_and_annotations(manifest: &Value) -> MetadataPatch {
    let pairs = |pointer: &str| {
        let map = manifest.pointer(pointer).and_then(Value::as_object);
        let entries = map.into_iter().flatten();
        entries
            .map(|(key, value)| (key.clone(), value.as_str().map(str::to_owned)))
            .collect()
    };
    MetadataPatch {
        labels: pairs("/metadata/labels"),
        annotations: pairs("/metadata/annotations"),
    }
}
