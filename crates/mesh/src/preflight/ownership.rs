//! P23, asked of one manifest: is an object of the manifest there already, and somebody else's?

use super::{Finding, PreflightContext};
use crate::doctor::p23_ownership::judge;
use cluster::Object;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use release::{Owner, foreign};

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let boxed = |object| Box::pin(one(ground, object)) as BoxFuture<'_, _>;
    let each: Vec<BoxFuture<'_, _>> = ground.plan.objects().map(boxed).collect();
    let looked: Vec<Option<String>> = futures::stream::iter(each)
        .buffered(8)
        .try_collect()
        .await?;
    let found: Vec<String> = looked.into_iter().flatten().collect();
    Ok(judge(found))
}

async fn one(
    ground: PreflightContext<'_>,
    object: &Object,
) -> Result<Option<String>, cluster::Error> {
    let reference = object.reference();
    match ground.cluster.get(&reference).await {
        Ok(Some(live)) => Ok(foreign(&live, ground.place)
            .map(|owner| format!("{reference} belongs to {}", said(&owner)))),
        Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn said(owner: &Owner) -> String {
    match owner {
        Owner::Release { name, namespace } => format!("release {name} in {namespace}"),
        Owner::Manager(manager) => format!("{manager}, and to no release"),
        Owner::Unknown => "nobody that left a name".to_owned(),
    }
}
