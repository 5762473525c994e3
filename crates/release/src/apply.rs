//! Executes the stages of a plan: kind by kind, several objects of one kind at a time.

use crate::{
    Error, Event, Operation, Outcome, Owner, Plan, ReleaseKey, crds, field_manager,
    field_manager::Revision,
    foreign_owner, missing_kinds,
    recreate::{immutable_fields, recreate},
};
use chart::Hook;
use cluster::{Cluster, Object, ObjectRef, WaitOptions};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture};
use std::time::Duration;
use wire::{decision::Decisions, job::PhaseName};

/// The number of objects that are applied at the same time.
const CONCURRENCY: usize = 8;

/// Applies `objects` in order; those of one kind go together. Objects after a CRD wait until it is
/// established.
pub(crate) async fn apply(
    operation: &Operation<'_>,
    (phase, revision, decisions): (PhaseName, Revision, &Decisions),
    objects: &[Object],
) -> Result<(), Error> {
    for batch in objects.chunk_by(|object, next| object.kind() == next.kind()) {
        if operation.wait.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let each: Vec<BoxFuture<'_, _>> = batch
            .iter()
            .map(|object| apply_object(operation, (phase, revision, decisions), object).boxed())
            .collect();
        let applied = futures::stream::iter(each).buffer_unordered(CONCURRENCY);
        applied.try_collect::<Vec<()>>().await?;
        if batch
            .first()
            .is_some_and(|object| object.kind() == "CustomResourceDefinition")
        {
            let crds: Vec<ObjectRef> = batch.iter().map(Object::reference).collect();
            wait_until_established(operation, &crds).await?;
        }
    }
    Ok(())
}

/// Waits a minute at most until CRDs are established, and discovers their kinds.
pub(crate) async fn wait_until_established(
    operation: &Operation<'_>,
    crds: &[ObjectRef],
) -> Result<(), Error> {
    let bounded = WaitOptions {
        timeout: Duration::from_mins(1).min(operation.wait.timeout),
        stop: operation.wait.stop.clone(),
    };
    cluster::wait_until_ready(operation.watches, crds, &bounded, |_, _| {})
        .await
        .map_err(Error::from_wait)?;
    operation.cluster().refresh_kinds().await?;
    Ok(())
}

async fn apply_object(
    operation: &Operation<'_>,
    (phase, revision, decisions): (PhaseName, Revision, &Decisions),
    object: &Object,
) -> Result<(), Error> {
    let (cluster, reference) = (operation.cluster(), object.reference());
    let applied = match phase {
        // CRDs of crds/ belong to no release.
        PhaseName::Crds => cluster.apply(object, crds::mode(revision)).await,
        _ => field_manager::apply(cluster, object, (revision, &decisions.fields)).await,
    };
    let outcome = match applied {
        Ok(_) => Outcome::Applied,
        Err(error) if decisions.recreates(&reference) && immutable_fields(&error).is_some() => {
            recreate(operation, object).await?;
            Outcome::Replaced
        }
        Err(error) => return Err(Error::rejected(reference, error)),
    };
    operation.report(Event::ObjectDone {
        phase,
        object: reference,
        outcome,
    });
    Ok(())
}

/// Fails when the plan or a hook needs a kind that the cluster does not serve and the release does not
/// define; the error names every such kind.
pub(crate) async fn ensure_kinds(
    cluster: &Cluster,
    plan: &Plan,
    hooks: &[Hook],
) -> Result<(), Error> {
    // Definitions may have come or gone since the cluster was last asked what it serves.
    let kinds = cluster.refresh_kinds().await?;
    let missing = missing_kinds(plan, hooks, &kinds);
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::KindsNotServed { missing })
}

/// Fails when one of `objects` exists and has another owner; the error names both. Objects of a join are adopted.
pub(crate) async fn ensure_ownership(
    cluster: &Cluster,
    objects: impl Iterator<Item = &Object>,
    key: &ReleaseKey,
) -> Result<(), Error> {
    let objects: Vec<&Object> = objects.collect();
    let found = foreign_objects(cluster, &objects, key).await?;
    match found.into_iter().find(|(_, owner)| *owner != Owner::Join) {
        None => Ok(()),
        Some((object, owner)) => Err(Error::OwnedByOther {
            object,
            owner,
            release: key.release.clone(),
        }),
    }
}

/// Every object of `objects` that exists and has another owner.
pub(crate) async fn foreign_objects(
    cluster: &Cluster,
    objects: &[&Object],
    key: &ReleaseKey,
) -> Result<Vec<(ObjectRef, Owner)>, Error> {
    let each: Vec<BoxFuture<'_, _>> = objects
        .iter()
        .map(|object| foreign_object(cluster, object, key).boxed())
        .collect();
    let inspected: Vec<Option<(ObjectRef, Owner)>> = futures::stream::iter(each)
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    Ok(inspected.into_iter().flatten().collect())
}

async fn foreign_object(
    cluster: &Cluster,
    object: &Object,
    key: &ReleaseKey,
) -> Result<Option<(ObjectRef, Owner)>, Error> {
    let reference = object.reference();
    match cluster.get(&reference).await {
        Ok(Some(there)) => Ok(foreign_owner(&there, key).map(|owner| (reference, owner))),
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
