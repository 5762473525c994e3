//! Executes the stages of a plan: kind by kind, several objects of one kind at a time.

use crate::{Error, Event, Outcome, Owner, ReleaseKey, foreign_owner};
use cluster::{Apply, Cluster, Object, ObjectRef};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture};
use tokio_util::sync::CancellationToken;
use wire::job::PhaseName;

/// The number of objects that are applied at the same time.
const CONCURRENCY: usize = 8;

/// Applies `objects` in order; those of one kind go together.
pub(crate) async fn apply(
    cluster: &Cluster,
    phase: PhaseName,
    objects: &[Object],
    stop: &CancellationToken,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    for batch in objects.chunk_by(|object, next| object.kind() == next.kind()) {
        if stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let each: Vec<BoxFuture<'_, _>> = batch
            .iter()
            .map(|object| apply_object(cluster, phase, object, on_event).boxed())
            .collect();
        let batch = futures::stream::iter(each).buffer_unordered(CONCURRENCY);
        batch.try_collect::<Vec<()>>().await?;
    }
    Ok(())
}

async fn apply_object(
    cluster: &Cluster,
    phase: PhaseName,
    object: &Object,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    cluster.apply(object, Apply::Persist).await?;
    on_event(Event::ObjectDone {
        phase,
        object: object.reference(),
        outcome: Outcome::Applied,
    });
    Ok(())
}

/// Fails when one of `objects` exists and has another owner; the error names both.
pub(crate) async fn ensure_ownership(
    cluster: &Cluster,
    objects: impl Iterator<Item = &Object>,
    key: &ReleaseKey,
) -> Result<(), Error> {
    let objects: Vec<&Object> = objects.collect();
    // Definitions may have gone since the cluster was last asked what it serves.
    cluster.refresh_kinds().await?;
    let found = foreign_objects(cluster, &objects, key).await?;
    match found.into_iter().next() {
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
