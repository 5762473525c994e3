//! P23 for one manifest: whether an object of the manifest exists and has another owner.

use super::{Finding, PreflightContext};
use crate::doctor::p23_ownership::judge;
use cluster::Object;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use release::{Owner, foreign_owner};

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let boxed = |object| Box::pin(one(context, object)) as BoxFuture<'_, _>;
    let each: Vec<BoxFuture<'_, _>> = context.plan.objects().map(boxed).collect();
    let looked: Vec<Option<String>> = futures::stream::iter(each)
        .buffered(8)
        .try_collect()
        .await?;
    let found: Vec<String> = looked.into_iter().flatten().collect();
    Ok(judge(found))
}

async fn one(
    context: PreflightContext<'_>,
    object: &Object,
) -> Result<Option<String>, cluster::Error> {
    let reference = object.reference();
    match context.cluster.get(&reference).await {
        Ok(Some(live)) => Ok(foreign_owner(&live, context.key)
            .map(|owner| format!("{reference} belongs to {}", said(&owner)))),
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn said(owner: &Owner) -> String {
    match owner {
        Owner::Release { name, namespace } => format!("release {name} in {namespace}"),
        Owner::FieldManager(manager) => format!("{manager}, and to no release"),
        Owner::Unknown => "nobody that left a name".to_owned(),
    }
}
