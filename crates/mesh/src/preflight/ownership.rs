//! P23 for one manifest: whether an object of the manifest exists and has another owner.

use super::{Finding, PreflightContext};
use crate::doctor::p23_ownership::judge;
use cluster::Object;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use release::{Owner, foreign_owner};

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let boxed = |object| Box::pin(foreign_object(context, object)) as BoxFuture<'_, _>;
    let each: Vec<BoxFuture<'_, _>> = context.plan.objects().map(boxed).collect();
    let foreign: Vec<Option<String>> = futures::stream::iter(each)
        .buffered(8)
        .try_collect()
        .await?;
    let found: Vec<String> = foreign.into_iter().flatten().collect();
    Ok(judge(found))
}

async fn foreign_object(
    context: PreflightContext<'_>,
    object: &Object,
) -> Result<Option<String>, cluster::Error> {
    let reference = object.reference();
    match context.cluster.get(&reference).await {
        Ok(Some(live)) => Ok(foreign_owner(&live, context.key)
            .map(|owner| format!("{reference} belongs to {}", describe(&owner)))),
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn describe(owner: &Owner) -> String {
    match owner {
        Owner::Release { name, namespace } => format!("release {name} in {namespace}"),
        Owner::FieldManager(manager) => format!("{manager}, without a release"),
        Owner::Unknown => "an unknown owner".to_owned(),
    }
}
