//! P23 for one manifest: no object of the manifest exists with another owner. Objects of a join are adopted.

use super::{Finding, PreflightContext};
use crate::{doctor::p23_ownership, finding::detail};
use cluster::Object;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use release::{Owner, foreign_owner};
use wire::check::Detail;

/// The number of objects that are read at the same time.
const CONCURRENCY: usize = 8;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let boxed = |object| Box::pin(check_object(context, object)) as BoxFuture<'_, _>;
    let reads: Vec<BoxFuture<'_, _>> = context.plan.objects().map(boxed).collect();
    let details: Vec<Option<Detail>> = futures::stream::iter(reads)
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    Ok(p23_ownership::evaluate(
        details.into_iter().flatten().collect(),
    ))
}

async fn check_object(
    context: PreflightContext<'_>,
    object: &Object,
) -> Result<Option<Detail>, cluster::Error> {
    let object = object.reference();
    match context.cluster().get(&object).await {
        Ok(Some(live)) => {
            let owner = foreign_owner(&live, context.key);
            Ok(owner.map(|owner| describe(&object, &owner)))
        }
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn describe(object: &cluster::ObjectRef, owner: &Owner) -> Detail {
    match owner {
        Owner::Release { name, namespace } => detail!(OwnedByRelease {
            object,
            release: name,
            namespace
        }),
        Owner::Join => detail!(OwnedByJoin { object }),
        Owner::FieldManager(manager) => detail!(OwnedByManager { object, manager }),
        Owner::Unknown => detail!(OwnedByManager {
            object,
            manager: ""
        }),
    }
}
