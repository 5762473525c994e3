//! What an installation would do to each object, by a dry run of the API server.
//!
//! An object whose namespace or kind is created by the release cannot be checked yet. The review shows
//! it as pending, apart from the objects that were checked.

use crate::{
    Error, FieldChoices, MissingKind, Owner, Plan, ReleaseKey, field_manager, fields::DryRun,
    foreign_owner, missing_kinds, plan::defined_kinds, recreate,
};
use chart::Manifests;
use cluster::{Apply, AsUser, Cluster, Identity as _, Kinds, NamespaceState, Object};
use futures::{StreamExt as _, TryStreamExt as _};
use wire::decision::{FieldConflict, Recreation};

/// The planned change of one object.
#[derive(Debug)]
pub struct ObjectReview {
    /// The object as it would be applied.
    pub object: Object,
    /// Its change.
    pub change: PlannedChange,
    /// Its fields that other managers own, and what is done with each.
    pub conflicts: Vec<FieldConflict>,
    /// The offer to delete it and create it again; none unless the revision changes immutable fields of it.
    pub recreation: Option<Recreation>,
}

/// The change that applying an object would make.
#[derive(Debug)]
pub enum PlannedChange {
    /// It would be created, as the server returned it.
    Create(Object),
    /// It exists and would change.
    Update {
        /// As it is.
        from: Object,
        /// As it would be.
        to: Object,
    },
    /// It belongs to the join of a mesh, and the release adopts it.
    Adopt {
        /// As it is.
        from: Object,
        /// As it would be.
        to: Object,
    },
    /// It exists and would not change.
    Unchanged,
    /// It exists and has another owner.
    OwnedByOther(Owner),
    /// Its namespace is created by this release.
    NamespacePending,
    /// Its kind is defined by a CRD of this release.
    KindPending,
    /// Its kind is neither served nor defined, so that the release cannot be installed.
    KindNotServed(MissingKind),
    /// It is deleted and created again, as the operator chose.
    Recreate,
    /// Other managers own fields of it, or immutable fields of it change, and the operator has not decided what is
    /// done.
    Undecided,
    /// The API server rejects it.
    Rejected(Error),
}

/// Reviews each object of a plan of these manifests by a dry run, and the hooks whose kinds are not served.
///
/// # Errors
/// [`Error::Cluster`] when the cluster is unreachable; a rejection is a [`PlannedChange`].
pub async fn review(
    user: &AsUser,
    planned: (&Plan, &Manifests),
    key: &ReleaseKey,
) -> Result<Vec<ObjectReview>, Error> {
    review_after(user, planned, key, &[], FieldChoices::default()).await
}

/// The same for a release that is installed after others: the kinds that their CRDs define are pending.
///
/// # Errors
/// As [`review`].
pub async fn review_after(
    user: &AsUser,
    (plan, manifests): (&Plan, &Manifests),
    key: &ReleaseKey,
    earlier: &[&Plan],
    choices: FieldChoices<'_>,
) -> Result<Vec<ObjectReview>, Error> {
    let cluster = user.cluster();
    let kinds = cluster.kinds().await?;
    let hooks = &manifests.hooks;
    let missing = &missing_after(missing_kinds(plan, hooks, &kinds), earlier);
    let there = cluster.namespace_state(key.namespace.as_str()).await?;
    let objects: Vec<Object> = plan.crds.iter().chain(plan.objects()).cloned().collect();
    let of_hooks = hooks.iter().filter_map(|hook| {
        let object = Object::new(hook.manifest.object.clone()).ok()?;
        let missing = missing
            .iter()
            .find(|kind| kind.is_of(&object.reference()))?;
        let change = PlannedChange::KindNotServed(missing.clone());
        Some(Ok(ObjectReview::new(object, change)))
    });
    let differences = futures::stream::iter(objects).map(async |object| {
        let crd = object.kind() == "CustomResourceDefinition";
        let change =
            if let Some(missing) = missing.iter().find(|kind| kind.is_of(&object.reference())) {
                PlannedChange::KindNotServed(missing.clone())
            } else if is_unknown_kind(&kinds, &object) {
                PlannedChange::KindPending
            } else if there == NamespaceState::Absent
                && object.namespace() == Some(key.namespace.as_str())
            {
                PlannedChange::NamespacePending
            } else {
                let key = (!crd).then_some(key);
                return reviewed((cluster, manifests), object, key, choices).await;
            };
        Ok(ObjectReview::new(object, change))
    });
    let differences = differences.buffered(8);
    let all = differences.chain(futures::stream::iter(of_hooks));
    all.try_collect().await
}

/// The kinds that the CRDs of earlier releases do not define.
fn missing_after(mut missing: Vec<MissingKind>, earlier: &[&Plan]) -> Vec<MissingKind> {
    let objects = earlier
        .iter()
        .flat_map(|plan| plan.crds.iter().chain(plan.objects()));
    let defined = defined_kinds(objects.map(Object::value));
    missing.retain(|kind| {
        let object = &kind.object;
        !defined.contains_key(&(object.api_version.clone(), object.kind.clone()))
    });
    missing
}

fn is_unknown_kind(kinds: &Kinds, object: &Object) -> bool {
    kinds.find(object).is_none()
}

async fn reviewed(
    (cluster, manifests): (&Cluster, &Manifests),
    object: Object,
    key: Option<&ReleaseKey>,
    choices: FieldChoices<'_>,
) -> Result<ObjectReview, Error> {
    let live = cluster.get(&object.reference()).await?;
    let owner = live.as_ref().zip(key);
    let owner = owner.and_then(|(live, key)| foreign_owner(live, key));
    let is_adopted = owner == Some(Owner::Join);
    if let Some(owner) = owner.filter(|_| !is_adopted) {
        return Ok(ObjectReview::new(
            object,
            PlannedChange::OwnedByOther(owner),
        ));
    }
    if live.is_some() && key.is_none() {
        // A definition that is there stays as it is, as Helm keeps it.
        return Ok(ObjectReview::new(object, PlannedChange::Unchanged));
    }
    let found = match key {
        Some(_) => field_manager::dry_run(cluster, &object, live.as_ref(), choices).await,
        None => DryRun {
            applied: cluster.apply(&object, Apply::DryRun).await,
            conflicts: Vec::new(),
        },
    };
    let is_undecided = found.is_undecided();
    let recreation = match (&found.applied, &live) {
        (Err(error), Some(_)) if !is_undecided => {
            recreate::offer(&object, error, choices.recreated)
        }
        _ => None,
    };
    let change = match (found.applied, live) {
        _ if is_undecided => PlannedChange::Undecided,
        _ if recreation.as_ref().is_some_and(|offer| offer.is_chosen) => PlannedChange::Recreate,
        _ if recreation.is_some() => PlannedChange::Undecided,
        (Err(error), _) if error.is_unreachable() => return Err(error.into()),
        (Err(error), _) => {
            let rejected = Error::rejected(object.reference(), error);
            PlannedChange::Rejected(rejected.located(manifests))
        }
        (Ok(to), None) => PlannedChange::Create(to),
        (Ok(to), Some(from)) if is_adopted => PlannedChange::Adopt { from, to },
        (Ok(to), Some(from)) if is_unchanged(&from, &to) => PlannedChange::Unchanged,
        (Ok(to), Some(from)) => PlannedChange::Update { from, to },
    };
    Ok(ObjectReview {
        object,
        change,
        conflicts: found.conflicts,
        recreation,
    })
}

impl ObjectReview {
    /// The review of an object without conflicts.
    fn new(object: Object, change: PlannedChange) -> Self {
        Self {
            object,
            change,
            conflicts: Vec::new(),
            recreation: None,
        }
    }
}

/// Whether two states of an object differ in server-side metadata only.
fn is_unchanged(from: &Object, to: &Object) -> bool {
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
