//! What an installation would do to each object: asked of the API server by a dry run.
//!
//! An object whose namespace or kind comes with the release cannot be asked about yet; it is told
//! apart from what was checked, so that a review never claims more than it knows.

use crate::{Error, Owner, Place, Plan, foreign};
use cluster::{Apply, Cluster, Kinds, NamespaceState, Object};
use futures::{StreamExt as _, TryStreamExt as _};

/// What would happen to one object.
#[derive(Debug)]
pub struct Difference {
    /// The object as it would be applied.
    pub object: Object,
    /// What would come of it.
    pub prospect: Prospect,
}

/// What would come of an object.
#[derive(Debug)]
pub enum Prospect {
    /// It would be made, as the server gave it back.
    Create(Object),
    /// It is there and would change.
    Update {
        /// As it is.
        from: Object,
        /// As it would be.
        to: Object,
    },
    /// It is there, and the same.
    Keep,
    /// It is there and belongs to somebody else.
    NotOurs(Owner),
    /// Its namespace comes with this release.
    NamespaceToCome,
    /// Its kind comes with this release.
    KindToCome,
    /// The cluster would refuse it.
    Refused(cluster::Error),
}

/// Asks the cluster about each object of a plan.
///
/// # Errors
/// [`Error::Cluster`] when it does not answer; what it refuses is a [`Prospect`].
pub async fn review(
    cluster: &Cluster,
    plan: &Plan,
    place: &Place,
) -> Result<Vec<Difference>, Error> {
    let kinds = cluster.kinds().await?;
    let there = cluster.namespace_state(place.namespace.as_str()).await?;
    let objects: Vec<Object> = plan.crds.iter().chain(plan.objects()).cloned().collect();
    let differences = futures::stream::iter(objects).map(async |object| {
        let crd = object.kind() == "CustomResourceDefinition";
        let prospect = if unknown_kind(&kinds, &object) {
            Prospect::KindToCome
        } else if there == NamespaceState::Absent
            && object.namespace() == Some(place.namespace.as_str())
        {
            Prospect::NamespaceToCome
        } else {
            prospect(cluster, &object, (!crd).then_some(place)).await?
        };
        Ok(Difference { object, prospect })
    });
    differences.buffered(8).try_collect().await
}

fn unknown_kind(kinds: &Kinds, object: &Object) -> bool {
    kinds.find(object.api_version(), object.kind()).is_none()
}

async fn prospect(
    cluster: &Cluster,
    object: &Object,
    place: Option<&Place>,
) -> Result<Prospect, Error> {
    let live = cluster.get(&object.reference()).await?;
    if let (Some(live), Some(place)) = (&live, place)
        && let Some(owner) = foreign(live, place)
    {
        return Ok(Prospect::NotOurs(owner));
    }
    if live.is_some() && place.is_none() {
        // A definition that is there stays as it is, as Helm keeps it.
        return Ok(Prospect::Keep);
    }
    match (cluster.apply(object, Apply::DryRun).await, live) {
        (Err(error), _) if error.is_unreachable() => Err(error.into()),
        (Err(error), _) => Ok(Prospect::Refused(error)),
        (Ok(to), None) => Ok(Prospect::Create(to)),
        (Ok(to), Some(from)) if same(&from, &to) => Ok(Prospect::Keep),
        (Ok(to), Some(from)) => Ok(Prospect::Update { from, to }),
    }
}

/// Whether two states of an object differ in nothing but what the server keeps about it.
fn same(from: &Object, to: &Object) -> bool {
    let plain = |object: &Object| {
        let mut value = object.value().clone();
        if let Some(metadata) = value.get_mut("metadata").and_then(|m| m.as_object_mut()) {
            for key in [
                "managedFields",
                "resourceVersion",
                "generation",
                "creationTimestamp",
                "uid",
            ] {
                metadata.remove(key);
            }
        }
        value
    };
    plain(from) == plain(to)
}
