//! Uninstalls a release: hooks, objects in reverse order, and the settings and records last.

use crate::{
    CrdDeletion, Error, Event, Operation, Outcome, Release, ReleaseKey, adopt, chart_crds,
    foreign_owner, history, hooks, latest, model, settings,
    status::{manifest_objects, release_key},
    storage,
};
use chart::{KindOrder, kind_rank};
use cluster::{AsUser, Cluster, Identity as _, ObjectRef, Propagation};
use wire::job::PhaseName;
use wire::release::KeepReason;

/// What uninstalling a release would do.
#[derive(Clone, Debug)]
pub struct UninstallPlan {
    /// The release.
    pub key: ReleaseKey,
    /// The record of its newest revision, from which the plan is made.
    pub record: ObjectRef,
    /// The objects that are deleted, in order.
    pub removed: Vec<ObjectRef>,
    /// The objects that are kept, and why.
    pub kept: Vec<(ObjectRef, KeepReason)>,
    /// The hooks that run before and after.
    pub hooks: Vec<ObjectRef>,
    /// The number of objects that do not exist any more.
    pub gone: u32,
}

/// Reads the objects of a release and plans its removal.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn plan_uninstall(user: &AsUser, release: &Release) -> Result<UninstallPlan, Error> {
    let cluster = user.cluster();
    let key = release_key(release).ok_or_else(|| Error::Record {
        secret: release.name.clone(),
        reason: "its name cannot be one".into(),
    })?;
    let (removed, kept, hooks) = Default::default();
    let mut plan = UninstallPlan {
        key: key.clone(),
        record: storage::reference(&key, release.version),
        removed,
        kept,
        hooks,
        gone: 0,
    };
    let mut objects = manifest_objects(cluster, release).await?;
    objects.sort_by_key(|object| kind_rank(object.kind(), KindOrder::Uninstall, release.helm));
    for object in objects {
        let reference = object.reference();
        if chart_crds::is_kept(&object) {
            plan.kept.push((reference, KeepReason::Policy));
            continue;
        }
        match cluster.get(&reference).await {
            Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => plan.gone += 1,
            Ok(Some(live)) if foreign_owner(&live, &key).is_some() => {
                plan.kept.push((reference, KeepReason::NotOurs));
            }
            Ok(Some(live)) if adopt::is_used_by_join(&live) => {
                plan.kept.push((reference, KeepReason::Join));
            }
            Ok(Some(_)) => plan.removed.push(reference),
            Err(error) => return Err(error.into()),
        }
    }
    for crd in chart_crds::crds_of_folder(release) {
        plan.kept.push((crd, KeepReason::Crd));
    }
    for hook_event in ["pre-delete", "post-delete"] {
        for hook in hooks::hooks_for_event(&release.hooks, hook_event) {
            plan.hooks
                .push(hooks::object(cluster, hook, &key).await?.reference());
        }
    }
    Ok(plan)
}

/// Gives the objects that a join needs back to it.
async fn return_to_join(cluster: &Cluster, plan: &UninstallPlan) -> Result<(), Error> {
    for (object, reason) in &plan.kept {
        if *reason == KeepReason::Join
            && let Some(live) = cluster.get(object).await?
        {
            adopt::return_to_join(cluster, &live).await?;
        }
    }
    Ok(())
}

/// Uninstalls a release. What a join needs is kept, and belongs to the join afterwards. The CRDs of `crds` are deleted:
/// their custom resources while the controllers of the release still run, the CRDs after its objects.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Hook`], [`Error::NotReady`] with the objects that remain, [`Error::DeletionStuck`] and
/// [`Error::CreatedAfterBackup`] for CRDs, [`Error::Cluster`].
pub async fn uninstall(operation: &Operation<'_>, crds: &CrdDeletion) -> Result<(), Error> {
    let (cluster, key) = (operation.cluster(), operation.key);
    let mut release = latest(operation.user, key).await?;
    let plan = plan_uninstall(operation.user, &release).await?;
    if release.info.status != model::State::Uninstalling || release.info.deleted.is_none() {
        release.info.deleted = Some(operation.now());
    }
    let began = release.info.deleted;
    release.info.status = model::State::Uninstalling;
    release.info.description = "Deletion in progress (or silently failed)".into();
    storage::update(cluster, &release, operation.now()).await?;
    hooks::run(
        operation,
        &mut release,
        "pre-delete",
        PhaseName::PreHooks,
        began,
    )
    .await?;
    crds.delete_custom_resources(operation).await?;
    remove_objects(operation, &plan).await?;
    crds.delete_crds(operation).await?;
    hooks::run(
        operation,
        &mut release,
        "post-delete",
        PhaseName::PostHooks,
        began,
    )
    .await?;
    operation.report(Event::Started(PhaseName::SaveRelease));
    // First: without a record, an uninstall that is resumed has nothing left to do.
    settings::delete(cluster, key).await?;
    for revision in history(operation.user, key).await? {
        storage::remove(cluster, key, revision.version).await?;
    }
    operation.report(Event::Finished(PhaseName::SaveRelease));
    Ok(())
}

/// Deletes the objects of the plan, and waits until they are deleted.
async fn remove_objects(operation: &Operation<'_>, plan: &UninstallPlan) -> Result<(), Error> {
    let cluster = operation.cluster();
    operation.report(Event::Started(PhaseName::Removal));
    for object in &plan.removed {
        if operation.wait.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        cluster.delete(object, Propagation::Background).await?;
        operation.report(Event::ObjectDone {
            phase: PhaseName::Removal,
            object: object.clone(),
            outcome: Outcome::Deleted,
        });
    }
    return_to_join(cluster, plan).await?;
    cluster::wait_until_deleted(cluster, &plan.removed, operation.wait)
        .await
        .map_err(Error::from_wait)?;
    operation.report(Event::Finished(PhaseName::Removal));
    Ok(())
}
