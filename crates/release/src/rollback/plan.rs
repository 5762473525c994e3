//! The plan of a rollback: the objects of an earlier revision, and those that are deleted.

use crate::{
    Error, Plan, Release, ReleaseKey, State, history,
    ownership::owned_object,
    plan::staged,
    status::manifest_objects,
    upgrade::{current, obsolete_objects},
    verb::Verb,
};
use cluster::{AsUser, Identity as _, ObjectRef};
use wire::{Time, decision::Decisions};

/// What a rollback does.
#[derive(Clone, Debug)]
pub struct RollbackPlan {
    /// The earlier revision, whose content becomes that of the next one.
    pub target: Release,
    /// The newest revision when the plan was made.
    pub newest: u32,
    /// The revision whose objects are replaced: the deployed one, else the newest.
    pub current: Release,
    /// The state of the newest revision.
    pub state: State,
    /// The objects that are applied.
    pub plan: Plan,
    /// The objects that are deleted, because the earlier revision does not have them.
    pub obsolete: Vec<ObjectRef>,
    /// When the newest revision was made; none when its record does not tell.
    pub since: Option<Time>,
    /// Whether the newest revision is the interrupted rollback itself, which is completed.
    pub resumes: bool,
    /// What the operator decided in the review.
    pub decisions: Decisions,
}

/// Plans a rollback to an earlier revision, of a release that may be pending: an operation that was interrupted is no
/// obstacle. With `resumes`, an interrupted rollback to that revision is completed.
///
/// # Errors
/// [`Error::NotFound`] without a release, [`Error::NoRevision`] when its history does not have the revision or it is
/// the newest one, [`Error::Cluster`] or [`Error::Record`].
pub async fn plan_rollback(
    user: &AsUser,
    key: &ReleaseKey,
    revision: u32,
    resumes: bool,
) -> Result<RollbackPlan, Error> {
    let revisions = history(user, key).await?;
    let newest = revisions.last().ok_or_else(|| Error::NotFound {
        release: key.release.clone(),
        namespace: key.namespace.clone(),
    })?;
    let mut earlier = revisions.iter().rev().skip(1);
    let target = earlier.find(|release| release.version == revision);
    let target = target.ok_or_else(|| Error::NoRevision {
        release: key.release.clone(),
        revision,
    })?;
    let cluster = user.cluster();
    let kinds = cluster.kinds().await?;
    let mut objects = Vec::new();
    for object in manifest_objects(cluster, target).await? {
        let is_namespaced = object.namespace().is_some();
        let is_namespaced = kinds
            .find(&object)
            .map_or(is_namespaced, |kind| kind.namespaced);
        let value = object.value().clone();
        objects.push(owned_object("", value, key, is_namespaced)?);
    }
    let plan = staged(objects, target.helm);
    let current = current(&revisions).unwrap_or(newest);
    let obsolete = obsolete_objects(cluster, (&plan, key), current).await?;
    Ok(RollbackPlan {
        target: target.clone(),
        newest: newest.version,
        current: current.clone(),
        state: newest.info.status,
        since: newest.changed(),
        plan,
        obsolete,
        decisions: Decisions::default(),
        resumes: resumes && is_rollback_to(newest, target),
    })
}

/// Whether a revision is the rollback to an earlier one; one that is deployed already ended before that could be noted.
fn is_rollback_to(revision: &Release, target: &Release) -> bool {
    let done = Verb::Rollback { to: target.version }.done();
    let is_rollback = match revision.info.status {
        State::PendingRollback | State::Failed => true,
        State::Deployed => revision.info.description == done,
        _ => false,
    };
    is_rollback && revision.manifest == target.manifest && revision.config == target.config
}
