//! Carries out the stages of a plan: several objects of one kind at a time, kinds one after another.

use crate::{Error, Event, Owner, Phase, Place, foreign};
use cluster::{Apply, Cluster, Object, ObjectRef};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture};
use tokio_util::sync::CancellationToken;

/// Objects that are applied at the same time.
const AT_ONCE: usize = 8;

/// Applies `objects` in order; those of one kind go together.
pub(crate) async fn apply(
    cluster: &Cluster,
    phase: Phase,
    objects: &[Object],
    stop: &CancellationToken,
    said: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    for batch in objects.chunk_by(|one, next| one.kind() == next.kind()) {
        if stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let each: Vec<BoxFuture<'_, _>> = batch
            .iter()
            .map(|object| one(cluster, phase, object, said).boxed())
            .collect();
        let batch = futures::stream::iter(each).buffer_unordered(AT_ONCE);
        batch.try_collect::<Vec<()>>().await?;
    }
    Ok(())
}

async fn one(
    cluster: &Cluster,
    phase: Phase,
    object: &Object,
    said: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    cluster.apply(object, Apply::Persist).await?;
    said(Event::Done(phase, object.reference()));
    Ok(())
}

/// Fails when one of `objects` is there already and belongs to somebody else; both are named.
pub(crate) async fn refuse_foreign(
    cluster: &Cluster,
    objects: impl Iterator<Item = &Object>,
    place: &Place,
) -> Result<(), Error> {
    let objects: Vec<&Object> = objects.collect();
    // Definitions may have gone since the cluster was last asked what it serves.
    cluster.refresh_kinds().await?;
    let found = foreigners(cluster, &objects, place).await?;
    match found.into_iter().next() {
        None => Ok(()),
        Some((object, owner)) => Err(Error::NotOurs {
            object,
            owner,
            release: place.release.clone(),
        }),
    }
}

/// Every object of `objects` that is there already and belongs to somebody else.
pub(crate) async fn foreigners(
    cluster: &Cluster,
    objects: &[&Object],
    place: &Place,
) -> Result<Vec<(ObjectRef, Owner)>, Error> {
    let each: Vec<BoxFuture<'_, _>> = objects
        .iter()
        .map(|object| foreigner(cluster, object, place).boxed())
        .collect();
    let looked: Vec<Option<(ObjectRef, Owner)>> = futures::stream::iter(each)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(looked.into_iter().flatten().collect())
}

async fn foreigner(
    cluster: &Cluster,
    object: &Object,
    place: &Place,
) -> Result<Option<(ObjectRef, Owner)>, Error> {
    let reference = object.reference();
    match cluster.get(&reference).await {
        Ok(Some(there)) => Ok(foreign(&there, place).map(|owner| (reference, owner))),
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
